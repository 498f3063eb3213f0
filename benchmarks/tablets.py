"""Judges' devices at once: a steady hall, and a hall that comes back after an hour without network.

The server runs as `core serve` runs it, once on SQLite and once on a PostgreSQL of its own that writes to disk before
it answers. Beside it runs a bare server whose one address stores one row and commits. TABLETS and SECONDS say how
many and how long. The devices are threads of this process on the same processors as the server: what they take
themselves stands beside. Before the clock starts every body is made; it stops when the last device has read that all
its saves are stored. At the end a browser opens the judge's page for the first time on a slow link.
"""

import http.client
import importlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import distinct, func, select

from benchmarks.parts.first_paint import chromium, first_paint
from benchmarks.ports import free_port
from benchmarks.table import Figure, time_against
from benchmarks.throwaway import binaries, postgres
from competitions.models import Competition, Delegation, Entrant, Event, Form, Judge, Level, Module, ModuleKind
from core.audit import verify
from core.auth import DEVICE_LIFE, Subject, SubjectKind, add_sign_in
from core.clock import now
from core.config import ROOT, Settings, read_settings
from core.db import db, transaction
from core.permissions import Role
from core.serving import web_command
from scoring.models import SchemeVersion, ScoreSheet, SheetRevision

TABLETS = int(os.environ.get("TABLETS", "300"))
SECONDS = int(os.environ.get("SECONDS", "120"))
QUEUED = 50
CONTESTANTS = 30
PAUSE = 5.0
"""Seconds between two saves of one judge: faster than anybody marks."""
PEER, PEER_BALLOT_MS = "最好的开源同类（单客户端）", 116.0
"""A ballot in the best open peer."""
WANTED_SECONDS = 3.0
SCHEME = {
    "format": "1",
    "title": "十二项",
    "default_panel": {"combine": "mean"},
    "children": [
        {
            "code": "P",
            "level": "module",
            "label": "实际操作",
            "children": [{"code": f"A{n}", "label": f"第 {n} 项", "max": 10, "step": "0.5"} for n in range(1, 13)],
        }
    ],
}
BARE = """
import sqlite3
from flask import Flask, request
app = Flask(__name__)
def connect():
    connection = sqlite3.connect(PATH, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL"); connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS mark (body TEXT)")
    return connection
PATH = __file__ + ".sqlite3"
@app.post("/")
def store():
    connection = connect()
    connection.execute("INSERT INTO mark VALUES (?)", (request.get_data(as_text=True),))
    connection.close()
    return {"stored": 1}
"""

Device = tuple[str, int, int]
"""Token, judge and sheet."""
Body = Callable[[int], tuple[str, str, dict[str, str]]]
"""Path, body and headers of a device's request number n."""


def run() -> list[Figure]:
    """Measure both halls on both databases, and the first load of the page."""
    bare = p95(_bare())
    figures = _halls("SQLite", "", bare)
    if binaries() is None:
        print("PostgreSQL 没有安装，略过", file=sys.stderr)
    else:
        with postgres() as url:
            figures += _halls("PostgreSQL", url, bare)
    return figures + _first_load()


def _halls(name: str, database_url: str, bare: float) -> list[Figure]:
    """Both halls on one database; `bare` is the bare server's p95 in seconds."""
    folder = Path(tempfile.mkdtemp(prefix="tablets"))
    environment = environment_of(folder, database_url)
    settings = read_settings(environment)
    try:
        devices = _prepare(settings)
        with serving(web_command(settings), settings.port, environment):
            herd, own = _at_once(settings.port, [_queue(device) for device in devices])
            steady = _steadily(settings.port, [_single(device) for device in devices], SECONDS)
        stored = _stored(settings)
    finally:
        shutil.rmtree(folder)
    assert stored >= TABLETS * QUEUED, f"{stored} 次保存在库，应不少于 {TABLETS * QUEUED}"
    return [
        time_against(f"{name}：{TABLETS} 台各 {QUEUED} 次同时上传，全部入库", herd, "要求", WANTED_SECONDS),
        Figure(f"{name}：其间平板一方（本程序）占处理器", own, "秒", "全部用时", herd, None),
        milliseconds(f"{name}：{SECONDS} 秒内一次保存 p50", statistics.median(steady), PEER, PEER_BALLOT_MS),
        milliseconds(f"{name}：{SECONDS} 秒内一次保存 p95", p95(steady), PEER, PEER_BALLOT_MS),
        milliseconds(f"{name}：一次保存 p95", p95(steady), "同一次运行：只存一行的裸服务 p95", bare * 1000),
    ]


