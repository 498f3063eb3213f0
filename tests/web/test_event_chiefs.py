"""Chief judges of single events: what they reach, what they do not, and that every event has somebody."""

import re
from typing import Any
from uuid import uuid4

import pytest
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from flask import Flask
from flask.testing import FlaskClient
from juries import JURY_SCHEME, Jury, lines
from sqlalchemy import select

from competitions.course.moving import MoveCompetition, move_competition
from competitions.course.readiness import shortcomings
from competitions.judges.chiefs import NameChief, name_chief
from competitions.judges.event_chiefs import (
    ChiefPerson,
    NoChiefError,
    SetChiefEvents,
    charge_of,
    events_by_chief,
    set_events,
)
from competitions.lifecycle import CompetitionState, Condition, MoveNotAllowedError
from competitions.models import Competition, Event, EventChief, Judge
from competitions.setup import WrongStateError
from core.accounts import Account
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import PERMISSIONS, Role
from scoring.course import facts
from scoring.engine.scheme_document import scheme_from_document
from scoring.event_charge import FREE, LISTS
from scoring.models import ResultSnapshot, ScoreSheet
from scoring.results.computing import ComputeResult, compute_result
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets


class Two:
    """Two events that are being marked; an account and a judge of the list as chief judges."""

    def __init__(self) -> None:
        self.jury = Jury()
        self.competition_id = self.jury.competition_id
        self.own, self.organiser = self.jury.event_id, self.jury.organiser
        self.other = make_event(competition_id=self.competition_id, name="别的赛项").id
        scheme = scheme_from_document(JURY_SCHEME)
        adopt_scheme(AdoptScheme(self.competition_id, self.other, scheme, "s.yaml", (), self.organiser))
        module = db.session.get_one(Event, self.other).modules[0]
        self.other_module = module.id
        make_panel(module_id=module.id, judges=[make_judge(competition_id=self.competition_id) for _ in range(3)])
        self.other_entrant = make_entrant(event_id=self.other, draw_number=1).id
        open_sheets(OpenSheets(self.competition_id, self.other, self.organiser))
        query = select(ScoreSheet.id).where(ScoreSheet.module_id == self.other_module)
        self.other_sheet = db.session.scalars(query.order_by(ScoreSheet.id)).first() or 0
        self.account: Account = make_account(role=Role.CHIEF_JUDGE, competition_id=self.competition_id)
        self.chief = make_judge(competition_id=self.competition_id, name="周裁判长", role=Role.CHIEF_JUDGE)
        self.base = f"/scoring/competitions/{self.competition_id}"

    def limit(self, *events: int, judge: bool = False) -> str:
        """The chief has charge of these events only."""
        person = ChiefPerson(self.chief.id, None) if judge else ChiefPerson(None, self.account.id)
        return set_events(SetChiefEvents(self.competition_id, person, events, self.organiser))


@pytest.fixture
def two(app: Flask) -> Two:
    return Two()


def test_without_any_event_a_chief_judge_has_the_whole_competition(two: Two, client: FlaskClient) -> None:
    sign_in_account(client, two.account)
    for event in (two.own, two.other):
        assert client.get(f"{two.base}/events/{event}/board").status_code == 200
    assert client.get(f"{two.base}/hand-over").status_code == 200


@pytest.mark.parametrize("judge", [False, True])
def test_a_chief_of_one_event_reaches_that_one_alone(two: Two, client: FlaskClient, judge: bool) -> None:
    two.limit(two.own, judge=judge)
    _ = sign_in_judge(client, two.chief) if judge else sign_in_account(client, two.account)
    assert client.get(f"{two.base}/events/{two.own}/board").status_code == 200
    assert client.get(f"{two.base}/sheets/{two.jury.sheet(1).id}").status_code == 200
    assert client.get(f"{two.base}/events/{two.other}/board").status_code == 403
    assert client.get(f"{two.base}/sheets/{two.other_sheet}").status_code == 403
    assert client.post(f"{two.base}/modules/{two.other_module}/confirmations").status_code == 403
    board = client.get(f"{two.base}/board").get_data(as_text=True)
    assert "美容" in board
    assert "别的赛项" not in board
    assert "断网交接" not in board
    for page in ("results", "substitutes", "appeals"):
        assert "别的赛项" not in client.get(f"{two.base}/{page}").get_data(as_text=True)


