"""Pages of an issue: terms, a true preview with the hardest names of the list, what will be made and what will not."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.issue.doubts import doubts
from certificates.issue.forms import IssueForm
from certificates.issue.issuing import IssueCertificates, base_url, issue_certificates, pattern_before
from certificates.issue.numbering import FIELD_NAMES
from certificates.issue.planning import Plan, hardest, plan_issue
from certificates.issue.values import DEFAULT_CITATION, DEFAULT_LAYOUT, DEFAULT_PATTERN, issuers_of, number_fields
from certificates.layouts.loading import builtin_layouts
from certificates.layouts.names import LAYOUT_NAMES
from certificates.materials.own_layouts import key_of, own_layouts
from certificates.overview import overview
from certificates.pdf.rendering import preview_png
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.registering import day_of, keys_in_use
from certificates.signing_keys.using import is_usable
from competitions.events.defining import event_of
from competitions.models import Competition, Event
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.clock import competition_day, now
from core.db import db
from core.errors import InvalidInputError, NotFoundError

E = f"{C}/events/<int:event_id>"
PREVIEW_DPI = 110
TERMS = ("layout", "pattern", "issuers", "issued_on", "citation", "honorific", "key")


@bp.get(f"{E}/issues/new")
@requires("certificate.issue")
def new_issue(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Terms, preview and the list of an issue, before anything is made."""
    competition = competition_of(competition_id)
    event = event_of(db.session(), competition_id, event_id)
    form = _form(competition, request.args)
    plan = plan_issue(db.session(), competition, event, form.terms(), base_url()) if form.validate() else None
    return render_template(
        "certificates/new_issue.html",
        competition=competition,
        event=event,
        events=[row for row in overview(competition_id) if row.due],
        form=form,
        plan=plan,
        samples=hardest(plan) if plan else [],
        prizes=list(dict.fromkeys(c.award.prize for c in plan.ready)) if plan else [],
        doubts=doubts(db.session(), competition, event, form.terms().wording.issued_on) if plan else [],
        pieces=_pieces(competition, event, plan, form),
        terms={name: form[name].data for name in TERMS},
    ), 200 if plan else 422


def _pieces(competition: Competition, event: Event, plan: Plan | None, form: IssueForm) -> list[dict[str, str]]:
    """The pieces of a number's pattern, each with its name and what it stands for in this issue."""
    prize = plan.ready[0].award.prize if plan and plan.ready else ""
    day = form.issued_on.data or competition_day()
    values = number_fields(competition.id, event, prize, day) | {"serial": "1"}
    return [{"key": key, "name": str(_(name)), "value": values[key]} for key, name in FIELD_NAMES.items()]


@bp.post(f"{E}/issues")
@requires("certificate.issue")
def issue(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Queue the issue and show its progress."""
    form = _form(competition_of(competition_id), request.form)
    if not form.validate():
        raise InvalidInputError("%(why)s", why="；".join(str(e) for errors in form.errors.values() for e in errors))
    prizes = tuple(form.prizes.data or ())
    if not prizes:
        raise InvalidInputError("请至少选一个奖项")
    reason = form.early_reason.data or ""
    command = IssueCertificates(competition_id, event_id, form.terms(), signed_in_actor(), prizes, reason)
    batch_id = issue_certificates(command)
    flash(_("已开始颁发，可以关闭页面"), "success")
    return redirect(url_for("core.job", competition_id=competition_id, batch_id=batch_id))


@bp.get(f"{E}/preview.png")
@requires("certificate.issue")
def preview(competition_id: int, event_id: int) -> ResponseReturnValue:
    """One certificate of the issue as a picture, as far as it can be drawn."""
    competition = competition_of(competition_id)
    event = event_of(db.session(), competition_id, event_id)
    form = _form(competition, request.args)
    if not form.validate():
        raise InvalidInputError("请先填好版式、编号规则、落款单位和日期")
    plan = plan_issue(db.session(), competition, event, form.terms(), base_url())
    wanted = request.args.get("contestant", type=int)
    candidate = next((c for c in (*plan.ready, *plan.left_out) if c.contestant.id == wanted), None)
    if candidate is None:
        raise NotFoundError("名单里没有这名选手")
    drawn = plan.chosen.drawn_for(candidate.values)
    png = preview_png(plan.layout, candidate.values, PREVIEW_DPI, drawn.assets, drawn.fonts)
    return Response(png, mimetype="image/png")


def _form(competition: Competition, given: MultiDict[str, str]) -> IssueForm:
    """The form from what was sent, with the usual terms where nothing was."""
    signers = [key for key in keys_in_use(db.session(), competition.id) if is_usable(key, now())]
    usual: dict[str, Any] = {
        "layout": DEFAULT_LAYOUT,
        "pattern": pattern_before(db.session(), competition.id) or DEFAULT_PATTERN,
        "issuers": "、".join(issuers_of(competition.host)),
        "issued_on": competition_day().isoformat(),
        "citation": DEFAULT_CITATION,
        "honorific": "",
        "key": _usual_key(competition, signers),
    }
    filled = MultiDict(given)
    for name, value in usual.items():
        filled.setdefault(name, value)
    # The token against forged requests is checked for the whole application; a preview changes nothing.
    form = IssueForm(filled, meta={"csrf": False})
    own = [
        SelectChoice(key_of(own), _("%(name)s（第 %(n)s 版）", name=own.name, n=own.newest))
        for own in own_layouts(competition.id)
    ]
    form.key.choices = [SelectChoice("", _("不签名"))] + [
        SelectChoice(
            str(key.id),
            _("%(body)s：%(holder)s，有效至 %(day)s", body=key.body, holder=key.holder, day=day_of(key.valid_until)),
        )
        for key in signers
    ]
    form.layout.choices = own + [SelectChoice(name, _(LAYOUT_NAMES[name])) for name in builtin_layouts()]
    return form


def _usual_key(competition: Competition, keys: list[SigningKey]) -> str:
    """The key of the body that signs first, where one is registered."""
    bodies = issuers_of(competition.host)
    own = sorted((key for key in keys if key.body in bodies), key=lambda key: bodies.index(key.body))
    return str(own[0].id) if own else ""
