"""A delegation's own pages: the way in by a link, the list, one person, a workbook, handing in; its own people only."""

from dataclasses import dataclass

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from competitions import setup
from competitions.blueprint import bp
from competitions.enrolment.entries import (
    RemoveEntry,
    SaveEntry,
    entry_of,
    mark_of,
    next_team,
    own_entries,
    remove_entry,
    save_entry,
)
from competitions.enrolment.forms import EntryForm, HandInForm, UploadForm, as_typed
from competitions.enrolment.handing_in import HandInList, drafts_to_hand_in, hand_in_list, hand_ins_of, unready
from competitions.enrolment.keeping import facts_of
from competitions.enrolment.links import come_in, delegation_in_charge, link_of
from competitions.enrolment.listing import WORKBOOK
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.periods import Periods, periods_of
from competitions.enrolment.reading import errors_in, read_stated
from competitions.enrolment.uploading import (
    Uploaded,
    UploadWorkbook,
    marked_upload,
    personal_events,
    upload_workbook,
)
from competitions.enrolment.words import PART_NAMES, STATE_NAMES, STATE_TONES
from competitions.forms import accepted
from competitions.labels import LEVEL_OF_SKILL
from competitions.models import Competition, Delegation, Event, Form
from competitions.notices.reading import notices_of_delegation
from competitions.registration.importing import MOST_BYTES, OPEN_STATES
from competitions.registration.intake import TEAM_SIZES
from competitions.roster.workbooks import template_workbook
from core.auth import public, requires, signed_in_actor, visitor_address
from core.coming_in import with_cookie
from core.db import db
from core.downloads import attachment
from core.messages import said_again

WORDS = {"part_names": PART_NAMES, "states": STATE_NAMES, "tones": STATE_TONES, "levels": LEVEL_OF_SKILL}


@dataclass(frozen=True, slots=True)
class Own:
    """Where somebody is who works for a delegation."""

    competition: Competition
    delegation: Delegation
    periods: Periods

    @property
    def is_registering(self) -> bool:
        """Whether the competition still takes registrations."""
        return self.competition.state in OPEN_STATES

    @property
    def events(self) -> list[Event]:
        """The events for which people can be put down now."""
        personal = (event for event in self.competition.events if event.form is not Form.UNIT)
        return [event for event in personal if self.periods.of(event.id).is_open]


def _own(competition_id: int) -> Own:
    competition = setup.competition_of(competition_id)
    delegation = delegation_in_charge(db.session(), competition, signed_in_actor())
    return Own(competition, delegation, periods_of(db.session(), competition_id, delegation.id))


@bp.route("/r/<token>", methods=["GET", "POST"])
@public
def enrolment_link(token: str) -> ResponseReturnValue:
    """A delegation's link. Looking at it signs nobody in; the button does."""
    address = visitor_address()
    form = FlaskForm()
    if form.validate_on_submit():
        competition_id, cookie = come_in(token, address, request.user_agent.string)
        return with_cookie(redirect(url_for("competitions.own_enrolment", competition_id=competition_id)), cookie)
    link = link_of(token, address)
    page = render_template(
        "enrolment/link.html",
        competition=setup.competition_of(link.competition_id),
        delegation=link.delegation,
        span=periods_of(db.session(), link.competition_id, link.delegation_id).of(None),
        form=form,
    )
    answer = make_response(page)
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return answer


@bp.get("/competitions/<int:competition_id>/own-enrolment", endpoint="own_enrolment")
@requires("enrolment.own")
def own_enrolment_page(competition_id: int) -> ResponseReturnValue:
    """The delegation's list, what waits, and the signature to hand it in."""
    return _list_page(competition_id)


