"""Pages that everybody meets: start, sign-in, a judge's link, language, health, the audit record, long work."""

import secrets

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from core import auth, jobs, judge_links
from core.accounts import account_with_password
from core.audit import AuditEntry, verify
from core.auth import SubjectKind, current_actor, public, requires, signed_in_actor
from core.coming_in import begin_anew, safe_next, set_mark, with_cookie, with_half_cookie, with_left_cookie
from core.db import db, is_reachable
from core.errors import DomainError, NotFoundError
from core.forms import PinForm, SignInForm
from core.i18n import CHINESE, COOKIE, ENGLISH, sentence
from core.known_browsers import counted_by, with_known_cookie
from core.second_factor.signing_in import AfterPassword, after_password

bp = Blueprint("core", __name__)
PAGE = 100
BROWSER_MARK = "browser"
"""By which a browser is known again between a link's page and its button."""
ENTRIES = {SubjectKind.JUDGE: "core.judge_entry", SubjectKind.CONTESTANT: "certificates.contestant_sign_in"}
"""Where those come in again who have no password."""


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Everybody's own start: the judge's sheets, the competitions of who runs them, the contestant's results."""
    actor = current_actor()
    if actor is None:
        return redirect(url_for("competitions.public_list"))
    # A chief judge signs in like a judge, but mostly reviews the sheets of others.
    if actor.permits("competition.list"):
        return redirect(url_for("competitions.list_page"))
    if actor.kind is SubjectKind.DELEGATION:
        return redirect(url_for("competitions.own_enrolment", competition_id=actor.competition_id))
    starts = {SubjectKind.JUDGE: "tablet.sheets", SubjectKind.CONTESTANT: "certificates.own"}
    return redirect(url_for(starts.get(actor.kind, "competitions.list_page")))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign-in by password; a code follows where the account has a second factor."""
    form = SignInForm()
    if form.validate_on_submit():
        subjects = counted_by(form.username.data)
        try:
            auth.refuse_guessing(*subjects)
            account = account_with_password(form.username.data, form.password.data)
            if account is None:
                auth.count_failure(*subjects)
                form.password.errors = [_("登录名或密码不对")]
            else:
                return _after_password(account.username, after_password(account, request.user_agent.string))
        except DomainError as error:
            form.password.errors = [sentence(error)]
    return render_template("core/sign_in.html", form=form), 422 if form.errors else 200


def _after_password(username: str, came: AfterPassword) -> ResponseReturnValue:
    if came.is_half:
        return with_half_cookie(redirect(url_for("second_factor.code", next=safe_next())), came.token)
    begin_anew()
    return with_known_cookie(with_cookie(redirect(safe_next() or url_for("core.home")), came.token), username)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this device."""
    actor = current_actor()
    if actor is not None:
        auth.sign_out(actor)
    entry = ENTRIES.get(actor.kind, "core.sign_in") if actor is not None else "core.sign_in"
    answer = current_app.make_response(redirect(url_for(entry)))
    answer.delete_cookie(current_app.config["SIGN_IN_COOKIE"])
    set_mark(answer, auth.mark_of(None))
    return with_left_cookie(answer, has_left=True) if actor and actor.kind is SubjectKind.ACCOUNT else answer


@bp.route("/j/<token>", methods=["GET", "POST"])
@public
def judge_link(token: str) -> ResponseReturnValue:
    """A judge's one-time link. Looking at it does not use it up; the button, with the right PIN, does."""
    form = PinForm()
    status = 200
    if form.validate_on_submit():
        try:
            browser = session.get(BROWSER_MARK, "")
            signed_in = judge_links.redeem_link(token, request.user_agent.string, form.pin.data or "", browser)
            return with_cookie(redirect(url_for("core.home")), signed_in)
        except judge_links.WrongPinError as error:
            form.pin.errors, status = [sentence(error)], error.status
    browser = session.setdefault(BROWSER_MARK, secrets.token_urlsafe(16))
    face = judge_links.link_face(token, browser)
    return render_template("core/judge_link.html", form=form, link=face, digits=judge_links.PIN_DIGITS), status


@bp.get("/j")
@public
def judge_entry() -> ResponseReturnValue:
    """What a judge does whose device is signed out: judges have no password.

    Who came by the code on a printed form may be staff instead, and signs in to go on to `next`.
    """
    return render_template("core/judge_entry.html", asked_for=safe_next())


@bp.post("/language/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Remember the visitor's language."""
    if code not in (CHINESE, ENGLISH):
        raise NotFoundError("没有这种语言")
    answer = current_app.make_response(redirect(safe_next() or url_for("core.home")))
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(COOKIE, code, max_age=365 * 86400, samesite="Lax", httponly=True, secure=is_secure)
    return answer


@bp.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Whether this process can serve: the database answers."""
    return {"status": "ok" if is_reachable() else "down"}


def _competition(competition_id: int) -> object:
    """The competition's row for the frame of the page; this package does not know the table."""
    return current_app.config["COMPETITION_OF"](competition_id)


@bp.get("/competitions/<int:competition_id>/audit")
@requires("audit.view")
def audit(competition_id: int) -> ResponseReturnValue:
    """The audit record of a competition, newest first, a page at a time."""
    before = request.args.get("before", type=int)
    query = select(AuditEntry).where(AuditEntry.chain == competition_id).order_by(AuditEntry.number.desc())
    if before is not None:
        query = query.where(AuditEntry.number < before)
    entries = list(db.session.scalars(query.limit(PAGE)))
    return render_template("core/audit.html", entries=entries, competition=_competition(competition_id), page=PAGE)


@bp.post("/competitions/<int:competition_id>/audit/verifications")
@requires("audit.view")
def verify_audit(competition_id: int) -> ResponseReturnValue:
    """Recompute the chain of a competition and say what was found."""
    breaks = [b for b in verify() if b.chain == competition_id]
    if breaks:
        flash(_("审计链在第 %(n)s 条处断裂：%(why)s", n=breaks[0].number, why=_(breaks[0].reason)), "danger")
    else:
        flash(_("审计链完整，没有被改动、删除或插入的记录"), "success")
    return redirect(url_for("core.audit", competition_id=competition_id))


@bp.get("/competitions/<int:competition_id>/jobs/<int:batch_id>")
@requires("job.view")
def job(competition_id: int, batch_id: int) -> ResponseReturnValue:
    """How a piece of long work stands; JSON for the progress bar."""
    batch = db.session.get(jobs.Batch, batch_id)
    if batch is None or batch.competition_id != competition_id:
        raise NotFoundError("没有这项任务")
    if request.accept_mimetypes.best == "application/json":
        return {"state": batch.state.value, "done": batch.done, "total": batch.total, "message": batch.message}
    return render_template("core/job.html", batch=batch, competition=_competition(competition_id))


@bp.post("/competitions/<int:competition_id>/jobs/<int:batch_id>/<any(stops, resumptions):act>")
@requires("job.stop")
def change_job(competition_id: int, batch_id: int, act: str) -> ResponseReturnValue:
    """Stop a piece of long work, or let it go on."""
    change = jobs.stop_batch if act == "stops" else jobs.resume_batch
    change(batch_id, competition_id, signed_in_actor())
    return redirect(url_for("core.job", competition_id=competition_id, batch_id=batch_id))
