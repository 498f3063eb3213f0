"""Makers for programs that read a competition: a maker with a role, a token, a client that shows it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from factories import make_account
from flask import Flask
from werkzeug.test import TestResponse

from core.auth import Actor, SubjectKind
from core.clock import competition_day
from core.permissions import Role
from core.programs.making import Made, MakeProgram, make_program
from core.programs.scopes import SCOPES

EVERYTHING = tuple(scope.permission for scope in SCOPES)


def make_token(competition_id: int, *permissions: str, **over: Any) -> Made:
    """A token for these permissions, or all; `maker_id` names an account that can give them."""
    maker = over.pop("maker_id", None) or make_account(role=Role.ORGANISER, competition_id=competition_id).id
    values = {"name": "省总工会网站", "purpose": "公布成绩，宣教部管理", "maker_id": maker}
    values |= {"permissions": permissions or EVERYTHING, "last_day": competition_day() + timedelta(days=30)}
    actor = Actor(SubjectKind.ACCOUNT, values["maker_id"], "赵组织", 0)
    return make_program(MakeProgram(competition_id=competition_id, **(values | {"actor": actor} | over)))


@dataclass
class Reader:
    """A program that reads one competition with its token."""

    app: Flask
    competition_id: int
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        """What an address below `/api/v1` answers; ``C`` stands for the competition."""
        whole = (
            path if path.startswith("/api/") else "/api/v1" + path.replace("C", f"/competitions/{self.competition_id}")
        )
        shown = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return self.app.test_client().get(whole, headers=shown)

    def read(self, path: str) -> Any:
        """The body of an answer that is in order."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def every(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        items, following = [], path
        while following:
            page = self.read(following)
            items += page["items"]
            following = page["next"]
        return items


def reader(app: Flask, competition_id: int, *permissions: str, **over: Any) -> Reader:
    """A program with a token for these permissions, or all."""
    return Reader(app, competition_id, make_token(competition_id, *permissions, **over).token)
