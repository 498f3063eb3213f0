"""Pages of 资格审核: whom a delegation has handed in, one person with the facts beside the rules, the decision."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from competitions import setup
from competitions.blueprint import bp
from competitions.delegations.defining import delegation_of
from competitions.enrolment.deciding import ApproveEntries, ReturnEntry, approve_entries, return_entry
from competitions.enrolment.eligibility import HANDED_IN, Fact, facts_about, troubles_of
from competitions.enrolment.entries import own_entries
from competitions.enrolment.forms import ExtensionForm, ReturnForm
from competitions.enrolment.handing_in import hand_ins_of
from competitions.enrolment.keeping import facts_of
from competitions.enrolment.links import devices_by_link, links_in_force
from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.enrolment.periods import periods_of
from competitions.enrolment.taking_back import TakeBackApproval, settled, take_back_approval
from competitions.enrolment.words import PART_NAMES, STATE_NAMES, STATE_TONES
from competitions.forms import accepted
from competitions.labels import LEVEL_OF_SKILL
from competitions.models import Competition, Contestant, Person
from competitions.registration.importing import OPEN_STATES
from competitions.standards.model import CONFIDENCE
from competitions.standards.words import is_verified, quoted
from core.auth import requires, signed_in_actor
from core.db import db
from core.devices import device_words
from core.errors import NotFoundError
from core.i18n import sentence
from core.rows import row_in

WORDS = {"part_names": PART_NAMES, "states": STATE_NAMES, "tones": STATE_TONES, "levels": LEVEL_OF_SKILL}


@bp.get("/competitions/<int:competition_id>/enrolment/delegations/<int:delegation_id>", endpoint="enrolled")
@requires("enrolment.decide")
def enrolled_page(competition_id: int, delegation_id: int) -> ResponseReturnValue:
    """Whom one delegation has handed in, its link, more time; drafts are only counted, they are its own affair."""
    competition = setup.competition_of(competition_id)
    delegation = delegation_of(db.session(), competition_id, delegation_id)
    entries = own_entries(db.session(), competition_id, delegation_id)
    shown = [one for one in entries if one.state is not EntryState.DRAFT]
    waiting = [one for one in shown if one.state is EntryState.HANDED_IN]
    troubles = troubles_of(db.session(), competition_id, waiting)
    link = links_in_force(competition_id).get(delegation_id)
    periods = periods_of(db.session(), competition_id, delegation_id)
    return render_template(
        "enrolment/delegation.html",
        competition=competition,
        delegation=delegation,
        waiting=[(one, facts_of(one), troubles.get(one.id, 0)) for one in waiting],
        decided=[(one, facts_of(one), 0) for one in shown if one.state is not EntryState.HANDED_IN],
        drafts=len(entries) - len(shown),
        hand_ins=hand_ins_of(competition_id, delegation_id),
        link=link,
        devices=devices_by_link([link.id]).get(link.id, []) if link else [],
        device_words=device_words,
        span=periods.of(None),
        extension=ExtensionForm(formdata=None, closes_at=periods.extended_to),
        is_registering=competition.state in OPEN_STATES,
        **WORDS,
    )


@bp.post("/competitions/<int:competition_id>/enrolment/approvals")
@requires("enrolment.decide")
def approve_enrolled(competition_id: int) -> ResponseReturnValue:
    """Approve the ticked people, each as it was looked at (id and revision)."""
    ticked = [one.partition(":") for one in request.form.getlist("entry")]
    seen = tuple((int(i), int(r)) for i, _colon, r in ticked if i.isdecimal() and r.isdecimal())
    done = approve_entries(ApproveEntries(competition_id, seen, signed_in_actor()))
    flash(_("通过 %(n)s 人，进入参赛名单 %(made)s 个参赛者", n=done.people, made=done.entrants), "success")
    if done.waiting:
        flash(_("%(n)s 人要等同队的其他人通过后才进入参赛名单", n=done.waiting), "warning")
    entry = _entry(competition_id, seen[0][0])
    return redirect(_after(entry))


def _entry(competition_id: int, entry_id: int) -> EnrolmentEntry:
    """The entry, if it was ever handed in: what is drafted is the delegation's own affair."""
    missing = NotFoundError("没有这名人员，或单位正在修改，还没有报送")
    entry = row_in(db.session(), EnrolmentEntry, competition_id, entry_id, missing)
    if entry.state is EntryState.DRAFT:
        raise missing
    return entry


def _after(entry: EnrolmentEntry) -> str:
    """Where to go on: the next of the delegation who waits, if the decision was made on a person's own page."""
    competition_id, delegation_id = entry.competition_id, entry.delegation_id
    if request.form.get("next") == "person":
        waiting = [
            one
            for one in own_entries(db.session(), competition_id, delegation_id)
            if one.state is EntryState.HANDED_IN and one.id != entry.id
        ]
        if waiting:
            return url_for("competitions.enrolled_person", competition_id=competition_id, entry_id=waiting[0].id)
    return url_for("competitions.enrolled", competition_id=competition_id, delegation_id=delegation_id)


