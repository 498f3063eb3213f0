"""Taking the built demo through its course: one event final, one in public notice, one half marked, one untouched."""

import random
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from competitions.models import Entrant, EntrantStatus, Judge, Module, ModuleKind
from core.auth import DEVICE_LIFE, Actor, SignIn, Subject, SubjectKind, hashed, sign_in, sign_out
from core.db import db, transaction
from core.permissions import Role
from demo.building import Demo
from demo.marking import invented_mark
from demo.people import SEED
from demo.telling import tell
from scoring.engine.scheme import Scheme
from scoring.models import ScoreSheet
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.sheets.opening import current_scheme, scheme_of
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.sheets.saving import SaveMarks, SubmitSheet, SyncSaves, submit_sheet, sync_saves
from scoring.sheets.seating import aspects_of_seat

AT_ONCE = 50
ABSENT = 2
WHY_DEDUCTED = "现场记录，选手已签字（演示）"
DEVICE = "演示平板"


class Course:
    """The demo's judges at work. Chance comes from one seed, so that every demo is the same.

    Two courses in one database need two seeds: the keys of their saves come from it.
    """

    def __init__(self, demo: Demo, chief: Actor, seed: int = SEED) -> None:
        self._demo = demo
        self._chief = chief
        self._dice = random.Random(seed)  # noqa: S311  invented marks, nothing secret
        self._judges = {judge_id: self._signed_in(judge_id) for judge_id in demo.judge_ids}

    def _signed_in(self, judge_id: int) -> Actor:
        judge = db.session.get_one(Judge, judge_id)
        subject = Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, judge.competition_id, Role.JUDGE)
        token = sign_in(subject, DEVICE)
        row = db.session.scalars(select(SignIn).where(SignIn.token_hash == hashed(token))).one()
        roles: dict[int | None, frozenset[Role]] = {self._demo.competition_id: frozenset({Role.JUDGE})}
        return Actor(subject.kind, subject.id, subject.name, row.id, roles, subject.competition_id)

    def mark(self, event_id: int, *, first: float = 0, last: float = 1, submits: bool = True) -> None:
        """Let the judges mark the part of an event's contestants from `first` to `last` of the draw, and submit."""
        entrants = self.entrants(event_id)
        entrants = entrants[int(len(entrants) * first) : int(len(entrants) * last)]
        skills = {entrant: min(0.98, max(0.45, self._dice.gauss(0.8, 0.09))) for entrant in entrants}
        self._mark_theory(event_id, skills)
        self.mark_sheets(event_id, skills, submits=submits)

    def mark_sheets(self, event_id: int, skills: dict[int, float], *, submits: bool = True) -> None:
        """Let the judges mark these contestants (entrant id → skill, 0 to 1) and submit."""
        sheets = self._sheets(event_id, skills)
        scheme = _scheme(event_id)
        for judge_id, own in sheets.items():
            saves = [self._save(sheet_id, code, seat, skills[who], scheme) for sheet_id, code, seat, who in own]
            for start in range(0, len(saves), AT_ONCE):
                sync_saves(SyncSaves(saves[start : start + AT_ONCE]), self._judges[judge_id])
            if submits:
                for save in saves:
                    submit_sheet(SubmitSheet(save.sheet_id, self._key(), base_key=save.key), self._judges[judge_id])

    def judge(self, judge_id: int) -> Actor:
        """A judge at the demo's tablet."""
        return self._judges[judge_id]

    def leave(self) -> None:
        """The judges hand the demo's tablets back; who signs in now is alone."""
        for judge in self._judges.values():
            sign_out(judge)

    def entrants(self, event_id: int) -> list[int]:
        """Who came to an event, by draw number."""
        query = select(Entrant.id).where(Entrant.event_id == event_id, Entrant.status != EntrantStatus.ABSENT)
        return list(db.session.scalars(query.order_by(Entrant.draw_number)))

    def _mark_theory(self, event_id: int, skills: dict[int, float]) -> None:
        module = db.session.scalars(
            select(Module).where(Module.event_id == event_id, Module.kind == ModuleKind.EXTERNAL)
        ).one()
        numbers = dict(
            db.session.execute(select(Entrant.id, Entrant.draw_number).where(Entrant.event_id == event_id)).all()
        )
        aspect = _scheme(event_id).aspects(module.code)[0]
        marks = [
            ExternalMark(row, str(numbers[who]), {aspect.id: invented_mark(aspect, skill, self._dice) or ""})
            for row, (who, skill) in enumerate(skills.items(), start=2)
        ]
        name = "理论机考成绩（演示）.csv"
        import_external(ImportExternal(self._demo.competition_id, module.id, marks, name, self._demo.organiser))

    def _sheets(self, event_id: int, skills: dict[int, float]) -> dict[int, list[tuple[int, str, int, int]]]:
        """Judge → sheets as id, module code, seat, entrant."""
        query = (
            select(ScoreSheet.judge_id, ScoreSheet.id, Module.code, ScoreSheet.seat_number, ScoreSheet.entrant_id)
            .join(Module, Module.id == ScoreSheet.module_id)
            .where(Module.event_id == event_id, ScoreSheet.judge_id.is_not(None))
            .order_by(ScoreSheet.id)
        )
        found: dict[int, list[tuple[int, str, int, int]]] = {}
        for judge_id, sheet_id, code, seat, entrant_id in db.session.execute(query):
            if judge_id is not None and entrant_id in skills:
                found.setdefault(judge_id, []).append((sheet_id, code, seat, entrant_id))
        return found

    def _save(self, sheet_id: int, code: str, seat: int, skill: float, scheme: Scheme) -> SaveMarks:
        aspects = aspects_of_seat(scheme, code, seat)
        marks = {a.id: invented_mark(a, skill, self._dice) for a in aspects}
        given = {aspect: value for aspect, value in marks.items() if value is not None}
        deducted = [a.id for a in aspects if a.kind == "deduction" and marks[a.id] != "0"]
        notes = dict.fromkeys(deducted, WHY_DEDUCTED) if sheet_id % 4 else {}  # some forget to say why
        return SaveMarks(sheet_id, self._key(), given, base_revision=0, notes=notes)

    def _key(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)

    def absent(self, event_id: int) -> None:
        """The first contestants of an event did not come."""
        with transaction() as session:
            query = select(Entrant).where(Entrant.event_id == event_id).order_by(Entrant.draw_number).limit(ABSENT)
            for entrant in session.scalars(query):
                entrant.status, entrant.status_reason = EntrantStatus.ABSENT, "未到场"

    def confirm(self, event_id: int) -> None:
        """Let the chief judge confirm what was submitted."""
        for module_id in _modules(event_id):
            confirm_submitted(ConfirmSubmitted(self._demo.competition_id, module_id, self._chief))

    def publish(self, event_id: int, *, is_final: bool) -> int:
        """Compute the result, publish it for notice and, where asked, as final; the snapshot's id."""
        demo = self._demo
        snapshot = compute_result(ComputeResult(demo.competition_id, event_id, demo.organiser))
        for final in (False, True) if is_final else (False,):
            publish_result(PublishResult(demo.competition_id, snapshot, final, demo.organiser))
        return snapshot


def run(demo: Demo, chief: Actor) -> Course:
    """Every state from untouched to final: 焊工 final, 数控 in public notice, 砌筑工 half way, 网络安全 untouched."""
    final, noticed, under_way, _untouched = demo.event_ids
    course = Course(demo, chief)
    course.absent(final)
    for event_id, name in ((final, "焊工"), (noticed, "数控机床装调维修工")):
        tell(f"{name}：裁判评分、提交，裁判长确认")
        course.mark(event_id)
        course.confirm(event_id)
    tell("计算成绩，公示和公布")
    course.publish(final, is_final=True)
    course.publish(noticed, is_final=False)
    tell("砌筑工：评到一半")
    course.mark(under_way, last=0.3)
    course.confirm(under_way)
    course.mark(under_way, first=0.3, last=0.5)
    course.mark(under_way, first=0.5, last=0.7, submits=False)
    return course


def _modules(event_id: int) -> Iterator[int]:
    yield from db.session.scalars(select(Module.id).where(Module.event_id == event_id)).all()


def _scheme(event_id: int) -> Scheme:
    version = current_scheme(db.session(), event_id)
    if version is None:
        raise LookupError(event_id)
    return scheme_of(version)
