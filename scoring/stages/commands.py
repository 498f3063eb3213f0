"""The command that takes people on to the next stage, or only says who would go."""

from typing import Any

import click

from competitions.cli import cli
from core.command_line import JSON, PROGRAM, echo_json
from core.db import db
from core.errors import DomainError
from scoring.stages.carrying import CarryOn, TieChoice, carry_on
from scoring.stages.reading import Candidate, Way, way_into


@cli.command("carry")
@click.argument("competition_id", type=int)
@click.argument("event_id", type=int)
@click.option("--all-tied", is_flag=True, help="晋级线上并列的全部晋级；没有这一项时有并列就拒绝。")
@click.option("--leave-out", multiple=True, metavar="编号=理由", help="前一阶段的这个参赛者不晋级，可写多次。")
@click.option("--move-up", multiple=True, metavar="编号=理由", help="线外的这个参赛者递补晋级，可写多次。")
@click.option("--dry-run", is_flag=True, help="只列出名单，不带入。")
@JSON
def carry_command(competition_id: int, event_id: int, **given: Any) -> None:
    """按已公布的成绩，把前一阶段晋级的选手带入竞赛 COMPETITION_ID 的赛项 EVENT_ID；重复执行不会重复带入。"""
    try:
        way = way_into(db.session(), competition_id, event_id)
        seen = way.seen
        if not given["dry_run"]:
            tie = TieChoice.ALL if given["all_tied"] else TieChoice.OPEN
            left_out, moved_up = _named(given["leave_out"]), _named(given["move_up"])
            done = carry_on(CarryOn(competition_id, event_id, seen, PROGRAM, left_out, moved_up, tie))
            click.echo(f"带入 {done.added} 个，决定不晋级 {done.left_out} 个", err=True)
            way = way_into(db.session(), competition_id, event_id)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    rows = _rows(way)
    if as_json := given["as_json"]:
        echo_json(rows)
    for row in () if as_json else rows:
        click.echo("  ".join(str(row[name] or "—") for name in ("entrant", "rank", "name", "total", "outcome")))


def _named(options: tuple[str, ...]) -> dict[int, str]:
    found = {}
    for option in options:
        number, equals, reason = option.partition("=")
        if not equals or not number.isdecimal():
            raise click.BadParameter(f"应写成“编号=理由”，不能是“{option}”")
        found[int(number)] = reason
    return found


def _rows(way: Way) -> list[dict[str, str | int | None]]:
    return [
        {
            "entrant": one.line.entrant_id,
            "rank": one.line.rank,
            "name": one.entrant.name,
            "total": one.line.total,
            "outcome": _outcome(one),
            "reason": one.decision.reason if one.decision else "",
            "next_entrant": one.decision.entrant_id if one.decision else None,
        }
        for one in way.candidates
    ]


def _outcome(one: Candidate) -> str:
    if one.went_on:
        return "went_on"
    if one.is_left_out:
        return "left_out"
    return "gone" if one.is_gone else one.fate.value