@bp.get("/competitions/<int:competition_id>/enrolment/entries/<int:entry_id>")
@requires("enrolment.decide")
def enrolled_person(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """One person: what was stated, what is known beside what the rules ask, and the decision."""
    return _person_page(competition_id, entry_id, None)


def _person_page(competition_id: int, entry_id: int, form: ReturnForm | None) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    entry = _entry(competition_id, entry_id)
    page = render_template(
        "enrolment/person.html",
        competition=competition,
        entry=entry,
        values=facts_of(entry),
        facts=_facts(competition_id, entry),
        form=form or ReturnForm(formdata=None, revision=entry.revision),
        contestant_id=_contestant_id(entry),
        is_registering=competition.state in OPEN_STATES,
        settled=_settled(competition, entry),
        may_return=entry.state is EntryState.HANDED_IN
        or (entry.state is EntryState.APPROVED and entry.entrant_id is None),
        quoted=quoted,
        is_verified=is_verified,
        trust=CONFIDENCE,
        **WORDS,
    )
    return page, 422 if form is not None else 200


def _settled(competition: Competition, entry: EnrolmentEntry) -> str:
    why = settled(db.session(), competition, entry)
    return sentence(why) if why is not None else ""


def _facts(competition_id: int, entry: EnrolmentEntry) -> list[Fact]:
    if entry.state not in HANDED_IN:
        return []
    quotas = periods_of(db.session(), competition_id).quotas
    levels = current_app.config["KNOWN_LEVELS"]
    competition = setup.competition_of(competition_id)
    most = quotas.get(entry.event_id or 0)
    return facts_about(db.session(), competition, entry, facts_of(entry), levels, most)


def _contestant_id(entry: EnrolmentEntry) -> int | None:
    if entry.entrant_id is None:
        return None
    query = select(Contestant.id).join(Contestant.person).where(Contestant.entrant_id == entry.entrant_id)
    found: int | None = db.session.scalar(query.where(Person.document_index == entry.document_index).limit(1))
    return found


@bp.get("/competitions/<int:competition_id>/enrolment/entries/<int:entry_id>/returns")
@requires("enrolment.decide")
def return_again(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Whoever comes back to the address of an answer, as by choosing another language there, is led to the person."""
    return redirect(url_for("competitions.enrolled_person", competition_id=competition_id, entry_id=entry_id))


@bp.post("/competitions/<int:competition_id>/enrolment/entries/<int:entry_id>/returns")
@requires("enrolment.decide")
def return_enrolled(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Give a person back to the delegation."""
    form = ReturnForm()
    if accepted(form, lambda: _return(competition_id, entry_id, form)):
        flash(_("已退回，单位会看到理由；要在报名时间内改好再报送"), "success")
        return redirect(_after(_entry(competition_id, entry_id)))
    return _person_page(competition_id, entry_id, form)


@bp.get("/competitions/<int:competition_id>/enrolment/entries/<int:entry_id>/approvals-taken-back")
@requires("enrolment.decide")
def taken_back_again(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Whoever comes back to the address of an answer, as by choosing another language there, is led to the person."""
    return redirect(url_for("competitions.enrolled_person", competition_id=competition_id, entry_id=entry_id))


@bp.post("/competitions/<int:competition_id>/enrolment/entries/<int:entry_id>/approvals-taken-back")
@requires("enrolment.decide")
def take_back_enrolled(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Take back an approval, with the reason that the delegation reads."""
    form, left = ReturnForm(), [0]
    if accepted(form, lambda: left.append(_take_back(competition_id, entry_id, form))):
        flash(_("已撤销通过，这名人员退出参赛名单；单位会看到理由"), "success")
        if left[-1]:
            flash(_("同队的 %(n)s 人仍是已通过，等队里补齐后再进入参赛名单", n=left[-1]), "warning")
        return redirect(url_for("competitions.enrolled_person", competition_id=competition_id, entry_id=entry_id))
    return _person_page(competition_id, entry_id, form)


def _take_back(competition_id: int, entry_id: int, form: ReturnForm) -> int:
    command = TakeBackApproval(competition_id, entry_id, _revision(form), form.reason.data, signed_in_actor())
    return take_back_approval(command)


def _revision(form: ReturnForm) -> int:
    return int(form.revision.data) if str(form.revision.data).isdecimal() else 0


def _return(competition_id: int, entry_id: int, form: ReturnForm) -> None:
    return_entry(ReturnEntry(competition_id, entry_id, _revision(form), form.reason.data, signed_in_actor()))