def _first_load() -> list[Figure]:
    """The page of a judge with CONTESTANTS sheets, for the first time on a slow link."""
    program = chromium()
    if program is None:
        print("Chromium 没有安装，略过", file=sys.stderr)
        return []
    folder = Path(tempfile.mkdtemp(prefix="paint"))
    environment = environment_of(folder, "")
    settings = read_settings(environment)
    try:
        device = _prepare(settings, 1)[0]
        with serving(web_command(settings), settings.port, environment):
            url = f"http://127.0.0.1:{settings.port}"
            cookie = {"name": f"signin_{settings.port}", "value": device[0], "url": url}
            return first_paint(program, f"{url}/tablet/sheets/{device[2]}", cookie)
    finally:
        shutil.rmtree(folder)


def _bare() -> list[float]:
    """Seconds of every save at the bare server, with as many devices."""
    folder = Path(tempfile.mkdtemp(prefix="bare"))
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bare:app", "-k", "gthread", "--threads", "8"]
    try:
        with serving([*command, "-b", f"127.0.0.1:{port}", "--log-level", "error"], port, {"PYTHONPATH": str(folder)}):
            return _steadily(port, [_bare_row] * TABLETS, min(SECONDS, 30))
    finally:
        shutil.rmtree(folder)


def milliseconds(what: str, seconds: float, peer: str, bound: float) -> Figure:
    """A figure in milliseconds beside a bound in milliseconds."""
    return Figure(what, seconds * 1000, "毫秒", peer, bound, bound / (seconds * 1000))


def p95(seconds: Sequence[float]) -> float:
    """The time that 95 of 100 stay below."""
    return sorted(seconds)[int(len(seconds) * 0.95)]


def environment_of(folder: Path, database_url: str) -> dict[str, str]:
    """The settings of an installation in `folder`, on a free port."""
    database = {"DATABASE_URL": database_url} if database_url else {}
    keys = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40}
    return keys | database | {"INSTANCE": str(folder), "PORT": str(free_port())}


def app_of(settings: Settings) -> Any:
    """The application with these settings."""
    return importlib.import_module("wsgi").create_app(settings)


def _prepare(settings: Settings, tablets: int = TABLETS) -> list[Device]:
    """A migrated database; for each tablet a judge, a sheet of the first entrant and a signed-in device.

    The first judge has a sheet of every entrant.
    """
    app = app_of(settings)
    assert app.test_cli_runner().invoke(args=["core", "migrate"]).exit_code == 0
    with app.app_context():
        with transaction() as session:
            place = _competition(session)
            devices = [_device(session, number, place) for number in range(1, tablets + 1)]
            _further_sheets(session, devices[0], place)
        db.engine.dispose()
    return devices


def _competition(session: Any) -> tuple[int, int, int]:
    day = now().date()
    competition = Competition(
        title="基准",
        level=Level.PROVINCE,
        jurisdiction="130000",
        host="",
        opens_on=day,
        closes_on=day,
        created_at=now(),
    )
    session.add(competition)
    session.flush()
    delegation = Delegation(competition_id=competition.id, name="石家庄市", position=1)
    event = Event(competition_id=competition.id, name="焊工", position=1, group_name="职工", form=Form.SINGLE)
    session.add_all([delegation, event])
    session.flush()
    module = Module(event_id=event.id, code="P", name="实际操作", kind=ModuleKind.JUDGED, weight="", position=1)
    entrant = Entrant(event_id=event.id, delegation_id=delegation.id, name="甲", draw_number=1)
    version = SchemeVersion(
        event_id=event.id, number=1, document=SCHEME, source_name="", warnings=[], adopted_at=now(), adopted_by="system"
    )
    session.add_all([module, entrant, version])
    session.flush()
    return module.id, entrant.id, version.id


def _further_sheets(session: Any, device: Device, place: tuple[int, int, int]) -> None:
    module, first, version = place
    one = session.get_one(Entrant, first)
    for number in range(2, CONTESTANTS + 1):
        entrant = Entrant(
            event_id=one.event_id, delegation_id=one.delegation_id, name=f"选手{number}", draw_number=number
        )
        session.add(entrant)
        session.flush()
        about = {"seat_number": 1, "judge_id": device[1], "scheme_version_id": version}
        session.add(ScoreSheet(module_id=module, entrant_id=entrant.id, **about))


