"""The commands that say which competitions and events there are; the other commands want their numbers."""

from typing import Any

import click

from competitions.cli import cli
from competitions.labels import LEVEL_NAMES
from competitions.lifecycle import STATE_NAMES
from competitions.models import Competition, Event
from competitions.setup import competition_with_modules
from core.command_line import JSON, echo_json, in_a_sentence
from core.db import db


@cli.command("list")
@JSON
def list_command(as_json: bool) -> None:
    """列出全部竞赛：编号、日期、状态、名称，最近的在前；别的命令要用这个编号。"""
    found = db.session.query(Competition).order_by(Competition.opens_on.desc(), Competition.id.desc()).all()
    if as_json:
        echo_json([_competition(one) for one in found])
    for one in () if as_json else found:
        days = f"{one.opens_on} 至 {one.closes_on}"
        click.echo(f"{one.id}  {days}  {LEVEL_NAMES[one.level]}  {STATE_NAMES[one.state]}  {one.title}")


def _competition(one: Competition) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "state": one.state.value,
        "level": one.level.value,
        "jurisdiction": one.jurisdiction,
        "host": one.host,
        "opens_on": one.opens_on.isoformat(),
        "closes_on": one.closes_on.isoformat(),
    }


@cli.command("events")
@click.argument("competition_id", type=int)
@JSON
def events_command(competition_id: int, as_json: bool) -> None:
    """列出竞赛 COMPETITION_ID 的赛项和模块，各有编号；退出码为 1 则没有这项竞赛。"""
    with in_a_sentence():
        events = competition_with_modules(competition_id).events
    if as_json:
        echo_json([_event(one) for one in events])
    for one in () if as_json else events:
        modules = "、".join(f"{module.code} {module.name}（{module.id}）" for module in one.modules)
        click.echo(f"{one.id}  {one.title}  {modules}".rstrip())


def _event(one: Event) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": str(one.title),
        "form": one.form.value,
        "is_demonstration": one.is_demonstration,
        "occupation": one.occupation_code,
        "modules": [
            {"id": m.id, "code": m.code, "name": m.name, "stage": m.stage, "kind": m.kind.value, "weight": m.weight}
            for m in one.modules
        ],
    }