def test_a_chief_of_one_event_moves_no_competition_and_is_not_offered_it(two: Two, client: FlaskClient) -> None:
    with transaction() as session:
        session.get_one(Competition, two.competition_id).state = CompetitionState.REVIEWING
    sign_in_account(client, two.account)
    offered = f"/competitions/{two.competition_id}/moves"
    assert offered in client.get(f"/competitions/{two.competition_id}").get_data(as_text=True)
    two.limit(two.own)
    assert offered not in client.get(f"/competitions/{two.competition_id}").get_data(as_text=True)
    actor = make_actor(Role.CHIEF_JUDGE, two.competition_id, subject_id=two.account.id)
    back = MoveCompetition(two.competition_id, CompetitionState.MARKING, actor, "漏评一席")
    with pytest.raises(MoveNotAllowedError):
        move_competition(back, facts)


def test_every_address_of_another_event_is_closed_and_what_is_bound_to_none_too(two: Two, client: FlaskClient) -> None:
    """All pages that only a chief judge's permissions open: a new one is closed until it is thought of."""
    two.limit(two.own)
    sign_in_account(client, two.account)
    snapshot = compute_result(ComputeResult(two.competition_id, two.other, two.organiser))
    assert db.session.get(ResultSnapshot, snapshot) is not None
    known = {
        "competition_id": two.competition_id,
        "event_id": two.other,
        "module_id": two.other_module,
        "sheet_id": two.other_sheet,
        "snapshot_id": snapshot,
        "entrant_id": two.other_entrant,
    }
    walked = 0
    for rule in client.application.url_map.iter_rules():
        permission = getattr(client.application.view_functions[rule.endpoint], "permission", "public")
        if permission not in PERMISSIONS[Role.CHIEF_JUDGE] - FREE or rule.endpoint in LISTS:
            continue
        if "competition_id" not in rule.arguments:
            continue
        path = re.sub(r"<any\(([^,)]+)[^>]*>", lambda m: m.group(1), rule.rule)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(known.get(m.group(1), 1)), path)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert client.open(path, method=method).status_code == 403, (rule.endpoint, method)
            walked += 1
    assert walked > 30


def test_parts_of_two_events_in_one_address_open_nothing(two: Two, client: FlaskClient) -> None:
    two.limit(two.own)
    sign_in_account(client, two.account)
    own, foreign = two.jury.entrants[0], two.other_entrant
    assert client.get(f"{two.base}/modules/{two.jury.module_id}/entrants/{foreign}/sheets.pdf").status_code == 403
    assert client.get(f"{two.base}/modules/{two.other_module}/entrants/{own}/sheets.pdf").status_code == 403


def test_another_role_of_the_same_person_permits_what_it_permits(two: Two, client: FlaskClient) -> None:
    """A supervisor looks at every board, and confirms where she is chief judge only."""
    two.limit(two.own)
    account_id = two.account.id
    with transaction() as session:
        grants = session.get_one(Account, account_id).grants
        grants.append(
            type(grants[0])(
                competition_id=two.competition_id, role=Role.SUPERVISOR, granted_at=grants[0].granted_at, granted_by="x"
            )
        )
    sign_in_account(client, db.session.get_one(Account, account_id))
    assert client.get(f"{two.base}/events/{two.other}/board").status_code == 200
    assert "别的赛项" in client.get(f"{two.base}/board").get_data(as_text=True)
    assert client.post(f"{two.base}/modules/{two.other_module}/confirmations").status_code == 403


def test_a_judge_who_is_chief_of_another_event_still_marks(two: Two, client: FlaskClient) -> None:
    seated = two.jury.judges[0]
    name_chief(NameChief(two.competition_id, seated.id, True, two.organiser))
    person = ChiefPerson(seated.id, None)
    set_events(SetChiefEvents(two.competition_id, person, (two.other,), two.organiser))
    sign_in_judge(client, db.session.get_one(Judge, seated.id))
    assert len(client.get("/scoring/sheets").get_json()["sheets"]) == 2
    body: dict[str, Any] = {"key": str(uuid4()), "marks": {"J1": "2"}, "base_revision": 0}
    sheet = two.jury.sheet(1).id
    assert client.post(f"/scoring/sheets/{sheet}/revisions", json=body).status_code in (200, 201)
    assert client.get(f"{two.base}/sheets/{sheet}").status_code == 403


