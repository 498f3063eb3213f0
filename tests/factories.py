"""Makers of stored objects for all tests: each takes overrides by keyword and makes what it stands on by itself.

They write through `transaction()`, as the product does, and return the row loaded again for reading.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from competitions.lifecycle import CompetitionState
from competitions.models import (
    Competition,
    Contestant,
    Delegation,
    Entrant,
    EntrantStatus,
    Event,
    Form,
    Judge,
    Level,
    Module,
    ModuleKind,
    Panel,
    Person,
    Seat,
)
from competitions.registration.people import PersonFacts, new_person
from core.accounts import Account, CreateAccount, GrantRole, create_account, grant_role
from core.auth import ACCOUNT_IDLE, DEVICE_LIFE, Actor, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import Model, db, transaction
from core.identity import check_character
from core.permissions import Role
from scoring.models import SchemeVersion, ScoreSheet

PASSWORD = "correct horse battery"
OPENS_ON = date(2026, 10, 18)


class Numbers:
    """One, two, three; and from one again for each file of tests, so that no test sees who ran before it."""

    def __init__(self) -> None:
        self._count = count(1)

    def __next__(self) -> int:
        return next(self._count)

    def begin_again(self) -> None:
        self._count = count(1)


NUMBERS = Numbers()

Row = TypeVar("Row", bound=Model)


@contextmanager
def together() -> Iterator[Session]:
    """One transaction for all that is made inside, where no use case may be called: a commit costs more than a row."""
    session: Session = db.session()
    if session.info.get("together"):
        yield session
        return
    with transaction():
        session.info["together"] = True
        try:
            yield session
        finally:
            session.info["together"] = False


def stored(row: Row) -> Row:
    """Write one row and return it, to be read again from the database."""
    with together() as session:
        session.add(row)
        session.flush()
    return row


def make_account(**over: Any) -> Account:
    """An account with PASSWORD. `role` and `competition` (or `competition_id`) give it a grant."""
    number = next(NUMBERS)
    role, competition = over.pop("role", None), over.pop("competition", None)
    competition_id = over.pop("competition_id", competition.id if competition else None)
    delegation_id = over.pop("delegation_id", None)
    values = {"username": f"user{number}", "display_name": f"赵组织{number}", "password": PASSWORD}
    values |= {"actor": "system", "actor_name": "系统"} | over
    account_id = create_account(CreateAccount(**values))
    if role is not None:
        grant_role(GrantRole(account_id, role, competition_id, "system", "系统", delegation_id))
    account = db.session.get(Account, account_id)
    assert account is not None
    return account


def make_actor(role: Role = Role.ORGANISER, competition_id: int | None = None, **over: Any) -> Actor:
    """Somebody who holds one role, for calling use cases; no row stands behind it unless `subject_id` names one."""
    values: dict[str, Any] = {"kind": SubjectKind.ACCOUNT, "subject_id": 1, "name": "赵组织", "sign_in_id": 0}
    return Actor(**(values | {"roles": {competition_id: frozenset({role})}} | over))


def sign_in_account(client: FlaskClient, account: Account) -> FlaskClient:
    """Sign an account in on a test client."""
    token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, account.display_name, ACCOUNT_IDLE), "test")
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], token)
    return client


def sign_in_judge(client: FlaskClient, judge: Judge) -> FlaskClient:
    """Sign a judge's device in on a test client."""
    subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, judge.competition_id, judge.role)
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], sign_in(subject, "test"))
    return client


def make_competition(**over: Any) -> Competition:
    """A provincial competition in preparation."""
    values = {
        "title": f"河北省职工职业技能大赛{next(NUMBERS)}",
        "level": Level.PROVINCE,
        "jurisdiction": "130000",
        "host": "河北省总工会、河北省人力资源和社会保障厅",
        "opens_on": OPENS_ON,
        "closes_on": date(2026, 10, 20),
        "state": CompetitionState.PREPARING,
        "created_at": now(),
    }
    return stored(Competition(**(values | over)))


@together()
def make_event(**over: Any) -> Event:
    """An event for single contestants; `competition` or `competition_id` says where, else a new one is made."""
    competition_id = _id_of(over, "competition", make_competition)
    number = next(NUMBERS)
    values = {"name": f"焊工{number}", "position": number, "group_name": "职工", "form": Form.SINGLE}
    values |= {"top_level": 1, "written_at_level": 3}
    return stored(Event(competition_id=competition_id, **(values | over)))


