"""Whatever a competition came to, it comes to the same on another server, and from there on a third."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from archives import another_server, content, ids_of, require_same, taken_in, written
from factories import (
    WELDING_MARKS,
    WELDING_SCHEME,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    make_scheme_version,
    stored,
    together,
)
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, EntrantStatus
from core.audit import record, verify
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet, SheetRevision
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.states import SheetState

_SCHEME = WELDING_SCHEME | {"default_panel": {"judges": 2, "missing": "wait", "round": 2}}
STATUSES = (EntrantStatus.PRESENT, EntrantStatus.PRESENT, EntrantStatus.ABSENT, EntrantStatus.DISQUALIFIED)
NAMES = st.text(st.characters(categories=["Lo", "Ll", "Nd", "Po"], exclude_characters="\0"), min_size=1, max_size=8)
MARKS = st.fixed_dictionaries(
    {"A1": st.integers(0, 40).map(lambda n: f"{n / 2:.1f}"), "A2": st.sampled_from("0123")},
    optional={"A3": st.sampled_from(["0.4", "1.4", "19.9"]), "B3": st.sampled_from(["1", "5"]), "B4": st.none()},
)
ENTRANT = st.tuples(NAMES, st.sampled_from(STATUSES), st.lists(MARKS, min_size=2, max_size=2))
EVENT = st.tuples(st.lists(ENTRANT, min_size=1, max_size=4), st.booleans())
COMPETITION = st.lists(EVENT, max_size=2)


@pytest.fixture
def servers(sqlite_app, tmp_path, sqlite_template) -> Iterator[list[Flask]]:
    with (
        another_server(tmp_path / "province", sqlite_template) as province,
        another_server(tmp_path / "nation", sqlite_template) as nation,
    ):
        yield [province, nation]


@pytest.mark.timeout(900)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(COMPETITION, st.lists(NAMES, max_size=3))
def test_a_competition_is_the_same_on_a_second_and_a_third_server(servers, tmp_path, events, words):
    competition_id = _made(events, words)
    before = tmp_path / "before.zip"
    written(competition_id, before)
    for server in servers:
        after = tmp_path / f"{server.config['SETTINGS'].instance.name}.zip"
        with server.app_context():
            done = taken_in(before)
            assert verify() == []
            written(done.competition_id, after)
        generation = 1 + servers.index(server)
        require_same(content(before), content(after), ids_of(after, generation))
        before = after


def _made(events, words) -> int:
    """A competition with these events, marks and results; `words` stand in its record."""
    competition_id = make_competition().id
    for position, (entrants, is_published) in enumerate(events):
        _make_event(competition_id, position, entrants, is_published=is_published)
    actor = make_actor(Role.ORGANISER, competition_id)
    with together() as session:
        for word in words:
            act = actor.act("competition.changed", f"competition:{competition_id}", competition_id, {"word": word})
            record(session, act)
        session.get_one(Competition, competition_id).state = CompetitionState.ARCHIVED
    return competition_id


@together()
def _filled(competition_id, position, entrants) -> int:
    event_id = make_event(competition_id=competition_id, position=position).id
    module_id = make_module(event_id=event_id, code="P").id
    version_id = make_scheme_version(event_id=event_id, document=_SCHEME).id
    judges = [make_judge(competition_id=competition_id) for _ in range(2)]
    make_panel(module_id=module_id, judges=judges)
    delegation_id = make_delegation(competition_id=competition_id).id
    for number, (name, status, marks) in enumerate(entrants, start=1):
        entrant_id = make_entrant(
            event_id=event_id, delegation_id=delegation_id, name=name, status=status, draw_number=number
        ).id
        for seat, judge in enumerate(judges, start=1):
            sheet = stored(
                ScoreSheet(
                    module_id=module_id,
                    entrant_id=entrant_id,
                    seat_number=seat,
                    judge_id=judge.id,
                    scheme_version_id=version_id,
                    state=SheetState.CONFIRMED,
                    revision=1,
                )
            )
            stored(
                SheetRevision(
                    sheet_id=sheet.id,
                    number=1,
                    key=uuid4(),
                    saved_at=now(),
                    marks=_marks(seat, marks[seat - 1]),
                    saved_by=f"judge:{judge.id}",
                )
            )
    return event_id


def _marks(seat, drawn) -> dict[str, str | None]:
    """The first seat marks everything, the second what two are asked for."""
    return WELDING_MARKS | drawn if seat == 1 else {name: drawn[name] for name in ("A1", "A2")}


def _make_event(competition_id, position, entrants, *, is_published) -> None:
    event_id = _filled(competition_id, position, entrants)
    db.session.rollback()
    organiser = make_actor(Role.ORGANISER, competition_id)
    snapshot_id = compute_result(ComputeResult(competition_id, event_id, organiser))
    if is_published:
        publish_result(PublishResult(competition_id, snapshot_id, False, organiser, "测试"))
