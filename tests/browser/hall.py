"""A whole installation as a process, web and worker, with a competition that is open for registration."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import warm_server
from factories import make_account, make_actor, make_competition, make_judge
from installation import ROOT, make_app, make_settings
from sqlalchemy import select

from benchmarks.ports import free_port
from competitions.events.defining import AddEvent, EventFacts, ModuleFacts, add_event
from competitions.judges.panels import SeatJudges, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Delegation, Judge, Module, Programme
from core.accounts import Account
from core.auth import ACCOUNT_IDLE, Subject, SubjectKind, sign_in
from core.db import db, transaction
from core.judge_links import IssueLink, issue_link
from core.permissions import Role

CITIES = ("石家庄市", "唐山市", "秦皇岛市", "邯郸市", "保定市", "雄安新区")


class Hall:
    """A server process with web and worker, on a database of its own, and what the test knows of it."""

    def __init__(self, folder: Path, template: Path, **more: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "competition.sqlite3").write_bytes(template.read_bytes())
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.pages: int | None = None
        self.folder, self.url = folder, f"http://127.0.0.1:{self.port}"
        self.more = more
        self.app = make_app(make_settings(folder, PORT=str(self.port), **more))
        with self.app.app_context():
            self._seed()

    def _seed(self) -> None:
        competition = make_competition(title="2026年河北省职工职业技能大赛", state=CompetitionState.REGISTERING)
        self.competition_id = competition.id
        pack = "hebei.provincial-skills-contest.2025"
        programme = Programme(competition_id=competition.id, name="河北省职业技能大赛", class_name="", pack_id=pack)
        organiser = make_actor(Role.ORGANISER, competition.id)
        with transaction() as session:
            session.add(programme)
            session.add_all(
                Delegation(competition_id=competition.id, name=name, position=n, home="")
                for n, name in enumerate(CITIES)
            )
        prizes = [{"name": name, "number": 1} for name in ("金牌", "银牌", "铜牌")]
        rules = {"prizes": prizes, "rounding": "half_up", "tie": "include_all", "minimum": 6}
        facts = EventFacts("焊工", "职工", top_level=1, written_at_level=3, prize_rules=rules)
        modules = (ModuleFacts("P", "实际操作", weight="100"),)
        self.event_id = add_event(AddEvent(competition.id, facts, modules, organiser))
        make_account(username="zhao", display_name="赵组织", role=Role.ORGANISER, competition_id=competition.id)
        make_account(username="zhou", display_name="周裁判长", role=Role.CHIEF_JUDGE, competition_id=competition.id)
        make_judge(competition_id=competition.id, name="周裁判长", role=Role.CHIEF_JUDGE)
        self.links = {}
        for number in range(1, 6):
            judge = make_judge(competition_id=competition.id, name=f"钱裁判{number}")
            self.links[judge.name] = issue_link(IssueLink(judge.id, judge.name, Role.JUDGE, competition.id, organiser))

    def start(self) -> None:
        """All that an installation runs, by the command that its people type."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "serve", "--no-demo"]
        env = os.environ | self._settings() | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
        self._until_it_answers()

    def start_pages(self) -> None:
        """Only what shows pages: nobody works off a queue."""
        options = ["-k", "gthread", "--threads", "8", "--log-level", "error"]
        self.pages = warm_server.start(self._settings(), *options, "-b", f"127.0.0.1:{self.port}")
        self._until_it_answers()

    def _settings(self) -> dict[str, str]:
        own = {"INSTANCE": str(self.folder), "SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40, "PORT": str(self.port)}
        return own | self.more

    def _until_it_answers(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urlopen(f"{self.url}/healthz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail("the server did not start")

    def close(self) -> None:
        """Stop what was started."""
        try:
            if self.process is not None:
                self.process.send_signal(signal.SIGINT)
                assert self.process.wait(30) == 0
            if self.pages is not None:
                warm_server.kill(self.pages)
        finally:
            with self.app.app_context():
                db.engine.dispose()

    def cookie(self, username: str) -> dict[str, str]:
        """Of somebody who has signed in, as Playwright wants it."""
        with self.app.app_context():
            account = db.session.scalars(select(Account).where(Account.username == username)).one()
            who = Subject(SubjectKind.ACCOUNT, account.id, account.display_name, ACCOUNT_IDLE)
            db.session.rollback()
            return {"name": f"signin_{self.port}", "value": sign_in(who, "test"), "url": self.url}

    def page(self, path: str) -> str:
        return f"{self.url}{path}".replace("{c}", str(self.competition_id)).replace("{e}", str(self.event_id))

    def seat_panel(self) -> None:
        """The five judges sit in the module."""
        with self.app.app_context():
            module = db.session.scalars(select(Module).where(Module.event_id == self.event_id)).one()
            judges = db.session.scalars(select(Judge.id).where(Judge.role == Role.JUDGE).order_by(Judge.id)).all()
            actor = make_actor(Role.ORGANISER, self.competition_id)
            seat_judges(SeatJudges(self.competition_id, module.id, "第一组", tuple(judges), actor))