@together()
def make_module(**over: Any) -> Module:
    """A judged module that carries the whole weight; `event` or `event_id` says of which."""
    event_id = _id_of(over, "event", make_event)
    number = next(NUMBERS)
    values = {"code": f"M{number}", "name": f"实际操作{number}", "kind": ModuleKind.JUDGED}
    values |= {"weight": "100", "position": number}
    return stored(Module(event_id=event_id, **(values | over)))


@together()
def make_delegation(**over: Any) -> Delegation:
    """A delegation of a city."""
    competition_id = _id_of(over, "competition", make_competition)
    number = next(NUMBERS)
    values = {"name": f"第{number}代表队", "position": number, "home": "130100"}
    return stored(Delegation(competition_id=competition_id, **(values | over)))


def make_person(**over: Any) -> Person:
    """A person with a resident identity card; `document_number` may be given."""
    return stored(_person(over))


def _person(over: dict[str, Any]) -> Person:
    number = next(NUMBERS)
    values = {
        "name": f"孙选手{number}",
        "document_kind": "居民身份证",
        "document_number": identity_number(OWN_NUMBERS + number),
        "sex": "男",
        "birth": date(1990, 5, 1),
        "phone": "13900000000",
    }
    return new_person(PersonFacts(**(values | over)))


OWN_NUMBERS = 1000
"""From here on are the numbers of made persons; a test that wants a number of its own takes a smaller one."""
_DISTRICTS = ("130102", "130104", "130105", "130107", "130108", "130109", "130110", "130111")


