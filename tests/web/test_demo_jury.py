"""The demo's half-marked event has one of everything that keeps a chief judge busy."""

from pathlib import Path

from factories import make_account, make_actor
from flask import Flask
from sqlalchemy import select

from competitions.models import Event, Module
from core.audit import verify
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo import course, jury
from demo.building import build
from scoring.jury.deliberations import deliberations_of
from scoring.jury.doubts import doubts_of
from scoring.live.matrix import matrix_of
from scoring.models import SheetSubmission
from scoring.photos.adding import damaged_photos
from scoring.timing.models import ModuleTiming


def test_the_board_shows_what_it_can(sqlite_app: Flask, tmp_path: Path) -> None:
    account = make_account(role=Role.SYSTEM_ADMIN)
    admin = Actor(SubjectKind.ACCOUNT, account.id, "系统管理员", 0, {None: frozenset({Role.SYSTEM_ADMIN})})
    built = build(admin)
    chief = make_actor(Role.CHIEF_JUDGE, built.competition_id, subject_id=account.id + 1)
    under_way = built.event_ids[2]
    marked = course.Course(built, chief)
    marked.mark(under_way, last=0.5)
    marked.mark(under_way, first=0.5, last=0.7, submits=False)
    jury.build(built, marked, chief, tmp_path)

    event = db.session.get_one(Event, under_way)
    states = sorted(one.state for one in deliberations_of(db.session(), event, chief))
    assert states == ["asked", "held"]
    (doubt,) = doubts_of(db.session(), under_way)
    assert "瞎缝" in doubt.note
    module = db.session.scalars(select(Module).where(Module.event_id == under_way, Module.code == "实操")).one()
    found = matrix_of(db.session(), module).found
    assert (found["held"], found["doubt"], found["note"], found["photo"]) == (1, 1, 1, 1)
    assert damaged_photos(tmp_path) == []
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.jpg")) < 200_000
    signed = [one for one in db.session.scalars(select(SheetSubmission)) if one.contestant_signature]
    assert len(signed) == 3
    assert db.session.get_one(ModuleTiming, module.id).allowed_seconds == 10_800
    assert verify() == []
