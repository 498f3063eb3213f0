"""Pages of own rule files: begin one, fill it in part by part, hand over, compare, put in force, withdraw."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.pack_editing.checking import document, faults, sources_of, title_of, verified_marks
from competitions.pack_editing.differing import changes
from competitions.pack_editing.forms import DecideForm, HandOverForm, NewPackForm, ReadInForm
from competitions.pack_editing.keeping import (
    DecideVersion,
    HandOver,
    ReadIn,
    SavePart,
    StaleDraftError,
    StartPack,
    decide_version,
    hand_over,
    read_in,
    save_part,
    start_pack,
    version_of,
)
from competitions.pack_editing.known import pack_of_document, version_in_force
from competitions.pack_editing.models import OwnPack, OwnPackVersion, Verdict
from competitions.pack_editing.outline import PARTS, STATES, show_part
from competitions.pack_editing.owning import kept_pack, reach_of, seen_pack
from competitions.pack_editing.tree import Tree
from competitions.pack_reading.pages import words
from competitions.setup import competitions_of
from competitions.standards.loader import load_packs
from competitions.standards.model import DIMENSIONS
from competitions.standards.words import sections
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import InvalidInputError, NotFoundError
from core.i18n import sentence
from core.organisations.reading import organisations

O = "/packs/own/<int:own_id>"  # noqa: E741  the letter that addresses of own rules begin with
V = f"{O}/versions/<int:number>"


@bp.route("/packs/own/new", methods=["GET", "POST"], endpoint="own_pack_new")
@requires("pack.edit", anywhere=True)
def new_page() -> ResponseReturnValue:
    """Begin a rule file: empty, from a shipped one, or from a YAML file."""
    form = NewPackForm()
    shipped = [SelectChoice(pack.id, pack.title, {"lang": "zh-CN"}) for pack in load_packs()]
    form.copy_of.choices = [SelectChoice("", _("从空白开始")), *shipped]
    wanted = request.args.get("copy_of", "")
    if request.method == "GET" and wanted in {choice.value for choice in shipped}:
        form.copy_of.data = wanted
    offered = _homes()
    form.organisation.choices = offered
    made: list[int] = []
    if accepted(form, lambda: made.append(start_pack(_start(form)))):
        return redirect(url_for("competitions.own_pack", own_id=made[0]))
    page = render_template("pack_editing/new.html", form=form, has_several=bool(offered))
    return page, 422 if form.is_submitted() else 200


def _start(form: NewPackForm) -> StartPack:
    text, filename = _uploaded(form.file.data)
    offered = {choice.value for choice in form.organisation.choices if choice.value}
    home = int(form.organisation.data) if form.organisation.data in offered else None
    words = (form.owner.data, form.title.data or "", signed_in_actor(), form.copy_of.data or "")
    return StartPack(*words, text, filename, home)


def _homes() -> list[SelectChoice]:
    """The organisations of which somebody chooses one; none where there is nothing to choose."""
    reach = reach_of(db.session(), signed_in_actor(), "pack.edit")
    if len(reach.organisations) < 2:
        return []
    nobody = _("不属于任何单位") if None in reach.organisations else _("请选择")
    homes = [SelectChoice(str(one.id), one.name) for one in organisations() if one.id in reach.organisations]
    return [SelectChoice("", nobody), *homes]


def _uploaded(file: Any) -> tuple[str, str]:
    """Text and name of a file that was handed in; empty ones where none was.

    Raises:
        InvalidInputError: not text in UTF-8.
    """
    if not file:
        return "", ""
    try:
        return file.read().decode("utf-8-sig"), file.filename
    except UnicodeDecodeError:
        raise InvalidInputError("“%(file)s”不是 UTF-8 编码的文本文件", file=file.filename) from None


@bp.get(O, endpoint="own_pack")
@requires("pack.edit", anywhere=True)
def own_page(own_id: int) -> ResponseReturnValue:
    """A rule file: how its draft stands, and its versions with authors, times and reasons."""
    return _own_page(own_id, HandOverForm(), ReadInForm())


def _own_page(own_id: int, form: HandOverForm, reading: ReadInForm) -> ResponseReturnValue:
    row = kept_pack(db.session(), own_id, signed_in_actor())
    page = render_template(
        "pack_editing/pack.html",
        row=row,
        forced=version_in_force(row),
        wrong=faults(row.draft),
        form=form,
        reading=reading,
        competitions=competitions_of(signed_in_actor()),
        **own_words(row),
    )
    return page, 422 if form.is_submitted() and (form.errors or reading.errors) else 200


def own_words(row: OwnPack) -> Mapping[str, Any]:
    """The words that pages of own rules use."""
    keeps = reach_of(db.session(), signed_in_actor(), "pack.edit").keeps(row.organisation_id)
    named = {"parts": PARTS, "states": STATES, "title": title_of(row.draft), "Verdict": Verdict, "keeps": keeps}
    return {**named, **words()}


@bp.get(f"{O}/parts/<part>", endpoint="own_pack_part")
@requires("pack.edit", anywhere=True)
def part_page(own_id: int, part: str) -> ResponseReturnValue:
    """One part of the form."""
    return _part_page(kept_pack(db.session(), own_id, signed_in_actor()), part)


def _part_page(row: OwnPack, part: str, draft: Mapping[str, Tree] | None = None, refusal: str = "") -> str:
    if part not in PARTS:
        raise NotFoundError("没有这个部分")
    names = list(PARTS)
    number = names.index(part)
    return render_template(
        "pack_editing/part.html",
        row=row,
        part=show_part(part, row.draft if draft is None else draft),
        wrong=faults(row.draft),
        state_of={name: show_part(name, row.draft).state for name in PARTS},
        sources=sources_of(row.draft),
        following=names[number + 1] if number + 1 < len(names) else "",
        known_packs=load_packs(),
        dimensional=part in DIMENSIONS,
        refusal=refusal,
        **{key: value for key, value in own_words(row).items() if key != "dimensions"},
    )


@bp.post(f"{O}/parts/<part>")
@requires("pack.edit", anywhere=True)
def save_part_of(own_id: int, part: str) -> ResponseReturnValue:
    """Save one part; what is not in order yet is said beside it."""
    posted = request.form.to_dict()
    command = SavePart(own_id, part, int(posted.get("revision") or 0), posted, signed_in_actor())
    try:
        save_part(command)
    except StaleDraftError as error:
        return _part_page(kept_pack(db.session(), own_id, signed_in_actor()), part, refusal=sentence(error)), 409
    flash(_("已存入草稿"), "success")
    target = posted.get("go") if posted.get("go") in PARTS else part
    return redirect(url_for("competitions.own_pack_part", own_id=own_id, part=target))


@bp.post(f"{O}/hand-over", endpoint="own_pack_hand_over")
@requires("pack.edit", anywhere=True)
def hand_over_page(own_id: int) -> ResponseReturnValue:
    """Make the draft a version for a second person."""
    form = HandOverForm()
    numbers: list[int] = []
    revision = form.revision.data or 0
    command = HandOver(own_id, revision, form.reason.data or "", signed_in_actor())
    if accepted(form, lambda: numbers.append(hand_over(command))):
        flash(_("第 %(n)s 版已提交，请另一位有权限的人核对后施行", n=numbers[0]), "success")
        return redirect(url_for("competitions.own_pack_version", own_id=own_id, number=numbers[0]))
    return _own_page(own_id, form, ReadInForm(formdata=None))


@bp.post(f"{O}/read-in", endpoint="own_pack_read_in")
@requires("pack.edit", anywhere=True)
def read_in_page(own_id: int) -> ResponseReturnValue:
    """Put a YAML file in place of the draft."""
    form = ReadInForm()

    def act() -> None:
        text, filename = _uploaded(form.file.data)
        read_in(ReadIn(own_id, form.revision.data or 0, text, filename, signed_in_actor()))

    if accepted(form, act):
        flash(_("已读入，草稿换成了文件的内容"), "success")
        return redirect(url_for("competitions.own_pack", own_id=own_id))
    return _own_page(own_id, HandOverForm(formdata=None), form)


@bp.get(f"{O}/draft.yaml", endpoint="own_pack_draft")
@requires("pack.edit", anywhere=True)
def draft_file(own_id: int) -> ResponseReturnValue:
    """The draft as YAML."""
    row = kept_pack(db.session(), own_id, signed_in_actor())
    return _yaml(document(row.draft), f"{row.code}.draft.yaml")


@bp.get(f"{V}.yaml", endpoint="own_pack_file")
@requires("competition.view", anywhere=True)
def version_file(own_id: int, number: int) -> ResponseReturnValue:
    """A version as YAML, byte for byte as it was handed over."""
    row = seen_pack(db.session(), own_id, signed_in_actor())
    return _yaml(version_of(row, number).document, f"{row.code}.v{number}.yaml")


def _yaml(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="application/yaml", headers=headers)


@bp.get(V, endpoint="own_pack_version")
@requires("competition.view", anywhere=True)
def version_page(own_id: int, number: int) -> ResponseReturnValue:
    """A version whole, with what it changes against the one in force, and the decisions about it."""
    return _version_page(own_id, number, DecideForm())


def _version_page(own_id: int, number: int, form: DecideForm) -> ResponseReturnValue:
    row = seen_pack(db.session(), own_id, signed_in_actor())
    version = version_of(row, number)
    pack = pack_of_document(version.document, row.code, number)
    page = render_template(
        "pack_editing/version.html",
        row=row,
        version=version,
        pack=pack,
        sections=sections(pack),
        forced=version_in_force(row),
        changed=changes(_before(row, version), pack),
        before=_number_before(row, version),
        claims=verified_marks(pack),
        competitions=competitions_of(signed_in_actor()),
        form=form,
        **own_words(row),
    )
    return page, 422 if form.is_submitted() else 200


def _before(row: OwnPack, version: OwnPackVersion) -> Any:
    number = _number_before(row, version)
    return None if number is None else pack_of_document(version_of(row, number).document, row.code, number)


def _number_before(row: OwnPack, version: OwnPackVersion) -> int | None:
    """The version that was last put in force before this one, with which it is compared."""
    earlier = [one for one in row.versions if one.number < version.number]
    forced = [one.number for one in earlier if any(each.verdict is Verdict.IN_FORCE for each in one.decisions)]
    return forced[-1] if forced else None


@bp.post(f"{V}/decide", endpoint="own_pack_decide")
@requires("pack.decide", anywhere=True)
def decide_page(own_id: int, number: int) -> ResponseReturnValue:
    """Put a version in force, send it back, or withdraw it."""
    form = DecideForm()
    if form.verdict.data not in list(Verdict):
        raise InvalidInputError("请选择施行、退回或停用")
    command = DecideVersion(
        own_id,
        number,
        Verdict(form.verdict.data),
        form.reason.data or "",
        signed_in_actor(),
        bool(form.is_compared.data),
    )
    if accepted(form, lambda: decide_version(command)):
        flash(_("已记下您的决定和理由"), "success")
        return redirect(url_for("competitions.own_pack_version", own_id=own_id, number=number))
    return _version_page(own_id, number, form)
