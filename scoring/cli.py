"""Commands of the scoring package: rank from files and check schemes, without a server or a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from core.errors import DomainError
from scoring.engine.delegation_document import standings_left_out
from scoring.engine.exact import decimal_text
from scoring.engine.problems import MarksError, SchemeError
from scoring.engine.scheme import Scheme
from scoring.formats import read_scheme, read_scheme_file
from scoring.formats.marks_file import WRITERS, marks_file
from scoring.formats.text_workbook import TooManyRowsError

cli = AppGroup("scoring", help="评分与排名。")


def refuse(error: DomainError) -> SystemExit:
    """One line an error on stderr; exit status 1."""
    lines: Sequence[object] = error.problems if isinstance(error, (SchemeError, MarksError)) else [error]
    for line in lines:
        click.echo(str(line), err=True)
    return SystemExit(1)


@cli.command("rank", with_appcontext=False)
@click.argument("scheme", type=click.Path(path_type=Path))
@click.argument("marks", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="结果写入此文件，缺省为标准输出。")
@click.option("--format", "form", type=click.Choice(sorted(WRITERS)), default="csv", help="结果的格式。")
@click.option("--explain", "contestant", help="展开一名选手的成绩。")
@click.option("--check-only", is_flag=True, help="只检查方案与评分，不排名。")
def rank_command(
    scheme: Path, marks: Path, results: Path | None, form: str, contestant: str | None, check_only: bool
) -> None:
    """按方案 SCHEME 与评分 MARKS 排名；有任何错误则一概不排。"""
    try:
        read = read_scheme(scheme)
        given = marks_file(marks, read)
    except DomainError as error:
        raise refuse(error) from error
    if contestant is not None and contestant not in given.contestants:
        click.echo(f"{marks.name}: 没有选手「{contestant}」", err=True)
        raise SystemExit(1)
    if check_only:
        click.echo(f"检查通过：{len(read.aspects())} 个评分项，{len(given.contestants)} 名选手")
        return
    if form == "xlsx" and results is None:
        click.echo("--format xlsx 须以 --results 指明文件", err=True)
        raise SystemExit(1)
    try:
        made = given.output(form, contestant)
    except TooManyRowsError as error:
        raise refuse(error) from error
    left_out = standings_left_out(read).items()
    sentences = [*made.warnings, *(f"团体排名「{name}」没有列出：{why}" for name, why in left_out)]
    if sentences:
        # A field of a million has thousands of them.
        click.echo("\n".join(f"注意：{sentence}" for sentence in sentences), err=True)
    write_out(made.data, results)


def write_out(data: bytes, file: Path | None) -> None:
    """Write to a file, or to stdout where there is none; exit 1 where it cannot be written."""
    if file is None:
        click.echo(data, nl=False)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        click.echo(f"{file}: 无法写入（{error.strerror}）", err=True)
        raise SystemExit(1) from error


@cli.command("scheme-check", with_appcontext=False)
@click.argument("file", type=click.Path(path_type=Path))
def scheme_check(file: Path) -> None:
    """检查方案 FILE：错误逐条列出，退出码 1；合格则列出各部分满分。"""
    try:
        found = read_scheme_file(file)
    except DomainError as error:
        raise refuse(error) from error
    scheme = found.scheme
    click.echo(f"方案合格：{scheme.title}，{len(scheme.aspects())} 个评分项")
    for line in _outline(scheme):
        click.echo(line)
    for warning in found.warnings:
        click.echo(f"注意：{warning}", err=True)


def _outline(scheme: Scheme) -> list[str]:
    lines = []
    for node in (scheme.root, *scheme.columns()):
        full = "不定" if node.full_marks is None else decimal_text(node.full_marks)
        lines.append(f"{node.id}\t{node.label}\t满分 {full}")
    return lines