def _list_page(
    competition_id: int,
    hand_in: HandInForm | None = None,
    upload: UploadForm | None = None,
    uploaded: Uploaded | None = None,
) -> ResponseReturnValue:
    own = _own(competition_id)
    entries = own_entries(db.session(), competition_id, own.delegation.id)
    form = hand_in or HandInForm(formdata=None)
    form.seen.data = mark_of(entries)
    page = render_template(
        "enrolment/own.html",
        competition=own.competition,
        own=own,
        notices=notices_of_delegation(db.session(), competition_id),
        people=[(one, facts_of(one), [said_again(text) for text in one.warnings]) for one in entries],
        spans={event.id: own.periods.of(event.id) for event in own.competition.events},
        drafts=len(drafts_to_hand_in(entries, own.periods)),
        lacking=unready(entries, own.periods.quotas),
        counts={state.value: sum(one.state is state for one in entries) for state in EntryState},
        hand_ins=hand_ins_of(competition_id, own.delegation.id),
        hand_in=form,
        upload=upload or UploadForm(formdata=None),
        uploaded=uploaded,
        team_sizes=TEAM_SIZES,
        **WORDS,
    )
    is_refused = any(form is not None and form.errors for form in (hand_in, upload)) or bool(
        uploaded and not uploaded.is_stored
    )
    return page, 422 if is_refused else 200


@bp.get("/competitions/<int:competition_id>/own-enrolment/<any(workbooks, 'hand-ins'):act>")
@requires("enrolment.own")
def own_enrolment_again(competition_id: int, act: str) -> ResponseReturnValue:
    """Whoever comes back to the address of an answer, as by choosing another language there, is led to the list."""
    return redirect(url_for("competitions.own_enrolment", competition_id=competition_id))


@bp.route("/competitions/<int:competition_id>/own-enrolment/entries/new", methods=["GET", "POST"])
@requires("enrolment.own")
def new_own_entry(competition_id: int) -> ResponseReturnValue:
    """One more person: ``part`` says as what."""
    own, part = _own(competition_id), _part(request.args.get("part", ""))
    form = EntryForm(event_id=request.args.get("event", type=int))
    form.offer(own.events, part)
    if request.method == "GET":
        _first_place(own, form)
    if _saved(own, form, part, None):
        flash(_("“%(name)s”已存为草稿，报送以后组织者才能看到", name=form.name.data), "success")
        again = request.form.get("again") == "yes"
        target = "competitions.new_own_entry" if again else "competitions.own_enrolment"
        more = {"part": part.value, "event": form.event_id.data} if again else {}
        return redirect(url_for(target, competition_id=competition_id, **more))
    return _entry_page(own, form, part, None)


def _first_place(own: Own, form: EntryForm) -> None:
    """The event asked for, else the first, and its first team with room."""
    offered = {event.id: event for event in own.events}
    event = offered.get(form.event_id.data) or next(iter(offered.values()), None)
    if event is not None and form.event_id.data not in offered and form.event_id.choices[0].value:
        form.event_id.data = event.id
    if event is not None:
        entries = own_entries(db.session(), own.competition.id, own.delegation.id)
        form.team.data = next_team(entries, event)


def _part(text: str) -> Part:
    return Part(text) if text in set(Part) else Part.CONTESTANT


