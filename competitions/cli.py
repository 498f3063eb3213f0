"""Commands of the competitions package."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from competitions.roster import Outcome, RosterReading, RosterRow, read_sheets
from competitions.roster.workbooks import corrected_workbook, template_workbook
from core.errors import DomainError
from core.spreadsheets import Limits, SpreadsheetError, read_spreadsheet

cli = AppGroup("competitions", help="竞赛、报名与抽签。")

_OUTCOME_WORDS = {Outcome.OK: "可用", Outcome.WARNING: "请核对", Outcome.ERROR: "错误", Outcome.SKIPPED: "略过"}


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    names = [name.strip() for name in value.replace("，", ",").split(",") if name.strip()]
    if not names:
        raise click.BadParameter("至少要有一个赛项")
    return names


_EVENTS = click.option("--events", required=True, callback=_names, help="赛项名称，用逗号分开。")


@cli.command("roster-check", with_appcontext=False)
@click.argument("workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_EVENTS
@click.option("--opens-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="开赛日，用来计算年龄。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每行一条。")
@click.option(
    "--corrected", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="写出标有错误的工作簿。"
)
@click.option("--strict", is_flag=True, help="有错误的行时以状态 1 结束。")
def roster_check(
    workbook: Path, events: list[str], opens_on: datetime, as_json: bool, corrected: Path | None, strict: bool
) -> None:
    """Read a registration WORKBOOK as the import would and print one entry a row; nothing is stored."""
    try:
        sheets = read_spreadsheet(_bytes_of(workbook), workbook.name)
        reading = read_sheets(sheets, events, opens_on.date())
    except DomainError as error:
        raise click.ClickException(f"{workbook.name}：{error}") from error
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding, and names reach beyond GBK.
        click.echo(json.dumps([_as_json(row) for row in reading.rows], ensure_ascii=False, indent=1).encode())
    else:
        _echo_lines(reading.rows)
    _echo_summary(reading)
    if corrected is not None:
        corrected.write_bytes(corrected_workbook(sheets, reading))
    if strict and reading.count(Outcome.ERROR):
        raise SystemExit(1)


@cli.command("roster-template", with_appcontext=False)
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_EVENTS
@click.option("--title", default="参赛选手报名汇总表", help="表格上方的标题。")
def roster_template(out: Path, events: list[str], title: str) -> None:
    """Write an empty registration workbook to OUT, with lists to choose from."""
    out.write_bytes(template_workbook(events, title))
    click.echo(f"已写出 {out}", err=True)


def _bytes_of(path: Path) -> bytes:
    # Asked before reading: a file of many gigabytes must not be held in memory to be told that it is too large.
    most = Limits().file_bytes
    if path.stat().st_size > most:
        raise SpreadsheetError("文件太大（最多%(most)d MB）", most=most // 2**20)
    return path.read_bytes()


def _as_json(row: RosterRow) -> dict[str, Any]:
    values = asdict(row.values)
    values["birth"] = row.values.birth.isoformat() if row.values.birth else None
    return {
        "row": row.row,
        "outcome": row.outcome,
        "column": row.column,
        "message": row.message,
        "values": values,
        "sheet": row.sheet,
        "findings": [
            {"code": f.problem, "severity": f.severity, "column": f.column, "message": f.message} for f in row.findings
        ],
    }


def _echo_lines(rows: Iterable[RosterRow]) -> None:
    for row in rows:
        values = row.values
        person = "  ".join(str(v) for v in (values.delegation, values.event, values.name) if v)
        place = f"[{row.column}] " if row.column else ""
        line = f"{row.sheet} 第{row.row}行  {_OUTCOME_WORDS[row.outcome]}  {person}  {place}{row.message or ''}"
        # A cell may hold what would move a terminal's cursor.
        click.echo("".join(character if character.isprintable() else "�" for character in line.rstrip()))


def _echo_summary(reading: RosterReading) -> None:
    for problem in reading.problems:
        click.echo(problem, err=True)
    counts = "，".join(f"{word}{reading.count(outcome)}行" for outcome, word in _OUTCOME_WORDS.items())
    click.echo(f"共{len(reading.rows)}行：{counts}", err=True)
