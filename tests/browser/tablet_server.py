"""A real server process with a seeded competition: start it, kill it, look at its disk."""

import copy
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import warm_server
from factories import (
    WELDING_SCHEME,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_scheme_version,
    make_sheet,
)
from flask import Flask
from installation import make_app, make_settings
from sqlalchemy import select

from benchmarks.ports import free_port
from competitions.lifecycle import CompetitionState
from core.audit import verify
from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.models import SheetRevision

PATIENCE = 30.0


def twelve_aspects() -> dict[str, Any]:
    """WELDING_SCHEME with twelve aspects, as many as a full page of paper has."""
    scheme = copy.deepcopy(WELDING_SCHEME)
    outside, process = scheme["children"][0]["children"]
    outside["children"] += [
        {
            "code": "A4",
            "label": "焊缝宽度差",
            "kind": "measurement",
            "max": 6,
            "description": "用焊缝检验尺在三处测量，取最大值与最小值之差",
            "entry": {"min": 0, "max": 20, "step": "0.1", "unit": "mm"},
            "convert": {"deviation": {"target": 0, "start": 6, "per": "0.5", "over": -1, "tolerance": 1}},
        },
        {"code": "A5", "label": "背面焊透与成形", "kind": "points", "max": 10, "step": "0.5"},
        {"code": "A6", "label": "咬边深度及长度累计", "kind": "points", "max": 10},
    ]
    process["children"] += [
        {"code": "B5", "label": "焊接工艺参数选择与设备调节", "kind": "points", "max": 10, "step": 1},
        {"code": "B6", "label": "用时", "kind": "measurement", "max": 6, "entry": {"time": True, "unit": "分:秒"},
         "convert": {"piecewise": [[3000, 6], [3600, 0]]}},
    ]  # fmt: skip
    return scheme


class TabletServer:
    """gunicorn on a free port, on a SQLite database of its own in `folder`, made from `template`, a migrated empty one.

    `seed` gives it a judge with untouched sheets; what is asked about judge and sheets is about the newest of them.
    """

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "competition.sqlite3").write_bytes(template.read_bytes())
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.process: int | None = None
        self.app: Flask = make_app(make_settings(folder, PORT=str(self.port)))
        self.sheets: list[int] = []

    def seed(self, scheme: dict[str, Any] = WELDING_SCHEME, contestants: int = 3) -> "TabletServer":
        """A competition under `scheme`, with 钱裁判, so many sheets, and another judge 李外人."""
        with self.app.app_context():
            competition = make_competition(title="2026年河北省职工职业技能大赛", state=CompetitionState.MARKING)
            event = make_event(competition_id=competition.id, name="焊工")
            module = make_module(event_id=event.id, code="P", name="实际操作")
            version = make_scheme_version(event_id=event.id, document=scheme)
            judge = make_judge(competition_id=competition.id, name="钱裁判")
            self.judge_id, self.competition_id = judge.id, competition.id
            self.other_judge_id = make_judge(competition_id=competition.id, name="李外人").id
            self.sheets = []
            for number in range(1, contestants + 1):
                entrant = make_entrant(event_id=event.id, draw_number=number, name=f"孙选手{number}")
                sheet = make_sheet(judge=judge, module=module, entrant=entrant, scheme_version=version)
                self.sheets.append(sheet.id)
        return self

    def token(self, *, other_judge: bool = False) -> str:
        """A further device of the judge, signed in."""
        judge_id, name = (self.other_judge_id, "李外人") if other_judge else (self.judge_id, "钱裁判")
        with self.app.app_context():
            return sign_in(
                Subject(SubjectKind.JUDGE, judge_id, name, DEVICE_LIFE, self.competition_id, Role.JUDGE), "test"
            )

    def cookie(self, *, other_judge: bool = False) -> dict[str, Any]:
        """The cookie of a further device, as Playwright wants it."""
        return {"name": f"signin_{self.port}", "value": self.token(other_judge=other_judge), "url": self.url}

    def backup(self) -> bytes:
        """The database as it is, while the server is stopped."""
        self._release()
        path = self.folder / "competition.sqlite3"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()

    def restore(self, backup: bytes) -> None:
        """Put an earlier database in place of the present one."""
        self._release()
        for name in ("competition.sqlite3-wal", "competition.sqlite3-shm"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "competition.sqlite3").write_bytes(backup)

    def _release(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def start(self) -> None:
        """Serve; returns when it answers. Serving already is no mistake."""
        if self.process is not None:
            return
        env = {
            "INSTANCE": str(self.folder),
            "SECRET_KEY": "s" * 40,
            "DATA_KEY": "d" * 40,
            "PORT": str(self.port),
        }
        options = ["-k", "gthread", "--threads", "8", "--graceful-timeout", "2", "--log-level", "error"]
        self.process = warm_server.start(env, *options, "-b", f"127.0.0.1:{self.port}")
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert warm_server.is_alive(self.process), "the server ended at its start"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9, the whole group: nothing is finished, nothing is told."""
        if self.process is not None:
            warm_server.kill(self.process)
            self.process = None

    def close(self) -> None:
        """End it."""
        self.kill()
        self._release()

    def revisions(self, sheet: int = 0) -> list[SheetRevision]:
        """What is on the server's disk for one of its sheets, in order; the audit chain must hold, too."""
        with self.app.app_context():
            query = select(SheetRevision).where(SheetRevision.sheet_id == self.sheets[sheet])
            rows = list(db.session.scalars(query.order_by(SheetRevision.number)))
            assert verify() == []
            db.session.expunge_all()
            db.session.rollback()
            return rows
