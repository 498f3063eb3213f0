"""The command that writes what is published of an event, for another program: a website, a screen, an office."""

import click

from competitions.setup import competition_of
from core.clock import BEIJING
from core.command_line import JSON, echo_json, in_a_sentence
from scoring.cli import cli
from scoring.models import ResultLine
from scoring.results.exports import to_csv
from scoring.results.standings import PublicResult, all_lines, public_result


@cli.command("results")
@click.argument("competition_id", type=int)
@click.argument("event_id", type=int)
@JSON
def results_command(competition_id: int, event_id: int, as_json: bool) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 赛项 EVENT_ID 公布的成绩；有姓名。没有公布的退出码为 1。"""
    with in_a_sentence():
        competition_of(competition_id)
        result = public_result(competition_id, event_id)
        lines = all_lines(result.snapshot.id)
    if as_json:
        echo_json(_document(result, lines))
    else:
        click.echo(to_csv(result.snapshot, lines), nl=False)


def _document(result: PublicResult, lines: list[ResultLine]) -> dict[str, object]:
    return {
        "event": str(result.event.title),
        "number": result.snapshot.number,
        "digest": result.snapshot.digest,
        "is_final": result.is_final,
        "published_at": result.published_at.astimezone(BEIJING).isoformat(),
        "columns": [column["label"] for column in result.snapshot.document["columns"]],
        "lines": [_line(line) for line in lines],
    }


def _line(line: ResultLine) -> dict[str, object]:
    return {
        "rank": line.rank,
        "is_tied": line.is_tied,
        "draw_number": line.entrant.draw_number,
        "name": line.entrant.name,
        "delegation": line.entrant.delegation.name,
        "columns": list(line.columns),
        "total": line.total,
        "status": line.status,
    }
