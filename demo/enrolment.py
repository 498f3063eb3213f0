"""The demo's competition that is open for online registration: delegations in every state from no link to approved."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from competitions.delegations.defining import AddDelegations, add_delegations
from competitions.enrolment.deciding import ApproveEntries, ReturnEntry, approve_entries, return_entry
from competitions.enrolment.entries import SaveEntry, mark_of, own_entries, save_entry
from competitions.enrolment.handing_in import HandInList, hand_in_list
from competitions.enrolment.links import IssueEnrolmentLinks, issue_enrolment_links, links_in_force
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.periods import EventPeriod, ExtendPeriod, SetPeriods, extend_period, set_periods
from competitions.enrolment.reading import Stated
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.lifecycle import CompetitionState
from competitions.models import Form, Level, ModuleKind
from competitions.roster import Field
from competitions.setup import CompetitionFacts, CreateCompetition, ProgrammeFacts, competition_of, create_competition
from core.auth import Actor, SubjectKind
from core.clock import BEIJING, now
from core.db import db
from core.permissions import Role
from demo.building import Demo, as_organiser, move
from demo.people import CITIES, SEED, Invented, invent

TITLE = "冀中地区职工技能竞赛（演示，正在报名）"
HOST = "冀中地区工会联合会（演示）"
SINGLES = ("焊工", "数控车工")
PAIRS = "机电一体化"
MEMBERS = 8
SIGNERS = ("孟广发", "段秋月", "侯振东", "龙海波", "万桂兰")
MISSING_PAPER = "技能等级证书复印件看不清，请重新扫描后再报送（演示）"
WRONG_LEVEL = "填报二级，所附证书是三级，请核对（演示）"


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What the notes tell of it: the competition, and the link by which a delegation comes in."""

    competition_id: int
    delegation: str
    token: str


class _Contact:
    """A delegation's contact person at work."""

    def __init__(self, demo: Demo, delegation_id: int, link_id: int, signer: str) -> None:
        self._demo, self._id, self._signer = demo, delegation_id, signer
        roles: dict[int | None, frozenset[Role]] = {demo.competition_id: frozenset({Role.ENROLLER})}
        self._actor = Actor(SubjectKind.DELEGATION, link_id, signer, 0, roles, demo.competition_id)

    def put_down(self, person: Invented, event_id: int | None, team: int = 1, part: Part = Part.CONTESTANT) -> int:
        """One more person on the list, as a draft."""
        texts = {
            Field.NAME: person.name,
            Field.ID_KIND: "居民身份证",
            Field.ID_NUMBER: person.document,
            Field.UNIT: person.unit,
            Field.LEVEL: str(person.level),
            Field.PHONE: person.phone,
        }
        stated = Stated(part, texts, event_id, team)
        return save_entry(SaveEntry(self._demo.competition_id, self._id, stated, self._actor))

    def hand_in(self) -> None:
        """The list as it stands."""
        seen = mark_of(self.entries())
        hand_in_list(HandInList(self._demo.competition_id, self._id, self._signer, seen, self._actor))

    def entries(self) -> Sequence[EnrolmentEntry]:
        """The list, read anew."""
        db.session.expire_all()
        return own_entries(db.session(), self._demo.competition_id, self._id)

    def waiting(self) -> list[EnrolmentEntry]:
        """Who of the list waits for a decision."""
        return [one for one in self.entries() if one.state is EntryState.HANDED_IN]


