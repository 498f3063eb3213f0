"""Commands that print a timetable as CSV and take one in."""

from pathlib import Path

import click

from competitions.cli import cli
from competitions.setup import competition_of
from competitions.timetable.importing import ImportTable, import_table, rows_of
from competitions.timetable.kinds import Audience
from competitions.timetable.reading import sessions_of
from competitions.timetable.rows import COLUMNS, cells_of
from core.command_line import PROGRAM, echo_csv
from core.db import db
from core.errors import DomainError


@cli.group("timetable")
def timetable_group() -> None:
    """日程表。"""


@timetable_group.command("export")
@click.argument("competition_id", type=int)
def export_command(competition_id: int) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 的日程，每场一行；取消的不列。"""
    try:
        competition_of(competition_id)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    echo_csv(COLUMNS, (cells_of(row) for row in rows_of(sessions_of(db.session(), competition_id))))


@timetable_group.command("import")
@click.argument("competition_id", type=int)
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public", "is_public", is_flag=True, help="没有写公开范围的行直接公开；没有这一项时是草稿。")
def import_command(competition_id: int, table: Path, is_public: bool) -> None:
    """把 CSV 或 XLSX 表 TABLE 里的场次加进竞赛 COMPETITION_ID；有一行看不懂就都不加，重复执行不会重复添加。"""
    audience = Audience.EVERYONE if is_public else Audience.DRAFT
    try:
        done = import_table(ImportTable(competition_id, table.name, table.read_bytes(), PROGRAM, audience))
    except DomainError as error:
        raise click.ClickException(f"{table.name}：{error}") from error
    for unread in done.unread:
        click.echo(f"第 {unread.number} 行：{unread.error}", err=True)
    if done.unread:
        raise SystemExit(1)
    click.echo(f"新增 {done.added} 场，已有 {done.known} 场", err=True)