def _device(session: Any, number: int, place: tuple[int, int, int]) -> Device:
    module, entrant, version = place
    judge = Judge(competition_id=1, name=f"裁判{number}", unit="", role=Role.JUDGE)
    session.add(judge)
    session.flush()
    sheet = ScoreSheet(
        module_id=module, entrant_id=entrant, seat_number=number, judge_id=judge.id, scheme_version_id=version
    )
    session.add(sheet)
    session.flush()
    subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, 1, Role.JUDGE)
    return add_sign_in(session, subject, "基准"), judge.id, sheet.id


def _save(device: Device, marks: dict[str, str], base: dict[str, Any]) -> dict[str, Any]:
    """The sheet's marks with one of them changed."""
    marks[f"A{random.randrange(12) + 1}"] = str(random.randrange(21) / 2)
    return {"sheet_id": device[2], "key": str(uuid4()), "marks": dict(marks)} | base


def headers_of(device: Device) -> dict[str, str]:
    """How a program signs in with a device's token."""
    return {"Content-Type": "application/json", "Authorization": f"Bearer {device[0]}"}


def _queue(device: Device) -> Body:
    """What a tablet has queued in an hour: one sheet saved again and again, each save behind the one before."""
    marks: dict[str, str] = {}
    saves = [_save(device, marks, {"base_revision": 0})]
    while len(saves) < QUEUED:
        saves.append(_save(device, marks, {"base_key": saves[-1]["key"]}))
    body = json.dumps({"judge_id": device[1], "unsent": 0, "saves": saves})
    return lambda _number: ("/scoring/sync", body, headers_of(device))


def _single(device: Device) -> Body:
    """One save at a time, as with network; the sheet has the queue's revisions already."""
    marks = {f"A{n}": "8" for n in range(1, 13)}

    def request(number: int) -> tuple[str, str, dict[str, str]]:
        saves = [_save(device, marks, {"base_revision": QUEUED + number})]
        return "/scoring/sync", json.dumps({"judge_id": device[1], "unsent": 0, "saves": saves}), headers_of(device)

    return request


def _bare_row(_number: int) -> tuple[str, str, dict[str, str]]:
    return "/", json.dumps({"A1": "9.5"}), {"Content-Type": "application/json"}


@contextmanager
def serving(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """A server that has answered once, so that no figure holds the time in which it starts; its process id."""
    process = subprocess.Popen([*command, "--backlog", "2048"], cwd=ROOT, env=os.environ | environment)
    try:
        _until_it_answers(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _until_it_answers(port: int) -> None:
    for _ in range(600):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server does not answer")


def ask(port: int, request: tuple[str, str, dict[str, str]]) -> float:
    """Seconds until the answer, on a connection of its own as after a pause; every save in it must be stored."""
    path, body, headers = request
    start = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("POST", path, body, headers)
        reply = connection.getresponse()
        answer = json.loads(reply.read())
    assert reply.status == 200, answer
    refused = [one for one in answer.get("answers", []) if one["status"] != 201]
    assert not refused, refused[0]
    return time.perf_counter() - start


def crowd(work: Sequence[Callable[[], list[float]]]) -> tuple[float, list[float]]:
    """Run all at the same instant; seconds until the last is done, and all that they measured."""
    with ThreadPoolExecutor(len(work)) as pool:
        ready = threading.Barrier(len(work) + 1)

        def one(task: Callable[[], list[float]]) -> list[float]:
            ready.wait()
            return task()

        running = [pool.submit(one, task) for task in work]
        ready.wait()
        start = time.perf_counter()
        measured = [value for future in running for value in future.result()]
    return time.perf_counter() - start, measured


def _at_once(port: int, bodies: Sequence[Body]) -> tuple[float, float]:
    """Seconds until all that all tablets have queued is stored, and what the devices took of a processor."""
    used = time.process_time()
    took = crowd([partial(lambda body: [ask(port, body(0))], body) for body in bodies])[0]
    return took, time.process_time() - used


def _steadily(port: int, bodies: Sequence[Body], duration: int) -> list[float]:
    """Every device saves each PAUSE seconds, at its own moment; seconds of every save."""

    def task(body: Body) -> list[float]:
        found: list[float] = []
        time.sleep(random.random() * PAUSE)
        for number in range(max(1, int(duration / PAUSE))):
            found.append(ask(port, body(number)))
            time.sleep(max(0.0, PAUSE - found[-1]))
        return found

    return crowd([partial(task, body) for body in bodies])[1]


def _stored(settings: Settings) -> int:
    app = app_of(settings)
    with app.app_context():
        count = db.session.scalar(select(func.count(SheetRevision.id))) or 0
        assert db.session.scalar(select(func.count(distinct(SheetRevision.key)))) == count
        assert verify() == []
        db.session.remove()
        db.engine.dispose()
    return count
