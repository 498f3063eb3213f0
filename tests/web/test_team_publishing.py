"""The public sees a standing of delegations only by decision, as it was then, and no longer once it is taken back."""

import pytest
from asked import asked
from at_once import at_once
from factories import make_account, sign_in_account
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from team_ranked import Teams, no_prizes

from competitions.models import Entrant
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.models import TeamPublication
from scoring.team_standings.deciding import (
    PublishTeams,
    TeamsChangedError,
    WithdrawTeams,
    decisions_of,
    publish_teams,
    withdraw_teams,
)
from scoring.team_standings.document import digest_of, document_of
from scoring.team_standings.formulas import Choice, formula_of
from scoring.team_standings.reading import place_of, public_teams, shown_teams
from scoring.team_standings.reckoning import team_standings


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


class Decided(Teams):
    """Published results of two delegations, and what is decided about their standing."""

    def __init__(self):
        super().__init__()
        self.show()
        self.competition_id = self.competition.id

    def seen(self, formula="places", prizes=no_prizes):
        chosen = formula_of(Choice(formula))
        return digest_of(document_of(team_standings(self.competition_id, chosen, None, prizes), chosen))

    def decide(self, formula="places", seen=None, reason="", prizes=no_prizes):
        seen = self.seen(formula, prizes) if seen is None else seen
        command = PublishTeams(self.competition_id, formula_of(Choice(formula)), None, seen, self.organiser, reason)
        return publish_teams(command, prizes)

    def withdraw(self, reason="规程不设团体奖"):
        return withdraw_teams(WithdrawTeams(self.competition_id, reason, self.organiser))

    def decisions(self):
        return len(list(decisions_of(db.session(), self.competition_id)))

    @property
    def address(self):
        return f"/results/{self.competition_id}/delegations"

    @property
    def office(self):
        return f"/scoring/competitions/{self.competition_id}/delegations"


@pytest.fixture
def teams(app):
    return Decided()


def test_nobody_outside_sees_a_standing_before_it_is_published(teams, client):
    assert client.get(teams.address).status_code == 404
    assert "代表队团体总分" not in client.get(f"/results/{teams.competition_id}").text
    assert place_of(teams.competition_id, "甲市") is None

    teams.decide()
    page = client.get(teams.address).text
    assert "甲市" in page
    assert "按名次计分" in page
    assert "代表队团体总分" in client.get(f"/results/{teams.competition_id}").text
    assert place_of(teams.competition_id, "甲市").rank == 1


def test_the_public_sees_the_very_figures_that_were_seen(teams):
    computed = team_standings(teams.competition_id, formula_of(Choice("members")), None, no_prizes)
    teams.decide("members")
    shown = shown_teams(teams.competition_id)

    assert [(p.rank, p.delegation, p.share, p.medal) for p in shown.places] == [
        (t.place.rank, t.place.delegation, t.share, t.medal) for t in computed.places
    ]
    assert [[(c.event, c.name) for c in p.counted] for p in shown.places] == [
        [(f"{c.event}（职工）", c.name) for c in t.counted] for t in computed.places
    ]


def test_a_published_standing_stays_as_it_was_when_results_change(teams):
    teams.decide()
    before = shown_teams(teams.competition_id)
    assert not before.is_behind
    teams.mark(1, 3, "100")
    teams.confirm_all()
    teams.publish(teams.compute("复核"), reason="裁决")
    after = shown_teams(teams.competition_id)

    assert (after.places, after.digest) == (before.places, before.digest)
    assert after.is_behind


def test_a_provisional_result_makes_a_provisional_standing(teams):
    teams.decide()
    assert not shown_teams(teams.competition_id).is_final
    teams.publish(teams.snapshot, is_final=True)

    assert shown_teams(teams.competition_id).is_behind
    teams.decide(reason="转为最终")
    assert shown_teams(teams.competition_id).is_final


def test_what_was_not_seen_is_not_published(teams):
    seen = teams.seen()
    teams.mark(1, 3, "100")
    teams.confirm_all()
    teams.publish(teams.compute("复核"), reason="裁决")

    with pytest.raises(TeamsChangedError):
        teams.decide(seen=seen)
    assert teams.decisions() == 0


def test_the_same_standing_again_is_the_same_publication(teams):
    assert teams.decide() == teams.decide()
    assert teams.decisions() == 1


def test_another_standing_wants_a_reason(teams):
    teams.decide()
    with pytest.raises(InvalidInputError, match="理由"):
        teams.decide("members")
    teams.decide("members", reason="组委会会议纪要")

    assert shown_teams(teams.competition_id).formula == "各赛项前三名选手成绩之和"


