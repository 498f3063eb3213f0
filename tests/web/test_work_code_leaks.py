"""Before decoding no page, export or answer puts a work and its contestant together, whoever asks."""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from coded_works import CodedJury
from factories import make_account, make_delegation, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from pdf_text import text_of
from sqlalchemy import select
from werkzeug.test import TestResponse

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Delegation, Entrant, Judge, Person
from competitions.work_codes.sealing import unseal
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.db import db, transaction
from core.permissions import Role
from scoring.models import ScoreSheet

ROLES = (Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR)
SKIPPED = frozenset({"static", "bootstrap.static", "core.sign_out"})


class Hall:
    """Coded works that are all confirmed, everybody who may sign in, and what must not be found together."""

    def __init__(self, app: Flask) -> None:
        self.app, self.jury = app, CodedJury(2)
        competition_id = self.jury.competition_id
        self.readers: dict[str, FlaskClient] = {"stranger": app.test_client()}
        for role in ROLES:
            self._account(role.value, role=role, competition_id=competition_id)
        self._account("admin", role=Role.SYSTEM_ADMIN)
        led = db.session.get_one(Entrant, self.jury.own[0]).delegation_id
        self._account("leader", role=Role.TEAM_LEADER, competition_id=competition_id, delegation_id=led)
        for number, account in enumerate(self.jury.custodians, start=1):
            self.readers[f"keeper {number}"] = sign_in_account(app.test_client(), account)
        self.readers["judge"] = sign_in_judge(app.test_client(), db.session.get_one(Judge, self.jury.judge_ids[0]))
        contestant = db.session.scalars(select(Contestant).where(Contestant.entrant_id == self.jury.own[0])).one()
        about = (SubjectKind.CONTESTANT, contestant.id, contestant.person.name, CONTESTANT_LIFE)
        token = sign_in(Subject(*about, competition_id, Role.CONTESTANT), "test")
        self.readers["contestant"] = app.test_client()
        self.readers["contestant"].set_cookie(app.config["SIGN_IN_COOKIE"], token)
        self.contestant_id, self.delegation_id = contestant.id, led
        self.jury.code()
        self.jury.confirm()
        first, second = self.jury.layers()
        self.inner = _words(outer for _, outer in unseal(first).codes.pairs)
        self.outer = _words(outer for _, outer in unseal(second).codes.pairs)
        people = select(Person.name).join(Contestant).where(Contestant.entrant_id.in_(self.jury.own))
        names = [*db.session.scalars(people), *db.session.scalars(select(Delegation.name))]
        self.names = _words(names)

    def _account(self, name: str, **over: object) -> None:
        self.readers[name] = sign_in_account(self.app.test_client(), make_account(**over))

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every address that is read, with a work and with a contestant where an entrant is named."""
        sheet = db.session.scalars(select(ScoreSheet.id).where(ScoreSheet.entrant_id == self.jury.entrants[0])).first()
        jury = self.jury
        known = {
            "competition_id": jury.competition_id,
            "event_id": jury.event_id,
            "module_id": jury.module_id,
            "sheet_id": sheet,
            "contestant_id": self.contestant_id,
            "delegation_id": self.delegation_id,
            "judge_id": jury.judge_ids[0],
        }
        for rule in self.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in SKIPPED:
                continue
            for entrant in (jury.own[0], jury.entrants[0]):
                for number in (1, 2):
                    values = known | {"entrant_id": entrant, "number": number}
                    path = re.sub(r"<any\(([^,)]+)[^>]*>", lambda m: m.group(1), rule.rule)
                    yield (
                        rule.endpoint,
                        re.sub(r"<(?:\w+:)?(\w+)>", lambda m, v=values: str(v.get(m.group(1), 1)), path),
                    )


def _words(words: Iterator[str] | list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(map(re.escape, words))})(?![0-9A-Za-z])")


def _read(answer: TestResponse) -> str:
    if answer.data.startswith(b"%PDF"):
        return text_of(answer.data)
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            return " ".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    return answer.data.decode("utf-8", "replace")


@pytest.mark.parametrize("state", [CompetitionState.MARKING, CompetitionState.REVIEWING])
def test_no_page_of_anybody_s_joins_code_and_contestant(sqlite_app: Flask, state: CompetitionState) -> None:
    hall = Hall(sqlite_app)
    with transaction() as session:
        session.get_one(Competition, hall.jury.competition_id).state = state
    seen: dict[str, int] = {}
    for endpoint, address in sorted(set(hall.addresses())):
        for name, client in hall.readers.items():
            answer = client.get(address)
            assert answer.status_code < 500, (name, address)
            text = _read(answer)
            if hall.inner.search(text):
                assert (name, endpoint) in {(f"keeper {n}", "competitions.work_layer") for n in (1, 2)}, (name, address)
            if hall.outer.search(text):
                seen[name] = seen.get(name, 0) + 1
                assert name not in ("stranger", "keeper 1", "leader", "contestant", "admin", "auditor"), (name, address)
                assert not hall.names.search(text), (name, address, hall.names.search(text))
            if name.startswith("keeper") and endpoint == "competitions.work_layer":
                assert not hall.names.search(text), (name, address)
    # The walk has seen what it is about: judges' tablets, boards and sheets do carry codes.
    assert min(seen[name] for name in ("judge", "chief_judge", "organiser", "supervisor")) >= 3
    assert seen["keeper 2"]


def test_the_board_of_works_does_not_stand_in_the_order_of_draw_numbers_nor_of_rows(sqlite_app: Flask) -> None:
    jury = CodedJury(1, contestants=12)
    jury.code()
    owners = jury.owners()
    assert [owners[str(work.work_code)] for work in jury.works()] != jury.own
    sheets = [db.session.get_one(Entrant, jury.sheets_of(work.id)[0].entrant_id).work_code for work in jury.works()]
    assert sheets == sorted(sheets)


def test_after_decoding_the_board_speaks_of_draw_numbers_again(sqlite_app: Flask) -> None:
    jury = CodedJury(1)
    organiser = make_account(role=Role.ORGANISER, competition_id=jury.competition_id)
    make_delegation(competition_id=jury.competition_id)
    client = sign_in_account(sqlite_app.test_client(), organiser)
    board = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/board"
    jury.code()
    code = str(jury.works()[0].work_code)
    page = client.get(board).text
    assert code in page
    assert 'scope="col">作品编码' in page
    jury.confirm()
    jury.decode()
    page = client.get(board).text
    assert code not in page
    assert 'scope="col">抽签号' in page