def test_events_are_stored_recorded_and_taken_back(two: Two) -> None:
    assert two.limit(two.other, two.own, two.other) == two.account.display_name
    assert events_by_chief(two.competition_id) == {(None, two.account.id): frozenset({two.own, two.other})}
    two.limit(two.own)
    assert charge_of(
        make_actor(Role.CHIEF_JUDGE, two.competition_id, subject_id=two.account.id), two.competition_id
    ) == {two.own}
    two.limit()
    assert events_by_chief(two.competition_id) == {}
    assert [line.detail["events"] for line in lines("chief_judge.events_set")] == [[two.own, two.other], [two.own], []]


def test_who_is_chief_no_more_has_charge_of_nothing_when_named_again(two: Two) -> None:
    two.limit(two.own, judge=True)
    for is_chief in (False, True):
        name_chief(NameChief(two.competition_id, two.chief.id, is_chief, two.organiser))
    assert db.session.scalar(select(EventChief.id)) is None


def test_who_is_no_chief_and_what_is_elsewhere_is_refused(two: Two) -> None:
    def put(person: ChiefPerson, *events: int) -> None:
        set_events(SetChiefEvents(two.competition_id, person, events, two.organiser))

    elsewhere = make_event(competition_id=make_competition().id).id
    with pytest.raises(NoChiefError):
        put(ChiefPerson(two.jury.judge_ids[0], None), two.own)
    with pytest.raises(NoChiefError):
        put(ChiefPerson(None, make_account(role=Role.SUPERVISOR, competition_id=two.competition_id).id), two.own)
    for nobody in (ChiefPerson(None, None), ChiefPerson(two.chief.id, two.account.id)):
        with pytest.raises(NoChiefError):
            put(nobody, two.own)
    with pytest.raises(NotFoundError):
        put(ChiefPerson(two.chief.id, None), elsewhere)
    with pytest.raises(NotFoundError):
        put(ChiefPerson(999_999, None), two.own)
    with transaction() as session:
        session.get_one(Competition, two.competition_id).state = CompetitionState.ARCHIVED
    with pytest.raises(WrongStateError):
        put(ChiefPerson(two.chief.id, None), two.own)
    assert db.session.scalar(select(EventChief.id)) is None


def test_marking_waits_for_a_chief_judge_of_every_event(two: Two) -> None:
    def wanting() -> list[str]:
        db.session.rollback()
        found = shortcomings(db.session.get_one(Competition, two.competition_id))[Condition.PANELS_COMPLETE]
        return [str(one) for one in found if "裁判长" in one]

    assert wanting() == []
    two.limit(two.own)
    assert wanting() == []  # the other chief judge has charge of all
    two.limit(two.own, judge=True)
    assert wanting() == ["别的赛项（职工）还没有裁判长"]
    two.limit(two.other)
    assert wanting() == []


def test_the_page_of_judges_shows_and_stores_who_has_charge(two: Two, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=two.competition_id))
    home = f"/competitions/{two.competition_id}"
    assert client.get(f"{home}/panels").get_data(as_text=True).count("负责：整项竞赛") == 2
    form = {"judge": two.chief.id, "event": [two.own]}
    page = client.post(f"{home}/chief-judges/events", data=form, follow_redirects=True).get_data(as_text=True)
    assert "周裁判长现在是 1 个赛项的裁判长" in page
    assert "负责：美容（职工）" in page
    page = client.post(f"{home}/chief-judges/events", data={"judge": two.chief.id}, follow_redirects=True)
    assert "整项竞赛的裁判长" in page.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR])
def test_nobody_but_organisers_gives_charge(two: Two, client: FlaskClient, role: Role) -> None:
    sign_in_account(client, make_account(role=role, competition_id=two.competition_id))
    form = {"judge": two.chief.id, "event": [two.own]}
    assert client.post(f"/competitions/{two.competition_id}/chief-judges/events", data=form).status_code == 403
