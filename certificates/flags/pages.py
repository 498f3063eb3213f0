"""Pages of flags: what the rules say of every contestant with reasons and sources, and what people decide."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import labels
from certificates.attachments.standing import standings
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.eligibility.answer import clause_of, finding_of, missing_of, quote_of
from certificates.flags.forms import FlagDecisionForm
from certificates.flags.recommending import (
    AnswerObjection,
    AssessFlags,
    DecideFlags,
    Wanted,
    answer_objection,
    assess_flags,
    decide_flags,
    flags_of,
    is_verified,
)
from certificates.forms import TextForm
from certificates.models import FlagState, Recommendation
from certificates.overview import event_awards
from certificates.quotas.counting import QuotaLine
from certificates.quotas.gathering import quota_lines
from competitions.alignment.lapses import lapses_of
from competitions.models import Contestant
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import InvalidInputError

E = f"{C}/events/<int:event_id>"
PAGE = 60
FILTERS = ("decision", "benefit", "state", "search")


@bp.get(f"{E}/flags")
@requires("flag.view")
def flags(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The flags of one event: filtered, with every reason; a list that prints on A4."""
    found = event_awards(competition_id, event_id)
    wanted = Wanted(**{key: request.args.get(key, "").strip() for key in FILTERS})
    rows: Sequence[Recommendation] = ()
    if found.publication is not None and found.is_final:
        rows = flags_of(db.session(), found.publication.snapshot_id, wanted)
    size = len(rows) or 1 if "all" in request.args else PAGE
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = rows[(number - 1) * size : number * size]
    return render_template(
        "certificates/flags.html",
        competition=competition_of(competition_id),
        found=found,
        wanted=wanted,
        groups=_by_person(shown),
        number=number,
        pages=pages,
        form=FlagDecisionForm(),
        papers=standings(db.session(), competition_id, shown),
        quotas=_quotas(competition_id, rows),
        lapses=lapses_of(db.session(), competition_of(competition_id)),
        **words(),
    )


def _quotas(competition_id: int, rows: Sequence[Recommendation]) -> list[QuotaLine]:
    """The quotas of the titles that the page shows."""
    shown = {(flag.pack_id, flag.name) for flag in rows}
    lines = quota_lines(db.session(), competition_of(competition_id)) if shown else []
    return [line for line in lines if (line.pack, line.name) in shown]


def _by_person(rows: Sequence[Recommendation]) -> list[tuple[Contestant, list[Recommendation]]]:
    """Flags of one person together, in the order given."""
    grouped = groupby(rows, key=lambda flag: flag.contestant_id)
    return [(found[0].contestant, found) for _, group in grouped if (found := list(group))]


def words() -> Mapping[str, Any]:
    """The words and judgements that templates of flags use."""
    return {
        "labels": labels,
        "benefit_of": labels.benefit_of,
        "is_verified": is_verified,
        "FlagState": FlagState,
        "finding_of": finding_of,
        "missing_of": missing_of,
        "quote_of": quote_of,
        "clause_of": clause_of,
    }


@bp.post(f"{E}/flags")
@requires("award.edit")
def assess(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Hold the final result against the rules."""
    done = assess_flags(AssessFlags(competition_id, event_id, signed_in_actor()))
    text = _("已核对，共 %(n)s 项；已审定的 %(kept)s 项保持不变", n=done.flags, kept=done.kept)
    flash(
        text if not done.without_place else text + _("；%(n)s 名选手没有名次，未核对", n=done.without_place), "success"
    )
    return redirect(url_for("certificates.flags", competition_id=competition_id, event_id=event_id))


@bp.post(f"{E}/flag-decisions")
@requires("flag.decide")
def decide_flag(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Approve or reject the chosen flags, or take a decision back."""
    form = FlagDecisionForm()
    if form.state.data not in list(FlagState):
        raise InvalidInputError("请选择同意推荐、不予推荐或撤回审定")
    state = FlagState(form.state.data)
    command = DecideFlags(
        competition_id, tuple(form.flags.data or ()), state, form.reason.data or "", signed_in_actor()
    )
    count = decide_flags(command)
    flash(_("已记下对 %(n)s 项推荐的决定和理由", n=count), "success")
    shown: dict[str, Any] = {key: value for key in FILTERS if (value := request.args.get(key))}
    return redirect(url_for("certificates.flags", competition_id=competition_id, event_id=event_id, **shown))


@bp.post(f"{E}/objections/<int:objection_id>/answer")
@requires("flag.decide")
def answer(competition_id: int, event_id: int, objection_id: int) -> ResponseReturnValue:
    """Answer a contestant's objection."""
    form = TextForm()
    answer_objection(AnswerObjection(competition_id, objection_id, form.text.data or "", signed_in_actor()))
    flash(_("已答复，选手登录后可以看到"), "success")
    return redirect(url_for("certificates.flags", competition_id=competition_id, event_id=event_id))
