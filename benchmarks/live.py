"""Boards that keep themselves up to date while a hall marks: what they cost, beside boards that reload themselves.

One competition of BOARDS events with thirty contestants each, in which TABLETS devices save every five seconds, three
times over: without boards, with a board an event that loads its page anew every three seconds, and with as many that
ask for news as the page's script does.
"""

import http.client
import json
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.table import Figure
from benchmarks.tablets import (
    PAUSE,
    SCHEME,
    TABLETS,
    Device,
    app_of,
    ask,
    crowd,
    environment_of,
    headers_of,
    milliseconds,
    p95,
    serving,
)
from competitions.models import Competition, Delegation, Entrant, Event, Form, Judge, Level, Module, ModuleKind
from core.accounts import CreateAccount, GrantRole, create_account, grant_role
from core.auth import ACCOUNT_IDLE, DEVICE_LIFE, Subject, SubjectKind, add_sign_in
from core.clock import now
from core.config import Settings, read_settings
from core.db import db, transaction
from core.permissions import Role
from core.serving import web_command
from scoring.models import SchemeVersion, ScoreSheet

BOARDS = int(os.environ.get("BOARDS", "30"))
SECONDS = int(os.environ.get("SECONDS", "30"))
RELOAD = 3.0
ENTRANTS = 30
JIFFIES = os.sysconf("SC_CLK_TCK")

Board = Callable[[], tuple[int, float]]
"""Looks once; the version that it shows from then on, and after how many seconds it looks again."""


class Hall:
    """Devices that save, and when each save was answered: what a board has not shown since is how old it is."""

    def __init__(self, port: int, devices: Sequence[Device]) -> None:
        self.port, self.devices = port, devices
        self.saved = [0] * len(devices)
        self.answered: list[float] = []
        self.first_version = 0
        self.is_over = threading.Event()

    def save(self, number: int) -> list[float]:
        """One device saves again and again, at its own moment; seconds of every save."""
        found: list[float] = []
        self.is_over.wait(random.random() * PAUSE)
        while not self.is_over.is_set():
            found.append(ask(self.port, self._request(number)))
            self.answered.append(time.monotonic())
            self.is_over.wait(max(0.0, PAUSE - found[-1]))
        return found

    def _request(self, number: int) -> tuple[str, str, dict[str, str]]:
        device = self.devices[number]
        marks = {f"A{n}": str(random.randrange(21) / 2) for n in range(1, 13)}
        save = {"sheet_id": device[2], "key": str(uuid4()), "marks": marks, "base_revision": self.saved[number]}
        self.saved[number] += 1
        return "/scoring/sync", json.dumps({"judge_id": device[1], "unsent": 0, "saves": [save]}), headers_of(device)

    def watch(self, board: Board, ages: list[float]) -> list[float]:
        """Look until the hall is over, and note each time how old that was which stood there until then."""
        self.is_over.wait(random.random() * RELOAD)
        shown = self.first_version
        while not self.is_over.is_set():
            version, pause = board()
            ages.append(self._age(shown))
            shown = version
            self.is_over.wait(pause)
        return []

    def _age(self, version: int) -> float:
        seen = version - self.first_version
        return time.monotonic() - self.answered[seen] if seen < len(self.answered) else 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one hall came to: seconds of each save, age of what boards showed, the server's seconds, duration."""

    saves: list[float]
    ages: list[float]
    cpu: float
    took: float

    def share(self, a_save: float) -> float:
        """Of one core, what the boards used: all but what the saves cost at `a_save` seconds each."""
        return (self.cpu - a_save * len(self.saves)) / self.took


def run() -> list[Figure]:
    """Measure the three halls on one server."""
    folder = Path(tempfile.mkdtemp(prefix="live"))
    environment = environment_of(folder, "")
    settings = read_settings(environment)
    try:
        devices, token = _prepare(settings)
        with serving(web_command(settings), settings.port, environment) as server:
            hall = Hall(settings.port, devices)
            alone = _measured(hall, server, token, [])
            events = range(1, BOARDS + 1)
            reloading = _measured(hall, server, token, [partial(_page, hall.port, token, event) for event in events])
            asking = _measured(hall, server, token, [News(hall.port, token, event).look for event in events])
    finally:
        shutil.rmtree(folder)
    return _figures(alone, reloading, asking)


def _figures(alone: Run, reloading: Run, asking: Run) -> list[Figure]:
    naive = f"同一次运行：每 {RELOAD:g} 秒整页重载"
    a_save = alone.cpu / len(alone.saves)
    cost, peer = (found.share(a_save) * 100 for found in (asking, reloading))
    looks, reloads = (len(found.ages) / found.took for found in (asking, reloading))
    hall = f"{TABLETS} 台平板每 {PAUSE:g} 秒各存一次，{BOARDS} 个看板"
    return [
        Figure(f"{hall}另占处理器", cost, "%核", naive, peer, peer / cost if cost > 0 else None),
        Figure("看板每次更新的处理器时间", cost * 10 / looks, "毫秒", naive, peer * 10 / reloads, None),
        Figure("看板每秒的请求", looks, "次/秒", naive, reloads, reloads / looks),
        milliseconds("看板落后于已存的分数 p95", p95(asking.ages), naive, p95(reloading.ages) * 1000),
        milliseconds("有看板时一次保存 p95", p95(asking.saves), naive, p95(reloading.saves) * 1000),
        milliseconds("有看板时一次保存 p95", p95(asking.saves), "没有看板时", p95(alone.saves) * 1000),
    ]


