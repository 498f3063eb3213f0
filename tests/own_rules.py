"""Makers for rule files that an organiser keeps: a small one, handed over by one person and put in force by another."""

from typing import Any

from factories import make_actor

from competitions.pack_editing.keeping import DecideVersion, HandOver, StartPack, decide_version, hand_over, start_pack
from competitions.pack_editing.models import OwnPack, Verdict
from competitions.standards.model import DIMENSIONS
from core.auth import Actor
from core.db import db
from core.permissions import Role

STATED = ("promotion", "honours")


def rules(*, last_place: int = 3, mark: str = "C", **over: Any) -> str:
    """YAML of a file: places 1 to `last_place` become 技师, the first is proposed for a title."""
    unknown = ", ".join(name for name in DIMENSIONS if name not in STATED)
    values = {"title": "秦皇岛市职工技能竞赛办法", "title_of_honour": "港城工匠", "more": ""} | over
    return f"""id: x
title: {values["title"]}
jurisdiction: 秦皇岛市
level: city
confidence: {mark}
effective: {{from: 2026-01-01, until: null}}
supersedes: null
applies: {{by: region}}
sources:
  文件一:
    document: 秦工发〔2026〕1号
    issuer: 秦皇岛市总工会
    number: unknown
    dated: 2026-01-01
    address: unknown
    confidence: {mark}
    read_on: unknown
    last_still_valid_on: unknown
unknown: [{unknown}]
promotion:
  rules:
    - {{ranks: [1, {last_place}], to: 技师, cite: {{source: 文件一, quote: 前{last_place}名晋升技师}}}}
honours:
  - name: {values["title_of_honour"]}
    benefit: honour
    ranks: [1, 1]
    verb: 推荐
    {values["more"]}
    cite: {{source: 文件一, quote: 第1名推荐}}
"""


def first_person() -> Actor:
    return make_actor(Role.ORGANISER, None, name="钱起草", subject_id=901)


def second_person() -> Actor:
    return make_actor(Role.ORGANISER, None, name="孙核对", subject_id=902)


def make_own_pack(text: str | None = None, **over: Any) -> OwnPack:
    """A draft."""
    values = {"owner": "秦皇岛市总工会", "title": "", "actor": first_person(), "text": text or rules()}
    return db.session.get_one(OwnPack, start_pack(StartPack(**(values | {"filename": "rules.yaml"} | over))))


def handed_over(own_id: int, reason: str = "首次制定", actor: Actor | None = None) -> int:
    """The draft as a version, by the first person."""
    revision = db.session.get_one(OwnPack, own_id).revision
    return hand_over(HandOver(own_id, revision, reason, actor or first_person()))


def decide(own_id: int, number: int = 1, verdict: Verdict = Verdict.IN_FORCE, **over: Any) -> None:
    """A decision, by the second person."""
    values = {"reason": "与文件一致", "actor": second_person(), "is_compared": True}
    decide_version(DecideVersion(own_id, number, verdict, **(values | over)))


def make_in_force(text: str | None = None) -> OwnPack:
    """Rules that a competition can choose."""
    row_id = make_own_pack(text).id
    decide(row_id, handed_over(row_id))
    return db.session.get_one(OwnPack, row_id)
