"""A stage whose sheets are open, judges who save marks, and a chief judge who looks at the board."""

from uuid import uuid4

from factories import make_account, sign_in_account
from marked import SCHEME, Stage
from sqlalchemy import select

from core.auth import DEVICE_LIFE, Actor, SignIn, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.sheets.saving import SaveMarks, SubmitSheet, save_marks, submit_sheet


def with_spread(limit: str = "5") -> dict:
    panel = {"judges": 3, "spread": limit, "round": 2, "missing": "use_given"}
    return SCHEME | {"default_panel": panel}


class Board(Stage):
    """A stage whose sheets are open, and a chief judge who looks at them."""

    def __init__(self, contestants=3, document=SCHEME):
        super().__init__(contestants)
        self.adopt(document)
        self.open()
        self.path = f"/scoring/competitions/{self.competition.id}/events/{self.event_id}/board"

    def actor(self, seat: int) -> Actor:
        judge = self.judges[seat - 1]
        roles = {self.competition.id: frozenset({Role.JUDGE})}
        return Actor(SubjectKind.JUDGE, judge.id, judge.name, self.device(judge), roles, self.competition.id)

    def device(self, judge) -> int:
        subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, self.competition.id, Role.JUDGE)
        sign_in(subject, "test")
        return db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()

    def save(self, entrant: int, seat: int, value: str, **more) -> None:
        sheet = self.sheet(entrant, seat)
        save_marks(SaveMarks(sheet.id, uuid4(), {"P1": value}, sheet.revision, **more), self.actor(seat))

    def hand_in(self, entrant: int, seat: int) -> None:
        sheet = self.sheet(entrant, seat)
        submit_sheet(SubmitSheet(sheet.id, uuid4(), sheet.revision), self.actor(seat))

    def sign_in(self, client, role=Role.CHIEF_JUDGE):
        return sign_in_account(client, make_account(role=role, competition=self.competition))

    def open_page(self, client, **query):
        page = client.get(self.path, query_string={"module": self.module("P").id} | query)
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        return text, text.partition('data-tag="')[2].partition('"')[0]

    def news(self, client, tag, **query):
        query = {"module": self.module("P").id} | query
        return client.get(f"{self.path}/news", query_string=query, headers={"If-None-Match": f'"{tag}"'})
