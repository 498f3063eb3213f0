"""The command that tells how the typing of paper sheets stands, for a person or another program."""

import click

from competitions.events.defining import event_of
from core.command_line import JSON, echo_json
from core.db import db
from core.errors import DomainError
from scoring.cli import cli, refuse
from scoring.paper_entry.models import ENDING_NAMES
from scoring.paper_entry.reading import PaperBoard, PaperLine, Rate, paper_board

WAITING = 3
"""Exit status where something waits for a decision."""


@cli.command("paper")
@click.argument("competition_id", type=int)
@click.argument("event_id", type=int)
@JSON
def paper_command(competition_id: int, event_id: int, as_json: bool) -> None:
    """竞赛 COMPETITION_ID 的赛项 EVENT_ID 的纸质评分表录到哪里；没有分数。有待裁定的退出码为 3。"""
    try:
        board = paper_board(db.session(), event_of(db.session(), competition_id, event_id))
    except DomainError as error:
        raise refuse(error) from error
    if as_json:
        echo_json(_document(board))
    else:
        counts = (len(board.once), len(board.differing), len(board.taken), len(board.set_aside), board.sheets)
        click.echo("录了一遍 {}，待裁定 {}，已记分 {}，不采用 {}，全部评分表 {}".format(*counts))
        click.echo(f"录了两遍的 {board.whole.fields} 项中 {board.whole.wrong} 项不同（{board.whole.share}%）")
        for line in board.differing:
            click.echo(
                f"待裁定 {line.form}  {line.number}  {line.module}  {line.differing} 项不同  {line.why}".rstrip()
            )
    if board.differing:
        raise SystemExit(WAITING)


def _document(board: PaperBoard) -> dict[str, object]:
    return {
        "sheets": board.sheets,
        "once": [_line(one) for one in board.once],
        "differing": [_line(one) for one in board.differing],
        "taken": [_line(one) for one in board.taken],
        "incomplete": [one.form for one in board.incomplete],
        "set_aside": [_line(one) for one in board.set_aside],
        "fields": _rate(board.whole),
        "aspects": [_rate(one) for one in board.aspects],
        "typists": [_rate(one) for one in board.typists],
    }


def _line(line: PaperLine) -> dict[str, object]:
    found: dict[str, object] = {"form": line.form, "sheet": line.sheet.id, "number": line.number, "module": line.module}
    found |= {"typed_by": list(line.typed_by), "typed_at": line.typed_at.isoformat(), "differing": line.differing}
    if line.why:
        found["why"] = line.why
    if line.outcome is not None:
        found |= {"ending": ENDING_NAMES[line.outcome.ending], "by": line.outcome.ended_name}
    return found


def _rate(rate: Rate) -> dict[str, object]:
    return {"name": rate.name, "of": rate.of, "fields": rate.fields, "wrong": rate.wrong, "percent": rate.share}
