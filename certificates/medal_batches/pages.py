"""Pages: a batch of medals or titles against the ratio rules, with what would have to change."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.medal_batches.gathering import Groups, batches_of, fitting_pack, hold, packs_with_ratios
from certificates.medal_batches.ratios import percent
from certificates.papers.forms import prize_remarks
from certificates.quotas.gathering import quota_lines
from competitions.pack_editing.known import own_packs
from competitions.pack_editing.owning import offered_to
from competitions.pack_reading.pages import words
from competitions.setup import competition_of
from core.auth import requires
from core.db import db

TONES = {True: "done", None: "waiting", False: "blocked"}
NAMES = {True: _l("符合"), None: _l("须先补充"), False: _l("不符合")}
_ANSWERS = {"yes": True, "no": False}


@bp.route(f"{C}/batch", methods=["GET", "POST"])
@requires("flag.view")
def batch(competition_id: int) -> ResponseReturnValue:
    """Batches against ratio rules. What is said of groups is reckoned with and not stored."""
    competition = competition_of(competition_id)
    found = batches_of(competition)
    choices = packs_with_ratios(offered_to(db.session(), own_packs(db.session()), {competition.organisation_id}))
    chosen = next((one for one in found if one.name == request.values.get("name")), found[0] if found else None)
    held = None
    said = _groups()
    if chosen is not None:
        asked = [pack for pack in choices if pack.id == request.values.get("pack")]
        pack = asked[0] if asked else fitting_pack(chosen.name, competition.opens_on)
        held = hold(chosen, pack, said, competition.opens_on)
    return render_template(
        "certificates/batch.html",
        competition=competition,
        batches=found,
        held=held,
        quotas=quota_lines(db.session(), competition),
        remarks=prize_remarks(held.batch.people if held else ()),
        said=said,
        choices=choices,
        percent=percent,
        names=NAMES,
        tones=TONES,
        **words(),
    )


def _groups() -> Groups:
    """Fields are named ``flag-group``, values yes or no; anything else is not known."""
    said: dict[int, dict[str, bool]] = {}
    for field, answer in request.form.items():
        flag, _, group = field.partition("-")
        if flag.isdecimal() and group and answer in _ANSWERS:
            said.setdefault(int(flag), {})[group] = _ANSWERS[answer]
    return said