@bp.route("/competitions/<int:competition_id>/own-enrolment/entries/<int:entry_id>", methods=["GET", "POST"])
@requires("enrolment.own")
def own_entry(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Other facts for a person. Whoever changes what somebody else has just changed is told, and loses nothing."""
    own = _own(competition_id)
    entry = entry_of(db.session(), competition_id, own.delegation.id, entry_id)
    part = entry.part
    form = EntryForm(data=as_typed(entry, facts_of(entry)))
    form.offer(_with_own_event(own, entry), part)
    if _saved(own, form, part, entry):
        flash(_("“%(name)s”已保存，要（再次）报送以后组织者才能看到", name=form.name.data), "success")
        return redirect(url_for("competitions.own_enrolment", competition_id=competition_id))
    return _entry_page(own, form, part, entry_of(db.session(), competition_id, own.delegation.id, entry_id))


def _with_own_event(own: Own, entry: EnrolmentEntry) -> list[Event]:
    events = own.events
    return events if entry.event is None or entry.event in events else [entry.event, *events]


def _saved(own: Own, form: EntryForm, part: Part, entry: EnrolmentEntry | None) -> bool:
    """Whether what was typed is in order and stored; what is not stands beside its field."""
    if not form.validate_on_submit():
        return False
    stated, entry_id = form.stated(part), entry.id if entry else None
    event = next((one for one in own.competition.events if one.id == stated.event_id), None)
    wrong = errors_in(read_stated(own.competition, event, stated, facts_of(entry) if entry else None))
    if wrong:
        form.blame(wrong)
        return False
    revision = int(form.revision.data) if str(form.revision.data).isdecimal() else 0
    ids = (own.competition.id, own.delegation.id)
    return accepted(form, lambda: save_entry(SaveEntry(*ids, stated, signed_in_actor(), entry_id, revision)))


def _entry_page(own: Own, form: EntryForm, part: Part, entry: EnrolmentEntry | None) -> ResponseReturnValue:
    """The form; where somebody else was first, with what is stored now beside it."""
    is_overtaken = entry is not None and form.is_submitted() and form.revision.data != str(entry.revision)
    if entry is not None and is_overtaken:
        form.revision.data = str(entry.revision)
    page = render_template(
        "enrolment/entry.html",
        competition=own.competition,
        own=own,
        form=form,
        part=part,
        entry=entry,
        stored=facts_of(entry) if entry is not None else None,
        is_overtaken=is_overtaken,
        span=own.periods.of(entry.event_id if entry is not None else None),
        has_teams=any(event.form.value in TEAM_SIZES for event in own.competition.events),
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/own-enrolment/entries/<int:entry_id>/removals")
@requires("enrolment.own")
def remove_own_entry(competition_id: int, entry_id: int) -> ResponseReturnValue:
    """Take a person off the list."""
    own = _own(competition_id)
    revision = request.form.get("seen", 0, type=int)
    remove_entry(RemoveEntry(competition_id, own.delegation.id, entry_id, revision, signed_in_actor()))
    flash(_("已从名单里去掉"), "success")
    return redirect(url_for("competitions.own_enrolment", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/own-enrolment/hand-ins")
@requires("enrolment.own")
def hand_in_own(competition_id: int) -> ResponseReturnValue:
    """Hand the list in, signed with a name."""
    form, done = HandInForm(), [0]
    if accepted(form, lambda: done.append(_hand_in(competition_id, form))):
        flash(_("已报送 %(n)s 人，请等组织者审核；截止前还可以改，改过的要再报送", n=done[-1]), "success")
        return redirect(url_for("competitions.own_enrolment", competition_id=competition_id))
    return _list_page(competition_id, hand_in=form)


def _hand_in(competition_id: int, form: HandInForm) -> int:
    own = _own(competition_id)
    command = HandInList(competition_id, own.delegation.id, form.signer.data, form.seen.data or "", signed_in_actor())
    return hand_in_list(command)


@bp.get("/competitions/<int:competition_id>/own-enrolment/template.xlsx")
@requires("enrolment.own")
def own_template(competition_id: int) -> ResponseReturnValue:
    """An empty workbook with this competition's events to choose from."""
    own = _own(competition_id)
    data = template_workbook(
        personal_events(own.competition, own.periods), f"{own.competition.title}参赛选手报名汇总表"
    )
    return _workbook(data, f"{own.delegation.name}报名汇总表.xlsx")


def _workbook(data: bytes, filename: str) -> ResponseReturnValue:
    return current_app.response_class(data, content_type=WORKBOOK, headers=attachment(filename))


@bp.post("/competitions/<int:competition_id>/own-enrolment/workbooks")
@requires("enrolment.own")
def upload_own(competition_id: int) -> ResponseReturnValue:
    """A workbook as drafts; wrong rows are told one by one. With ``marks`` it is only given back with marks."""
    form = UploadForm()
    if request.form.get("marks") == "yes" and form.validate_on_submit():
        return _workbook(marked_upload(_upload(competition_id, form)), _("标注.xlsx"))
    done: list[Uploaded] = []
    if not accepted(form, lambda: done.append(upload_workbook(_upload(competition_id, form)))):
        return _list_page(competition_id, upload=form)
    if done[0].is_stored and not (done[0].wrong or done[0].warned or done[0].problems):
        added, changed, same = done[0].added, done[0].changed, done[0].same
        text = _("新增 %(new)s 人，更新 %(changed)s 人，%(same)s 人没有变化", new=added, changed=changed, same=same)
        flash(text, "success")
        return redirect(url_for("competitions.own_enrolment", competition_id=competition_id))
    return _list_page(competition_id, upload=form, uploaded=done[0])


def _upload(competition_id: int, form: UploadForm) -> UploadWorkbook:
    own, file = _own(competition_id), form.file.data
    data = file.stream.read(MOST_BYTES + 1)
    return UploadWorkbook(
        competition_id, own.delegation.id, file.filename or "", data, form.leaves_out_wrong.data, signed_in_actor()
    )