def _measured(hall: Hall, server: int, token: str, boards: Sequence[Board]) -> Run:
    hall.first_version = _page(hall.port, token, 1)[0]
    hall.answered.clear()
    hall.is_over.clear()
    ages: list[float] = []
    began, used = time.monotonic(), _cpu_seconds(server)
    threading.Timer(SECONDS, hall.is_over.set).start()
    watching = [partial(hall.watch, board, ages) for board in boards]
    _seconds, saves = crowd([*(partial(hall.save, number) for number in range(len(hall.devices))), *watching])
    took = time.monotonic() - began
    return Run(saves, ages, _cpu_seconds(server) - used, took)


def _cpu_seconds(server: int) -> float:
    """What the server and its workers have used so far."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if server in (int(stat.parent.name), int(fields[1])):
            used += int(fields[11]) + int(fields[12])
    return used / JIFFIES


def _get(port: int, path: str, headers: dict[str, str]) -> tuple[Any, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        return reply, reply.read().decode()


def _board(event: int) -> str:
    return f"/scoring/competitions/1/events/{event}/board"


def _page(port: int, token: str, event: int) -> tuple[int, float]:
    """Load the whole page."""
    reply, text = _get(port, _board(event), {"Authorization": f"Bearer {token}", "Accept": "text/html"})
    assert reply.status == 200, text
    return int(text.partition('data-tag="')[2].partition("-")[0]), RELOAD


class News:
    """A board as the page's script keeps it."""

    def __init__(self, port: int, token: str, event: int) -> None:
        self.port, self.token, self.event = port, token, event
        self.tag = f"{_page(port, token, event)[0]}-{'0' * 12}"

    def look(self) -> tuple[int, float]:
        """Ask for news; where only the whole page will do, load it."""
        headers = {"Authorization": f"Bearer {self.token}", "If-None-Match": f'"{self.tag}"'}
        reply, text = _get(self.port, f"{_board(self.event)}/news?wait=6", headers)
        assert reply.status in (200, 304), text
        if reply.headers["Board-Whole"]:
            _page(self.port, self.token, self.event)
        self.tag = reply.headers["ETag"].strip('"')
        return int(self.tag.partition("-")[0]), int(reply.headers["Pause-Ms"]) / 1000


def _prepare(settings: Settings) -> tuple[list[Device], str]:
    """A migrated database with all events, a device for every judge, and the chief judge's token."""
    app = app_of(settings)
    assert app.test_cli_runner().invoke(args=["core", "migrate"]).exit_code == 0
    with app.app_context():
        with transaction() as session:
            devices = _sheets(session)
        account = create_account(CreateAccount("chief", "裁判长", str(uuid4()), "system", "基准"))
        grant_role(GrantRole(account, Role.CHIEF_JUDGE, 1, "system", "基准", None))
        with transaction() as session:
            token = add_sign_in(session, Subject(SubjectKind.ACCOUNT, account, "裁判长", ACCOUNT_IDLE), "基准")
        db.engine.dispose()
    return devices, token


def _sheets(session: Any) -> list[Device]:
    day = now().date()
    about: dict[str, Any] = {"level": Level.PROVINCE, "jurisdiction": "130000", "host": "", "created_at": now()}
    session.add(Competition(id=1, title="基准", opens_on=day, closes_on=day, **about))
    session.flush()
    session.add(Delegation(id=1, competition_id=1, name="石家庄市", position=1))
    return [device for event in range(1, BOARDS + 1) for device in _event(session, event)]


def _event(session: Any, event: int) -> list[Device]:
    """An event with a sheet for every seat and contestant; its judges' devices all mark the first contestant."""
    session.add(Event(id=event, competition_id=1, name=f"赛项{event}", position=event, group_name="", form=Form.SINGLE))
    session.flush()
    session.add(Module(id=event, event_id=event, code="P", name="实操", kind=ModuleKind.JUDGED, weight="", position=1))
    about: dict[str, Any] = {"document": SCHEME, "source_name": "", "warnings": [], "adopted_at": now()}
    session.add(SchemeVersion(id=event, event_id=event, number=1, adopted_by="system", **about))
    entrants = [
        Entrant(event_id=event, delegation_id=1, name=f"选手{n}", draw_number=n) for n in range(1, ENTRANTS + 1)
    ]
    judges = [
        Judge(competition_id=1, name=f"裁判{event}-{n}", unit="", role=Role.JUDGE) for n in range(TABLETS // BOARDS)
    ]
    session.add_all([*entrants, *judges])
    session.flush()
    sheets = [
        ScoreSheet(module_id=event, entrant_id=entrant.id, seat_number=n, judge_id=judge.id, scheme_version_id=event)
        for entrant, (n, judge) in product(entrants, enumerate(judges, start=1))
    ]
    session.add_all(sheets)
    session.flush()
    return [_device(session, judge, sheet) for judge, sheet in zip(judges, sheets, strict=False)]


def _device(session: Any, judge: Judge, sheet: ScoreSheet) -> Device:
    subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, 1, Role.JUDGE)
    return add_sign_in(session, subject, "基准"), judge.id, sheet.id
