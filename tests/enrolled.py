"""Makers for online registration: an open competition with two delegations, and each step in one call."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from factories import identity_number, make_actor, make_competition, make_delegation, make_event
from flask.testing import FlaskClient

from competitions.enrolment.deciding import Approved, ApproveEntries, approve_entries
from competitions.enrolment.entries import SaveEntry, mark_of, own_entries, save_entry
from competitions.enrolment.handing_in import HandInList, hand_in_list
from competitions.enrolment.links import IssueEnrolmentLinks, issue_enrolment_links
from competitions.enrolment.models import EnrolmentEntry, Part
from competitions.enrolment.periods import EventPeriod, SetPeriods, set_periods
from competitions.enrolment.reading import Stated
from competitions.lifecycle import CompetitionState
from competitions.roster import Field
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db
from core.permissions import Role


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A competition that is open for online registration for a week."""

    competition_id: int
    event_id: int
    own_id: int
    other_id: int
    organiser: Actor
    contact: str = "某队"

    def actor(self, delegation_id: int | None = None) -> Actor:
        """Somebody who works for a delegation."""
        of = delegation_id or self.own_id
        who = {"kind": SubjectKind.DELEGATION, "subject_id": of, "name": self.contact}
        return make_actor(Role.ENROLLER, self.competition_id, **who)

    def add(self, number: int = 1, delegation_id: int | None = None, **over: Any) -> int:
        """Put down a contestant; `over` are fields, or `event_id`, `team`, `part`."""
        of = delegation_id or self.own_id
        return save_entry(SaveEntry(self.competition_id, of, self.stated(number, **over), self.actor(of)))

    def change(self, entry_id: int, revision: int, number: int = 1, **over: Any) -> int:
        """Other facts for one of the own delegation."""
        stated = self.stated(number, **over)
        return save_entry(
            SaveEntry(self.competition_id, self.own_id, stated, self.actor(), entry_id=entry_id, revision=revision)
        )

    def stated(self, number: int, **over: Any) -> Stated:
        """What is typed of the person of that number."""
        part = over.pop("part", Part.CONTESTANT)
        event_id = over.pop("event_id", self.event_id if part is Part.CONTESTANT else None)
        team = over.pop("team", 1)
        texts = {
            Field.NAME: f"选手{'甲乙丙丁戊己庚辛'[number % 8]}",
            Field.ID_NUMBER: identity_number(number),
            Field.ID_KIND: "居民身份证",
            Field.UNIT: "某机械有限公司",
            Field.LEVEL: "3",
            Field.PHONE: "13900000000",
            Field.SEX: "",
            Field.BIRTH: "",
        }
        return Stated(part, texts | {Field(name): value for name, value in over.items()}, event_id, team)

    def hand_in(self, delegation_id: int | None = None, signer: str = "钱报送") -> int:
        """Hand in the list as it stands."""
        of = delegation_id or self.own_id
        seen = mark_of(self.entries(of))
        return hand_in_list(HandInList(self.competition_id, of, signer, seen, self.actor(of)))

    def entries(self, delegation_id: int | None = None) -> list[EnrolmentEntry]:
        """The list of a delegation, read anew."""
        db.session.rollback()
        db.session.expire_all()
        return list(own_entries(db.session(), self.competition_id, delegation_id or self.own_id))

    def entry(self, entry_id: int) -> EnrolmentEntry:
        """One of them."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(EnrolmentEntry, entry_id)

    def approve(self, *entry_ids: int) -> Approved:
        """Approve people as they stand."""
        seen = tuple((one, self.entry(one).revision) for one in entry_ids)
        return approve_entries(ApproveEntries(self.competition_id, seen, self.organiser))

    def link(self, delegation_id: int | None = None) -> str:
        """The secret of a new link."""
        of = (delegation_id or self.own_id,)
        return issue_enrolment_links(IssueEnrolmentLinks(self.competition_id, of, self.organiser))[0].token

    def come_in(self, client: FlaskClient, delegation_id: int | None = None) -> FlaskClient:
        """The browser of a delegation's contact."""
        answer = client.post(f"/r/{self.link(delegation_id)}")
        assert answer.status_code == 302, answer.text
        return client

    def open(self, *events: EventPeriod, opens_in: int = -1, closes_in: int = 7) -> None:
        """Set the periods, in days from now."""
        at = now()
        span = (at + timedelta(days=opens_in), at + timedelta(days=closes_in))
        set_periods(SetPeriods(self.competition_id, *span, events, self.organiser))


def make_enrolment(**over: Any) -> Enrolment:
    """An open one; `over` are facts of its event."""
    competition = make_competition(state=CompetitionState.REGISTERING)
    event = make_event(competition_id=competition.id, **({"name": "焊工", "group_name": "职工"} | over))
    own, other = (make_delegation(competition_id=competition.id, name=name) for name in ("唐山市", "保定市"))
    organiser = make_actor(Role.ORGANISER, competition.id)
    made = Enrolment(competition.id, event.id, own.id, other.id, organiser)
    made.open()
    return made
