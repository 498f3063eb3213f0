"""Ties that the lists themselves show, and decisions that cover only what they knew of."""

from typing import Any

import pytest
from at_once import at_once
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    stored,
)
from flask import Flask
from sqlalchemy import select, update

from competitions.judge_accounts.linking import LinkAccount, link_account
from competitions.judge_ties.declaring import DeclareTie, TieError, declare_tie
from competitions.judge_ties.standing import standings
from competitions.judges.conflicts import Tie
from competitions.judges.panels import SeatJudges, seat_judges
from competitions.judges.recusal import RecusalError, SettleConflict, barred_judges, open_conflicts, settle_conflict
from competitions.models import Entrant, Form, Judge, Seat
from core.accounts import GrantRole, grant_role
from core.auth import Actor
from core.db import db, transaction
from core.permissions import Role


class Scene:
    """An event in which a delegation takes part with one contestant, a module, and a judge from elsewhere."""

    def __init__(self) -> None:
        competition = make_competition()
        self.id = competition.id
        self.event = make_event(competition=competition)
        self.module_id = make_module(event=self.event).id
        self.delegation = make_delegation(competition=competition, name="石家庄市")
        self.entrant = make_entrant(event=self.event, delegation=self.delegation, name="孙选手", unit="一厂")
        self.judge = make_judge(competition=competition, name="钱裁判", unit="二厂")
        self.actor: Actor = make_actor(Role.ORGANISER, competition.id)

    def declare(self, kind: Tie, **over: Any) -> int:
        values = {"contestant_id": self.entrant.members[0].id, "delegation_id": None, "reason": "他人反映"}
        return declare_tie(DeclareTie(self.id, self.judge.id, kind, **(values | over), actor=self.actor))

    def seat(self, *judges: Judge) -> None:
        ids = tuple(judge.id for judge in judges or (self.judge,))
        seat_judges(SeatJudges(self.id, self.module_id, "第一组", ids, self.actor))

    def settle(self, note: str = "裁判长同意") -> int:
        return settle_conflict(SettleConflict(self.id, self.judge.id, note, self.actor))

    def barred(self) -> str:
        db.session.rollback()
        judge = db.session.get_one(Judge, self.judge.id)
        return str(barred_judges(self.event.id, [judge]).get(judge.id, ""))

    def open(self) -> list[str]:
        db.session.rollback()
        return [str(sentence) for one in open_conflicts(self.id) for sentence in one.sentences]


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


@pytest.fixture
def small(sqlite_app: Flask) -> Scene:
    return Scene()


def lone(scene: Scene, name: str = "一厂") -> int:
    """An entrant without persons, of the same delegation."""
    row = Entrant(event_id=scene.event.id, delegation_id=scene.delegation.id, name=name, draw_number=None)
    return stored(row).id


def test_an_equal_name_is_asked_about_and_bars_only_once_somebody_says_it_is_the_person(scene: Scene) -> None:
    with transaction() as session:
        session.execute(update(Judge).where(Judge.id == scene.judge.id).values(name="孙选手"))
    assert scene.barred() == ""
    scene.seat()
    (asked,) = scene.open()
    assert "同名" in asked
    assert "一厂" in asked

    scene.declare(Tie.SAME_PERSON, reason="本人确认")

    assert "本人就是选手" in scene.barred()
    with pytest.raises(RecusalError, match="本人就是选手"):
        scene.seat()
    assert scene.open() == ["裁判孙选手本人就是选手"]


def test_two_of_one_name_are_settled_with_a_note(small: Scene) -> None:
    with transaction() as session:
        session.execute(update(Judge).where(Judge.id == small.judge.id).values(name="孙选手"))
    small.seat()
    assert small.settle("已核对身份证，不是同一人") == 1
    assert small.open() == []


def test_nobody_is_declared_to_be_a_delegation(small: Scene) -> None:
    with pytest.raises(TieError, match="要选一名选手"):
        small.declare(Tie.SAME_PERSON, contestant_id=None, delegation_id=small.delegation.id)


def test_the_leader_of_a_delegation_does_not_judge_it_once_the_account_is_known(scene: Scene) -> None:
    leader = make_account(role=Role.TEAM_LEADER, competition_id=scene.id, delegation_id=scene.delegation.id)
    assert scene.barred() == ""
    scene.seat()
    link_account(LinkAccount(scene.id, scene.judge.id, leader.id, scene.actor))
    assert scene.barred() == "裁判钱裁判是代表队“石家庄市”的领队"
    assert scene.open() == ["裁判钱裁判是代表队“石家庄市”的领队"]


