"""The command that sets forgotten prizes of an event with a reason, or tells what is on record of them."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from certificates.awards.late_prizes import LatePrizes, SetPrizesLate, late_prizes, set_prizes_late
from certificates.incoming.doing import CommandLine
from competitions.events.defining import event_of
from competitions.events.prize_lines import prize_rules, prizes_in_words
from core.clock import BEIJING
from core.command_line import in_a_sentence
from core.db import db
from core.errors import InvalidInputError

_PRIZE = re.compile(r"(?P<name>[^=＝]+)[=＝](?P<to>至|<=|≤)?(?P<value>\d{1,4}(\.\d{1,4})?)(?P<share>[%％])?")
_ROUNDING, _TIE = ("half_up", "down", "up"), ("hold", "include_all", "exclude")


@click.command("late-prizes")
@click.argument("competition_id", type=int)
@click.argument("event_id", type=int)
@click.option(
    "--prize", "prizes", multiple=True, metavar="名称=数量", help="一等奖=3、二等奖=15%、优胜奖=至50%；可多次给出。"
)
@click.option("--rounding", type=click.Choice(_ROUNDING), default="half_up", show_default=True, help="比例算出小数时。")
@click.option("--tie", type=click.Choice(_TIE), default="hold", show_default=True, help="并列压线时。")
@click.option("--minimum", type=click.IntRange(0, 9999), default=0, show_default=True, help="参赛不足这个数不评奖。")
@click.option("--reason", default="", help="为什么现在才设；印在获奖名单和申报材料上。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@with_appcontext
def late_prizes_command(  # noqa: PLR0913 - click hands every option over as an argument
    *,
    competition_id: int,
    event_id: int,
    prizes: tuple[str, ...],
    rounding: str,
    tie: str,
    minimum: int,
    reason: str,
    as_json: bool,
) -> None:
    """Set the prizes of an event after marking has begun; without --prize tell what is on record. Exit 1 if refused."""
    with in_a_sentence():
        if prizes:
            rules = prize_rules([_line(text) for text in prizes], rounding, tie, minimum)
            set_prizes_late(SetPrizesLate(competition_id, event_id, rules, reason, CommandLine()))
        _tell(competition_id, event_id, as_json)


def _line(text: str) -> dict[str, str]:
    found = _PRIZE.fullmatch(text.strip())
    if found is None or (found["to"] and not found["share"]):
        raise InvalidInputError("“%(prize)s”应写成 名称=名额、名称=比例%% 或 名称=至累计比例%%", prize=text)
    measure = "number" if not found["share"] else "up_to_share" if found["to"] else "share"
    return {"name": found["name"].strip(), "measure": measure, "value": found["value"]}


def _tell(competition_id: int, event_id: int, as_json: bool) -> None:
    event = event_of(db.session(), competition_id, event_id)
    on_record = late_prizes(db.session(), [event.id]).get(event.id, [])
    if as_json:
        found: dict[str, Any] = {"event": event.title, "prizes": dict(event.prize_rules)}
        found["late"] = [asdict(one) | {"set_at": one.set_at.isoformat()} for one in on_record]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    lines = [f"{event.title}：{prizes_in_words(event.prize_rules) or '没有奖项'}"]
    lines += _remarks(on_record)
    click.echo("\n".join(lines))


def _remarks(on_record: Sequence[LatePrizes]) -> list[str]:
    told = []
    for one in on_record:
        when, what = f"{one.set_at.astimezone(BEIJING):%Y-%m-%d %H:%M}", "更改" if one.is_change else "补录"
        told.append(f"{when} {one.set_by}{what}：{one.reason}{'（当时成绩已公布）' if one.was_published else ''}")
    return told
