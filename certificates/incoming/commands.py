"""Commands that look at a workbook of titles or innovations row by row, and take it in where that is asked for."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from certificates.incoming.doing import CommandLine
from certificates.incoming.tables import read_table
from certificates.incoming.taking_in import (
    P,
    ReadWorkbook,
    TakeInWorkbook,
    WorkbookKind,
    read_workbook,
    take_in_workbook,
)
from certificates.innovations.placing import INNOVATIONS, PlacedInnovation
from certificates.innovations.template import innovations_template
from certificates.titles.placing import TITLES, PlacedTitle
from certificates.titles.template import TakeOutTitles, take_out_titles
from competitions.setup import competition_of
from core.command_line import in_a_sentence
from core.db import db
from core.errors import DomainError
from core.spreadsheets import read_spreadsheet

_FATES = {"new": "可存入", "already": "已存过", "wrong": "有错误", "blank": "没有填写"}
Line = dict[str, Any]


def _titles_line(one: PlacedTitle) -> Line:
    found = {"row": one.row.row, "fate": one.fate.value, "name": one.row.name, "title": one.row.title}
    return found | {"problem": str(one.row.problem), "remarks": [str(remark) for remark in one.row.remarks]}


def _innovations_line(one: PlacedInnovation) -> Line:
    return {"row": one.row.row, "fate": one.fate.value, "name": one.row.name, "problem": str(one.row.problem)}


def _arguments(function: Callable[..., None]) -> Callable[..., None]:
    """What both import commands are given."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。"),
        click.option("--leave-out-wrong", is_flag=True, help="有错误的行不存入，其余的存入。"),
        click.option("--take-in", is_flag=True, help="存入；不写则只看逐行核对的结果。"),
        click.argument("workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
        click.argument("competition_id", type=int),
    ):
        function = option(function)
    return with_appcontext(function)


@click.command("titles-import")
@_arguments
def titles_import(competition_id: int, workbook: Path, take_in: bool, leave_out_wrong: bool, as_json: bool) -> None:
    """Read a workbook of granted titles; exit 1 if it is refused, or if rows are wrong and nobody left them out."""
    _import(TITLES, _titles_line, (competition_id, workbook), (take_in, leave_out_wrong, as_json))


@click.command("innovations-import")
@_arguments
def innovations_import(
    competition_id: int, workbook: Path, take_in: bool, leave_out_wrong: bool, as_json: bool
) -> None:
    """Read a workbook of innovations; exit 1 if it is refused, or if rows are wrong and nobody left them out."""
    _import(INNOVATIONS, _innovations_line, (competition_id, workbook), (take_in, leave_out_wrong, as_json))


def _import(
    kind: WorkbookKind[P],
    line_of: Callable[[P], Line],
    given: tuple[int, Path],
    wanted: tuple[bool, bool, bool],
) -> None:
    competition_id, path = given
    take_in, leave_out_wrong, as_json = wanted
    lines: Sequence[Line] = ()
    done, refusal = None, ""
    try:
        competition_of(competition_id)
        data = path.read_bytes()
        table = read_table(read_spreadsheet(data, path.name), kind.headings)
        lines = [line_of(one) for one in kind.place(db.session(), competition_id, table)]
        if take_in:
            read = ReadWorkbook(competition_id, path.name, data, CommandLine())
            command = TakeInWorkbook(competition_id, read_workbook(kind, read), leave_out_wrong, CommandLine())
            done = asdict(take_in_workbook(kind, command))
    except DomainError as error:
        refusal = str(error)
    found = {"rows": lines, "done": done}
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _text(lines, done))
    if refusal:
        click.echo(refusal, err=True)
    if refusal or (not take_in and any(line["fate"] == "wrong" for line in lines)):
        raise SystemExit(1)


def _text(lines: Sequence[Line], done: dict[str, int] | None) -> str:
    told = []
    for line in lines:
        words = "；".join(filter(None, (line["problem"], *line.get("remarks", ()))))
        what = " ".join(filter(None, (line["name"], line.get("title", ""))))
        told.append(f"第 {line['row']} 行  {_FATES[line['fate']]}  {what}{f'  {words}' if words else ''}")
    if done is not None:
        told.append(f"存入 {done['stored']} 条，已存过 {done['already']} 行，未存入 {done['left_out']} 行")
    return "\n".join(told)


@click.command("titles-template")
@click.argument("competition_id", type=int)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def titles_template(competition_id: int, out: Path) -> None:
    """Write the workbook of whoever was recommended, with document numbers in full; taking it out is recorded."""
    _write(out, lambda: take_out_titles(TakeOutTitles(competition_id, CommandLine())))


@click.command("innovations-template")
@click.argument("competition_id", type=int)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def innovations_template_command(competition_id: int, out: Path) -> None:
    """Write the empty workbook of innovations."""
    _write(out, lambda: innovations_template(competition_of(competition_id).title))


def _write(out: Path, content: Callable[[], bytes]) -> None:
    with in_a_sentence():
        out.write_bytes(content())
    click.echo(f"已写入 {out}")
