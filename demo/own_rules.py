"""Own rules in the demo: a city's measure in force, and a second version that waits for the second person."""

from pathlib import Path

from competitions.pack_editing.keeping import (
    DecideVersion,
    HandOver,
    ReadIn,
    StartPack,
    decide_version,
    hand_over,
    read_in,
    start_pack,
)
from competitions.pack_editing.models import OwnPack, Verdict
from core.auth import Actor
from core.db import db

FILE = Path(__file__).parent / "rules" / "port-city.yaml"
OWNER = "某市总工会（演示）"


def keep(first: Actor, second: Actor) -> int:
    """Draft, hand over and put in force, then hand over a change.

    Args:
        first: who drafts.
        second: who puts the first version in force.

    Returns:
        The id of the rules.
    """
    text = FILE.read_text(encoding="utf-8")
    own_id = start_pack(StartPack(OWNER, "", first, text=text, filename=FILE.name))
    number = hand_over(HandOver(own_id, _revision(own_id), "按办法首次录入", first))
    decide_version(DecideVersion(own_id, number, Verdict.IN_FORCE, "与办法一致", second))
    changed = text.replace("ranks: [1, 3]", "ranks: [1, 5]").replace("前三名", "前五名")
    read_in(ReadIn(own_id, _revision(own_id), changed, FILE.name, first))
    hand_over(HandOver(own_id, _revision(own_id), "晋升范围扩大到前五名", first))
    return own_id


def _revision(own_id: int) -> int:
    return db.session.get_one(OwnPack, own_id).revision