def test_leading_in_another_competition_or_a_team_that_does_not_take_part_bars_nobody(small: Scene) -> None:
    elsewhere = make_delegation(competition=make_competition())
    absent = make_delegation(competition_id=small.id, name="没来的队")
    leader = make_account(role=Role.TEAM_LEADER, competition_id=small.id, delegation_id=absent.id)
    grant = GrantRole(leader.id, Role.TEAM_LEADER, elsewhere.competition_id, "system", "系统", elsewhere.id)
    grant_role(grant)
    link_account(LinkAccount(small.id, small.judge.id, leader.id, small.actor))
    assert small.barred() == ""


def test_entrants_without_persons_belong_to_their_delegation_and_are_their_unit(scene: Scene) -> None:
    with transaction() as session:
        session.execute(update(type(scene.event)).where(type(scene.event).id == scene.event.id).values(form=Form.UNIT))
        session.execute(update(Judge).where(Judge.id == scene.judge.id).values(unit="三厂"))
    own = make_delegation(competition_id=scene.id, name="保定市")
    stored(Entrant(event_id=scene.event.id, delegation_id=own.id, name="三 厂", draw_number=None))
    assert "同在" in scene.barred()

    with transaction() as session:
        session.execute(update(Judge).where(Judge.id == scene.judge.id).values(unit="四厂", delegation_id=own.id))
    assert "同属代表队“保定市”" in scene.barred()


def test_the_name_of_a_team_is_no_unit(small: Scene) -> None:
    own = make_delegation(competition_id=small.id, name="保定市")
    stored(Entrant(event_id=small.event.id, delegation_id=own.id, name="二厂", draw_number=None))
    assert small.barred() == ""


@pytest.mark.parametrize("with_team", [False, True])
def test_who_registers_after_a_decision_is_asked_about_anew(scene: Scene, with_team: bool) -> None:
    side = {"contestant_id": None, "delegation_id": scene.delegation.id} if with_team else {}
    scene.declare(Tie.OTHER, **side)
    scene.seat()
    assert scene.settle() == 1
    assert scene.open() == []
    assert [one.is_open for one in standings(scene.id)] == [False]

    later = lone(scene) if with_team else _register_again(scene)

    assert len(scene.open()) >= 1
    (found,) = open_conflicts(scene.id)
    assert found.notes == ("裁判长同意",)
    assert [one.is_open for one in standings(scene.id)] == [True]
    scene.settle("仍然同意")
    assert scene.open() == []
    with transaction() as session:  # whoever goes again opens nothing
        row = session.get_one(Entrant, later)
        for member in row.members:
            session.delete(member)
        session.delete(row)
    assert scene.open() == []


def _register_again(scene: Scene) -> int:
    """The same person a second time in the event, as in another team."""
    person = scene.entrant.members[0].person
    return make_entrant(event=scene.event, delegation=scene.delegation, person=person, unit="一厂").id


def test_a_decision_moves_with_the_judge_when_the_panel_is_seated_anew(small: Scene) -> None:
    small.declare(Tie.OTHER)
    small.seat()
    small.settle()
    small.seat(make_judge(competition_id=small.id), small.judge)
    assert small.open() == []
    _register_again(small)
    assert len(small.open()) == 1


def test_a_decision_of_before_its_knowledge_was_kept_covers_everything(small: Scene) -> None:
    small.declare(Tie.OTHER)
    small.seat()
    with transaction() as session:
        session.execute(update(Seat).values(conflict_note="裁判长同意"))
    _register_again(small)
    assert small.open() == []


def test_of_a_decision_and_a_registration_at_once_none_is_covered_unseen(app: Flask) -> None:
    scene = Scene()
    scene.declare(Tie.OTHER, contestant_id=None, delegation_id=scene.delegation.id)
    scene.seat()
    event_id, delegation_id = scene.event.id, scene.delegation.id
    command = SettleConflict(scene.id, scene.judge.id, "裁判长同意", scene.actor)
    db.session.rollback()

    def press(settles: bool) -> int:
        if settles:
            return settle_conflict(command)
        with transaction() as session:
            row = Entrant(event_id=event_id, delegation_id=delegation_id, name="后来的", draw_number=None)
            session.add(row)
            session.flush()
            return row.id

    _, later = at_once(app, press, [True, False])
    db.session.rollback()
    known = db.session.scalars(select(Seat.conflict_known)).one()
    is_known = f"other:{delegation_id}:{later}" in (known or [])
    assert bool(scene.open()) is not is_known