def build(organiser: Actor) -> Enrolling:
    """The competition, opened a few days ago; dates follow the day on which the demo is filled.

    Args:
        organiser: a system administrator who becomes the organiser.
    """
    first = now().astimezone(BEIJING).date() + timedelta(days=40)
    programmes = (ProgrammeFacts("河北省职工职业技能大赛", "", "hebei.workers-contest.2025"),)
    facts = CompetitionFacts(TITLE, Level.CITY, "130100", HOST, first, first + timedelta(days=2), programmes)
    competition_id = create_competition(CreateCompetition(facts, organiser))
    demo = Demo(competition_id, as_organiser(organiser, competition_id), [], [], [])
    for name, home in CITIES.items():
        add_delegations(AddDelegations(competition_id, (name,), demo.organiser, home=home))
    demo.event_ids = [_event(demo, name, Form.SINGLE) for name in SINGLES] + [_event(demo, PAIRS, Form.DOUBLE)]
    move(demo, CompetitionState.REGISTERING)
    _open(demo)
    delegations = competition_of(competition_id).delegations
    with_link = [one.id for one in delegations[:-2]]
    links = issue_enrolment_links(IssueEnrolmentLinks(competition_id, tuple(with_link), demo.organiser))
    known = links_in_force(competition_id)
    contacts = [
        _Contact(demo, delegation_id, known[delegation_id].id, signer)
        for delegation_id, signer in zip(with_link, SIGNERS, strict=False)
    ]
    _enrol(demo, contacts, [one.name for one in delegations])
    extend_period(ExtendPeriod(competition_id, with_link[2], now() + timedelta(days=14), demo.organiser))
    return Enrolling(competition_id, links[2].delegation, links[2].token)


def _event(demo: Demo, name: str, form: Form) -> int:
    modules = (
        ModuleFacts("理论", "理论知识", ModuleKind.EXTERNAL, "30"),
        ModuleFacts("实操", "操作技能", weight="70"),
    )
    prizes = [{"name": prize, "number": 1} for prize in ("一等奖", "二等奖", "三等奖")]
    rules = {"prizes": prizes, "rounding": "half_up", "tie": "include_all", "minimum": 6}
    event = EventFacts(name, "职工", form, prize_rules=rules)
    return add_event(AddEvent(demo.competition_id, event, modules, demo.organiser))


def _open(demo: Demo) -> None:
    opens_at, closes_at = now() - timedelta(days=6), now() + timedelta(days=9)
    quotas = tuple(EventPeriod(event_id, most=3) for event_id in demo.event_ids[:2])
    soon = EventPeriod(demo.event_ids[2], opens_at, now() + timedelta(days=1), most=2)
    set_periods(SetPeriods(demo.competition_id, opens_at, closes_at, (*quotas, soon), demo.organiser))


def _enrol(demo: Demo, contacts: Sequence[_Contact], names: Sequence[str]) -> None:
    """One after another: approved in full, waiting, decided in part, waiting with a double, drafts alone."""
    dice, used = random.Random(SEED + 5), set[str]()  # noqa: S311  invented people, nothing secret
    lists = [[invent(name, dice, used) for _ in range(MEMBERS)] for name, _ in zip(names, contacts, strict=False)]
    lists[3][2] = lists[1][2]  # whom two delegations enter
    for contact, people in zip(contacts, lists, strict=True):
        _put_down(demo, contact, people)
    approved, waiting, decided, double = contacts[:4]
    for contact in (approved, waiting, decided, double):
        contact.hand_in()
    _approve(demo, approved.waiting())
    left, *others = decided.waiting()
    _approve(demo, others[:3])
    for entry, reason in zip((left, others[3]), (MISSING_PAPER, WRONG_LEVEL), strict=True):
        return_entry(ReturnEntry(demo.competition_id, entry.id, entry.revision, reason, demo.organiser))


def _put_down(demo: Demo, contact: _Contact, people: Sequence[Invented]) -> None:
    """A leader, a coach, two for each single event, a pair."""
    places = [event_id for event_id in demo.event_ids[:2] for _ in range(2)] + [demo.event_ids[2]] * 2
    leader, coach, *contestants = people
    contact.put_down(leader, None, part=Part.LEADER)
    contact.put_down(coach, demo.event_ids[2], part=Part.COACH)
    for person, event_id in zip(contestants, places, strict=True):
        contact.put_down(person, event_id)


def _approve(demo: Demo, entries: Sequence[EnrolmentEntry]) -> None:
    seen = tuple((one.id, one.revision) for one in entries)
    approve_entries(ApproveEntries(demo.competition_id, seen, demo.organiser))
