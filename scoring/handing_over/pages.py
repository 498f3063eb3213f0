"""The chief judge's page for what tablets could not send: files and photographs of codes in, a tally out."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.setup import competition_of
from core.auth import Actor, requires, signed_in_actor
from core.devices import device_words
from core.errors import DomainError, InvalidInputError
from core.i18n import sentence
from scoring.blueprint import C, bp
from scoring.handing_over.codes import Run, parcel_of, runs_of
from scoring.handing_over.photos import PhotoTally
from scoring.handing_over.pictures import codes_on
from scoring.handing_over.presses import ClockTally
from scoring.handing_over.taking import RevokedDeviceError, SheetTally, Taken, TakeOver, take_over

UPLOAD_LIMIT = 32 * 1024 * 1024
"""Bytes of one request: several photographs of a telephone."""
MOST_FILES = 40


@dataclass(slots=True)
class _Harvest:
    """What one request brought: parcels that are whole, codes that wait for others, and what could not be used."""

    parcels: list[tuple[str, bytes]] = field(default_factory=list)
    """Each with the name of its file; codes have none."""
    waiting: list[Run] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@bp.url_value_preprocessor
def _allow_photographs(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: this page alone takes more than other forms do."""
    if endpoint == "scoring.hand_over":
        request.max_content_length = UPLOAD_LIMIT


@bp.route(f"{C}/hand-over", methods=["GET", "POST"])
@requires("sheet.hand_over")
def hand_over(competition_id: int) -> ResponseReturnValue:
    """Read files and codes, store what they hold, say what became of it; codes that wait stay on the page."""
    competition = competition_of(competition_id)
    harvest, needs_voucher = _Harvest(), False
    taken: list[Taken] = []
    if request.method == "POST":
        harvest = _harvest()
        taken, needs_voucher = _take(harvest, competition_id, signed_in_actor())
        if not (taken or harvest.problems or harvest.waiting):
            harvest.problems.append(_("请选择交接文件或二维码照片"))
    page = render_template(
        "scoring/hand_over.html",
        competition=competition,
        taken=taken,
        problems=harvest.problems,
        waiting=harvest.waiting,
        kept="\n".join(harvest.texts),
        needs_voucher=needs_voucher,
        reasons_of=_reasons_of,
        device_words=device_words,
    )
    return page, 422 if harvest.problems else 200


def _harvest() -> _Harvest:
    harvest = _Harvest(texts=[line for line in request.form.get("codes", "").splitlines() if line])
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MOST_FILES:
        harvest.problems.append(_("一次最多 %(n)s 个文件", n=MOST_FILES))
    for file in files[:MOST_FILES]:
        data = file.read()
        try:
            if data.lstrip()[:1] == b"{":
                harvest.parcels.append((file.filename or "", data))
            else:
                harvest.texts += codes_on(data, file.filename or "")
        except DomainError as error:
            harvest.problems.append(sentence(error))
    _sort_codes(harvest)
    return harvest


def _sort_codes(harvest: _Harvest) -> None:
    """Complete runs become parcels; the codes of the others stay for the next photograph."""
    runs = runs_of(harvest.texts)
    if harvest.texts and not runs:
        harvest.problems.append(_("照片上的二维码不是评分页面的交接码"))
    harvest.waiting = [run for run in runs if run.missing]
    waiting = {run.id for run in harvest.waiting}
    harvest.texts = [text for text in dict.fromkeys(harvest.texts) if text[5:13] in waiting]
    for run in runs:
        if not run.missing:
            try:
                harvest.parcels.append(("", parcel_of(run)))
            except InvalidInputError as error:
                harvest.problems.append(sentence(error))


def _take(harvest: _Harvest, competition_id: int, actor: Actor) -> tuple[list[Taken], bool]:
    vouches = request.form.get("vouches") == "yes"
    taken, needs_voucher = [], False
    for name, data in harvest.parcels:
        try:
            taken.append(take_over(TakeOver(competition_id, data, actor, vouches)))
        except DomainError as error:
            words = sentence(error)
            harvest.problems.append(_("“%(name)s”：%(problem)s", name=name, problem=words) if name else words)
            needs_voucher |= isinstance(error, RevokedDeviceError)
    return taken, needs_voucher


def _reasons_of(tally: SheetTally | ClockTally | PhotoTally) -> list[str]:
    """Each reason once, in the reader's language."""
    return list(dict.fromkeys(sentence(error) for error in tally.refused))