def test_a_withdrawn_standing_is_gone_for_the_public_and_kept_for_the_record(teams, client):
    teams.decide()
    with pytest.raises(InvalidInputError, match="理由"):
        teams.withdraw(" ")
    teams.withdraw()

    assert client.get(teams.address).status_code == 404
    assert teams.decisions() == 2
    with pytest.raises(ConflictError, match="没有公布"):
        teams.withdraw()
    with pytest.raises(InvalidInputError, match="理由"):
        teams.decide()
    teams.decide(reason="申诉后恢复")
    assert client.get(teams.address).status_code == 200


def test_points_by_prize_wait_for_the_prizes(teams):
    with pytest.raises(ConflictError, match="还没有确定奖项"):
        teams.decide("prizes")
    prizes = {(teams.snapshot, teams.entrants[2]): "一等奖"}
    teams.decide("prizes", prizes=lambda _: prizes)

    assert shown_teams(teams.competition_id).places[0].delegation == "乙市"


def test_a_standing_without_places_is_not_published(teams):
    with pytest.raises(ConflictError, match="没有可公布"):
        teams.decide("teams")


def test_every_decision_has_its_line_in_the_audit(teams):
    teams.decide()
    teams.withdraw()

    query = select(AuditEntry.action).where(AuditEntry.action.startswith("teams.")).order_by(AuditEntry.id)
    assert list(db.session.scalars(query)) == ["teams.published", "teams.withdrawn"]
    assert verify() == []


def test_the_database_refuses_to_change_a_decision(teams):
    teams.decide()
    for statement in ("UPDATE team_publication SET reason = 'x'", "DELETE FROM team_publication"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
            session.execute(text(statement))


def test_the_kept_standing_holds_no_name_of_a_person(teams):
    teams.decide()
    row = db.session.scalar(select(TeamPublication))
    names = db.session.scalars(select(Entrant.name)).all()

    assert names
    assert not [name for name in names if name in str(row.document)]


def test_of_two_who_publish_at_once_there_is_one_publication(app):
    teams = Decided()
    seen = teams.seen()
    db.session.rollback()

    def press(_):
        return teams.decide(seen=seen)

    assert len(set(at_once(app, press, range(2)))) == 1
    assert db.session.scalar(select(func.count(TeamPublication.id))) == 1


def test_another_competition_shows_nothing(teams):
    teams.decide()
    with pytest.raises(NotFoundError):
        public_teams(teams.competition_id + 1)
    assert shown_teams(teams.competition_id + 1) is None


def form_of(page):
    """What the button of publishing would send."""
    import re

    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[page.index("publication") :])
    found = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("query", ["", "?formula=members&figures_of=members&chosen=1&best=1&at_least=1&event={event}"])
def test_the_button_publishes_what_stands_above_it(sqlite_app, client, query):
    teams = Decided()
    page = teams.get(client, query.format(event=teams.event_id)).text
    assert "公众看不到" in page
    answer = client.post(f"{teams.office}/publications", data=form_of(page))

    assert answer.status_code == 302
    again = client.get(f"{teams.office}/standings{query.format(event=teams.event_id)}").text
    assert "公众看到的就是这份" in again
    assert client.post(f"{teams.office}/withdrawals", data={"reason": "更正"}).status_code == 302
    assert client.get(teams.address).status_code == 404


def test_a_button_pressed_too_late_says_so(sqlite_app, client):
    teams = Decided()
    teams.get(client)
    answer = client.post(f"{teams.office}/publications", data={"formula": "places", "seen": "of yesterday"})

    assert answer.status_code == 409
    assert "请重新核对" in answer.text


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF_JUDGE, 403), (Role.SUPERVISOR, 403), (Role.JUDGE, 403)])
def test_only_who_publishes_results_publishes_standings(sqlite_app, client, role, status):
    teams = Decided()
    sign_in_account(client, make_account(role=role, competition=teams.competition))

    assert client.post(f"{teams.office}/publications").status_code == status
    assert client.post(f"{teams.office}/withdrawals").status_code == status
    assert teams.decisions() == 0


def test_reading_costs_the_same_for_few_and_many(app):
    teams = Decided()
    teams.decide("members")
    db.session.rollback()
    with asked() as statements:
        shown_teams(teams.competition_id)

    assert len(statements) <= 6


def test_a_contestant_sees_the_place_of_the_own_delegation(sqlite_app, client):
    from competitions.models import Contestant
    from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in

    teams = Decided()
    person = db.session.scalar(select(Contestant.id).where(Contestant.entrant_id == teams.entrants[0]))
    subject = Subject(SubjectKind.CONTESTANT, person, "甲", CONTESTANT_LIFE, teams.competition_id, Role.CONTESTANT)
    client.set_cookie(sqlite_app.config["SIGN_IN_COOKIE"], sign_in(subject, "test"))

    assert "团体总分" not in client.get("/own").text
    teams.decide()
    assert "甲市：<b>第 1 名</b>" in client.get("/own").text
