"""A registration system puts a roster in: all rows or none, as the page would, and again without harm."""

import json

import pytest
from at_once import at_once
from factories import (
    identity_number,
    make_account,
    make_competition,
    make_entrant,
    make_event,
    make_person,
    sign_in_account,
)
from programs_made import make_token, reader
from registration_lists import person, table
from schema_check import faults
from sqlalchemy import func, select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, RosterImport
from competitions.registration.importing import MOST_BYTES
from core.audit import AuditEntry
from core.db import db, transaction
from core.permissions import Role
from scoring.tablet.openapi import document


class Registration:
    """A competition with one event, and a registration system that may put people in."""

    def __init__(self, app, *permissions):
        self.app = app
        self.competition_id = make_competition(state=CompetitionState.REGISTERING).id
        self.event_id = make_event(competition_id=self.competition_id, name="焊工", group_name="").id
        self.program = reader(app, self.competition_id, *(permissions or ("program.import",)))

    def send(self, data, query="filename=roster.xlsx&dry_run=no", **headers):
        shown = {"Authorization": f"Bearer {self.program.token}", "Content-Type": "application/octet-stream"} | headers
        address = f"/api/v1/competitions/{self.competition_id}/roster-imports?{query}"
        return self.app.test_client().post(address, data=data, headers=shown)

    def count(self, column=Contestant.id):
        db.session.rollback()
        return db.session.scalar(select(func.count(column)))

    def lines(self):
        query = select(AuditEntry).where(AuditEntry.chain == self.competition_id, AuditEntry.action.like("roster.%"))
        return list(db.session.scalars(query.order_by(AuditEntry.number)))


@pytest.fixture
def registration(app):
    return Registration(app)


def three():
    return table(*(person(number, "焊工") for number in range(1, 4)))


def with_a_wrong_one():
    return table(person(1, "焊工"), person(2, "没有这个赛项"))


def schema():
    operation = document()["paths"]["/api/v1/competitions/{competition_id}/roster-imports"]["post"]
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def test_a_dry_run_tells_and_keeps_nothing(registration):
    for query in ("filename=roster.xlsx", "filename=roster.xlsx&dry_run=yes"):
        answer = registration.send(three(), query)
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        assert (told["dry_run"], told["new"], told["wrong"], told["added_contestants"]) == (True, 3, 0, 0)
        assert list(faults(told, schema(), document())) == []
    assert registration.count() == registration.count(RosterImport.id) == 0
    assert registration.lines() == []


def test_good_rows_become_contestants_and_the_record_names_the_program(registration):
    told = registration.send(three()).get_json()

    assert (told["dry_run"], told["new"], told["added_contestants"], told["added_entrants"]) == (False, 3, 3, 3)
    assert list(faults(told, schema(), document())) == []
    assert registration.count(Entrant.id) == 3
    read, taken_in = registration.lines()
    assert (read.action, taken_in.action) == ("roster.read", "roster.taken_in")
    assert taken_in.actor.startswith("program:")
    assert taken_in.actor_name == "省总工会网站"


def test_the_same_file_again_adds_nobody_and_leaves_no_preview(registration):
    registration.send(three())
    again = registration.send(three())

    assert again.status_code == 200
    assert (again.get_json()["new"], again.get_json()["already"], again.get_json()["added_contestants"]) == (0, 3, 0)
    assert registration.count() == 3
    assert [row.taken_in_at is not None for row in db.session.scalars(select(RosterImport))] == [True]


def test_two_that_send_the_same_at_once_add_everybody_once(registration):
    answers = at_once(registration.app, registration.send, [three(), three()])

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sum(answer.get_json()["added_contestants"] for answer in answers) == 3
    assert registration.count() == 3
    pending = [row for row in db.session.scalars(select(RosterImport)) if row.taken_in_at is None and row.rows_sealed]
    assert pending == []


def test_one_wrong_row_keeps_all_out_and_is_named(registration):
    refused = registration.send(with_a_wrong_one())

    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    told = refused.get_json()
    assert (told["code"], told["dry_run"], told["new"], told["wrong"]) == ("wrong_rows", False, 1, 1)
    [row] = told["rows"]
    assert (row["is_wrong"], row["column"]) == (True, "参赛赛项")
    assert "没有这个赛项" in row["message"]
    assert registration.count() == registration.count(RosterImport.id) == 0
    seen = registration.send(with_a_wrong_one(), "filename=roster.xlsx")
    assert (seen.status_code, seen.get_json()["rows"]) == (200, told["rows"])


def test_no_answer_tells_whose_a_number_is(registration):
    make_entrant(person=make_person(name="独孤求败", document_number=identity_number(1)))
    answer = registration.send(table(person(1, "焊工")))

    assert answer.status_code == 409
    told = json.dumps(answer.get_json(), ensure_ascii=False)
    assert "已登记在另一个姓名下" in told
    assert "独孤" not in told


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("dry_run=no", "invalid"),
        ("filename=%20&dry_run=no", "invalid"),
        ("filename=a.xlsx&dry_run=maybe", "wrong_query"),
        ("filename=a.xlsx&dryrun=yes", "wrong_query"),
    ],
)
def test_what_is_not_said_rightly_is_refused(registration, query, code):
    answer = registration.send(three(), query)

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert registration.count() == 0


@pytest.mark.parametrize("data", [b"", b"no workbook", b"x" * (MOST_BYTES + 1)])
def test_what_is_no_workbook_is_refused(registration, data):
    answer = registration.send(data)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_after_registration_nobody_is_put_in(app):
    registration = Registration(app)
    with transaction() as session:
        session.get_one(Competition, registration.competition_id).state = CompetitionState.MARKING
    for query in ("filename=roster.xlsx", "filename=roster.xlsx&dry_run=no"):
        answer = registration.send(three(), query)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "wrong_state")


def test_a_token_that_only_reads_puts_nobody_in(app):
    registration = Registration(app, "program.roster", "program.results", "program.facts")

    assert registration.send(three()).status_code == 403
    assert registration.count() == 0


def test_a_token_of_another_competition_puts_nobody_in(registration):
    registration.program.token = make_token(make_competition().id).token

    assert registration.send(three()).status_code == 403
    assert registration.count() == 0


def test_no_cookie_puts_anybody_in(registration):
    account = make_account(role=Role.ORGANISER, competition_id=registration.competition_id)
    client = sign_in_account(registration.app.test_client(), account)
    address = f"/api/v1/competitions/{registration.competition_id}/roster-imports?filename=roster.xlsx&dry_run=no"

    assert client.post(address, data=three()).status_code == 401
    client.set_cookie(registration.app.config["SIGN_IN_COOKIE"], registration.program.token)
    assert client.post(address, data=three()).status_code == 401
    assert registration.count() == 0