def identity_number(number: int) -> str:
    """A fictitious resident identity number with the right check character, different for each of 8,000 numbers."""
    district = _DISTRICTS[number // 1000 % len(_DISTRICTS)]
    body = f"{district}19900501{number % 1000:03}"
    return body + check_character(body)


@together()
def make_entrant(**over: Any) -> Entrant:
    """A single contestant with its person: `name`, `unit`, `level`, `identity` are those of the contestant."""
    event_id = _id_of(over, "event", make_event)
    competition_id = over.pop("competition_id", None)
    delegation_id = _id_of(
        over, "delegation", lambda: make_delegation(competition_id=competition_id or _where(event_id))
    )
    person = over.pop("person", None) or _person({"name": over["name"]} if "name" in over else {})
    member = {"unit": "某机械有限公司", "identity": "职工", "level": 3} | {
        key: over.pop(key) for key in ("unit", "identity", "level", "code_serial") if key in over
    }
    values = {"draw_number": None, "work_code": None, "status": EntrantStatus.REGISTERED} | over
    values.setdefault("name", person.name)
    entrant = Entrant(event_id=event_id, delegation_id=delegation_id, **values)
    key = inspect(person).identity
    entrant.members.append(Contestant(**({"person_id": key[0]} if key else {"person": person}), listed=1, **member))
    return stored(entrant)


def _where(event_id: int) -> int:
    """The competition of an event."""
    return db.session.scalars(select(Event.competition_id).where(Event.id == event_id)).one()


@together()
def make_judge(**over: Any) -> Judge:
    """A judge of a neutral unit; `role` may be CHIEF_JUDGE."""
    competition_id = _id_of(over, "competition", make_competition)
    number = next(NUMBERS)
    values = {"name": f"钱裁判{number}", "unit": f"第{number}技师学院", "qualification": "高级考评员"}
    return stored(Judge(competition_id=competition_id, **(values | {"role": Role.JUDGE} | over)))


@together()
def make_panel(**over: Any) -> Panel:
    """A panel with a seat for each of `judges`, or five new ones; `module` or `module_id` says where."""
    module_id = _id_of(over, "module", make_module)
    module = db.session.get(Module, module_id)
    assert module is not None
    event = db.session.get(Event, module.event_id)
    assert event is not None
    judges = over.pop("judges", None)
    if judges is None:
        judges = [make_judge(competition_id=event.competition_id) for _ in range(5)]
    seats = [Seat(number=number, judge_id=judge.id) for number, judge in enumerate(judges, start=1)]
    return stored(Panel(module_id=module_id, name=over.pop("name", "第一组"), seats=seats, **over))


WELDING_SCHEME: dict[str, Any] = {
    "format": "1",
    "title": "焊工实际操作",
    "default_panel": {"judges": 5, "missing": "wait", "drop_high": 1, "drop_low": 1, "round": 2},
    "children": [
        {
            "code": "P",
            "level": "module",
            "label": "实际操作",
            "children": [
                {
                    "code": "A",
                    "label": "焊缝外观",
                    "children": [
                        {"code": "A1", "label": "焊缝成形", "kind": "points", "max": 20, "step": "0.5"},
                        {
                            "code": "A2",
                            "label": "焊缝整体观感",
                            "kind": "judgement",
                            "max": 6,
                            "benchmarks": {
                                "0": "不符合行业标准，或未完成",
                                "1": "符合行业标准",
                                "2": "符合行业标准，并在若干方面超出",
                                "3": "优秀，全面超出行业标准",
                            },
                        },
                        {
                            "code": "A3",
                            "label": "焊缝余高差",
                            "kind": "measurement",
                            "max": 8,
                            "entry": {"min": 0, "max": 20, "step": "0.1", "unit": "mm"},
                            "convert": {
                                "bands": {
                                    "table": [
                                        {"up_to": "1", "points": 8},
                                        {"above": "1", "up_to": "2", "points": 5},
                                    ],
                                    "otherwise": 0,
                                }
                            },
                        },
                    ],
                },
                {
                    "code": "B",
                    "label": "操作过程",
                    "children": [
                        {"code": "B1", "label": "焊前清理", "kind": "yes_no", "max": 4},
                        {
                            "code": "B2",
                            "label": "层间清理",
                            "kind": "choice",
                            "options": {"彻底": 6, "基本": 3, "未做": 0},
                        },
                        {"code": "B3", "label": "安全文明生产违规", "kind": "deduction", "each": 2, "at_most": 10},
                        {"code": "B4", "label": "未经允许打磨焊缝", "kind": "disqualification"},
                    ],
                },
            ],
        }
    ],
}
"""A scheme with one aspect of every kind that a judge's sheet has."""

WELDING_MARKS: dict[str, str | None] = {"A1": "18.5", "A2": "2", "A3": "1.4", "B1": "是", "B2": "基本", "B3": "1"}
"""A complete sheet under WELDING_SCHEME: all that must be marked."""


@together()
def make_scheme_version(**over: Any) -> SchemeVersion:
    """An adopted scheme, WELDING_SCHEME unless `document` is given; `event` or `event_id` says of which event."""
    event_id = _id_of(over, "event", make_event)
    values = {"number": 1, "document": WELDING_SCHEME, "source_name": "scheme.yaml", "warnings": []}
    values |= {"adopted_at": now(), "adopted_by": "account:1"}
    return stored(SchemeVersion(event_id=event_id, **(values | over)))


@together()
def make_sheet(**over: Any) -> ScoreSheet:
    """An open sheet of seat 1 for an entrant with a draw number, in a module P under WELDING_SCHEME.

    `judge`, `module`, `entrant` and `scheme_version` may be given; what is not is made in the judge's competition.
    """
    judge = over.pop("judge", None) or make_judge()
    module = over.pop("module", None)
    if module is None:
        module = make_module(event=make_event(competition_id=judge.competition_id), code="P", name="实际操作")
    entrant = over.pop("entrant", None) or make_entrant(
        event_id=module.event_id, draw_number=next(NUMBERS), status=EntrantStatus.PRESENT
    )
    version = over.pop("scheme_version", None) or _scheme_of_event(module.event_id)
    values = {"seat_number": 1, "submitted_at": None, "confirmed_at": None, "confirmed_by": None}
    ids = {"judge_id": judge.id, "module_id": module.id, "entrant_id": entrant.id, "scheme_version_id": version.id}
    return stored(ScoreSheet(**(values | ids | over)))


def _scheme_of_event(event_id: int) -> SchemeVersion:
    found = db.session.scalar(select(SchemeVersion).where(SchemeVersion.event_id == event_id))
    return found or make_scheme_version(event_id=event_id)


def _id_of(over: dict[str, Any], name: str, make: Any) -> int:
    """Take `name` or `name_id` out of the overrides; make one if neither is there."""
    row, given = over.pop(name, None), over.pop(f"{name}_id", None)
    if given is not None:
        return int(given)
    key = inspect(row if row is not None else make()).identity  # asking the row for its id would ask the database
    return int(key[0])
