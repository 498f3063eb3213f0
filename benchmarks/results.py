"""An event's result computed in the database, beside the engine alone on the same marks, and as the field grows.

ENTRANTS contestants with five judges and twelve aspects each, a few of whom have not been marked to the end; and a
quarter as many, so that a cost that grows faster than the field shows.
"""

import os
import random
import shutil
import tempfile
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from benchmarks.parts.engine_families import timed
from benchmarks.table import Figure, time_against
from benchmarks.tablets import SCHEME, app_of, environment_of
from competitions.models import (
    Competition,
    Delegation,
    Entrant,
    EntrantStatus,
    Event,
    Form,
    Judge,
    Level,
    Module,
    ModuleKind,
)
from core.auth import Actor, SubjectKind
from core.clock import now
from core.config import read_settings
from core.db import db, transaction
from core.permissions import Role
from scoring.engine.explain import explain_all
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.models import SchemeVersion, ScoreSheet, SheetRevision
from scoring.results.computing import ComputeResult, compute_result, mark_rows
from scoring.sheets.opening import scheme_of
from scoring.states import SheetState

ENTRANTS = int(os.environ.get("ENTRANTS", "1200"))
JUDGES, ASPECTS = 5, 12
TIMES_OF_ENGINE = 3
"""How often the engine's own time the whole may take: reading, storing and the digest come to it."""
GROWTH = 1.6
"""How much more each contestant may cost where there are four times as many."""
ROUNDS = 3


def run() -> list[Figure]:
    """Compute both events."""
    folder = Path(tempfile.mkdtemp(prefix="results"))
    app = app_of(read_settings(environment_of(folder, "")))
    try:
        assert app.test_cli_runner().invoke(args=["core", "migrate"]).exit_code == 0
        with app.app_context():
            with transaction() as session:
                _competition(session)
            few, _ = _measured(1, ENTRANTS // 4)
            many, alone = _measured(2, ENTRANTS)
            db.engine.dispose()
    finally:
        shutil.rmtree(folder)
    each, at_first = many / ENTRANTS * 1000, few / (ENTRANTS // 4) * 1000
    what = f"{ENTRANTS:,} 人×{ASPECTS} 项×{JUDGES} 裁判在库中重算并存为快照"
    return [
        time_against(what, many, "同一评分仅由引擎算出、排名、展开", alone, 1 / TIMES_OF_ENGINE),
        Figure("其中每人", each, "毫秒", f"{ENTRANTS // 4:,} 人时每人", at_first, at_first / each, 1 / GROWTH),
    ]


def _measured(event: int, entrants: int) -> tuple[float, float]:
    """Seconds of computing an event's result, and of the engine alone on the same marks."""
    with transaction() as session:
        _event(session, event, entrants)
    actor = Actor(SubjectKind.ACCOUNT, 1, "赵组织", 0)
    computed = min(timed(lambda: compute_result(ComputeResult(1, event, actor, "基准"))) for _ in range(ROUNDS))
    with transaction() as session:
        rows = list(mark_rows(session, event))
    version = db.session.scalars(select(SchemeVersion).where(SchemeVersion.event_id == event)).one()
    alone = min(timed(lambda: _by_engine(version, rows)) for _ in range(ROUNDS))
    db.session.remove()
    return computed, alone


def _by_engine(version: SchemeVersion, rows: list[MarkRow]) -> None:
    scheme = scheme_of(version)
    for _ in explain_all(rank(evaluate(scheme, collect_marks(scheme, rows)))):
        pass


def _competition(session: Any) -> None:
    day = now().date()
    about: dict[str, Any] = {"level": Level.PROVINCE, "jurisdiction": "130000", "host": "", "created_at": now()}
    session.add(Competition(id=1, title="基准", opens_on=day, closes_on=day, **about))
    session.flush()
    session.add(Delegation(id=1, competition_id=1, name="石家庄市", position=1))
    session.add_all(
        Judge(id=n, competition_id=1, name=f"裁判{n}", unit="", role=Role.JUDGE) for n in range(1, JUDGES + 1)
    )


def _event(session: Any, event: int, entrants: int) -> None:
    """An event whose sheets are all handed in; one contestant in a hundred lacks a mark."""
    session.add(Event(id=event, competition_id=1, name=f"赛项{event}", position=event, group_name="", form=Form.SINGLE))
    session.flush()
    session.add(Module(id=event, event_id=event, code="P", name="实操", kind=ModuleKind.JUDGED, weight="", position=1))
    about: dict[str, Any] = {"document": SCHEME, "source_name": "", "warnings": [], "adopted_at": now()}
    session.add(SchemeVersion(id=event, event_id=event, number=1, adopted_by="system", **about))
    people = [
        Entrant(event_id=event, delegation_id=1, name=f"选手{n}", draw_number=n, status=EntrantStatus.PRESENT)
        for n in range(1, entrants + 1)
    ]
    session.add_all(people)
    session.flush()
    sheets = [
        ScoreSheet(
            module_id=event,
            entrant_id=person.id,
            seat_number=seat,
            judge_id=seat,
            scheme_version_id=event,
            state=SheetState.SUBMITTED,
            revision=1,
        )
        for person, seat in product(people, range(1, JUDGES + 1))
    ]
    session.add_all(sheets)
    session.flush()
    session.execute(insert(SheetRevision), [_revision(sheet.id, sheet.entrant_id) for sheet in sheets])


def _revision(sheet: int, entrant: int) -> dict[str, Any]:
    chance = random.Random(sheet)
    marks = {f"A{n}": str(chance.randrange(10, 21) / 2) for n in range(1, ASPECTS + 1)}
    if entrant % 100 == 0:
        del marks["A1"]
    return {"sheet_id": sheet, "number": 1, "key": uuid4(), "marks": marks, "saved_at": now(), "saved_by": "裁判"}
