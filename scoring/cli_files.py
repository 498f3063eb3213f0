"""Commands on scheme files: convert between YAML and workbooks, print blank score sheets, report on judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from core.errors import DomainError
from scoring.cli import cli, refuse, write_out
from scoring.engine.analysis import Affiliations, judges_report
from scoring.engine.analysis_document import items_document, items_text, report_document, report_text
from scoring.engine.difference import difference
from scoring.engine.items import item_figures
from scoring.engine.scheme import Scheme
from scoring.engine.totals import evaluate
from scoring.formats import read_content, read_marks, read_scheme_file
from scoring.formats.affiliations import read_affiliations
from scoring.formats.results import as_json
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from scoring.formats.worldskills_export import write_worldskills
from scoring.formats.yaml_write import write_yaml
from scoring.sheet_files.blank_forms import paper_sheets
from scoring.sheet_files.blank_forms_pdf import draw_sheets

_EXISTING = click.Path(path_type=Path)

_SCHEME_WRITERS: Mapping[str, Callable[[dict[str, Any]], bytes]] = {
    ".yaml": write_yaml,
    ".yml": write_yaml,
    ".xlsx": write_scheme_xlsx,
}


def _scheme(file: Path) -> Scheme:
    """The scheme of a file; its warnings go to stderr, its mistakes end the command."""
    try:
        read = read_scheme_file(file)
    except DomainError as error:
        raise refuse(error) from error
    for warning in read.warnings:
        click.echo(f"注意：{warning}", err=True)
    return read.scheme


@cli.command("scheme-convert", with_appcontext=False)
@click.argument("source", metavar="IN", type=_EXISTING)
@click.argument("target", metavar="OUT", type=_EXISTING)
@click.option("--worldskills", is_flag=True, help="OUT 写成世赛评分工作簿（.xlsx），方案须是世赛形式。")
def scheme_convert(source: Path, target: Path, worldskills: bool) -> None:
    """把方案 IN 转成 OUT（按后缀：.yaml、.xlsx），内容不增不减；世赛工作簿也可作 IN。"""
    writer = _SCHEME_WRITERS.get(target.suffix.lower())
    if writer is None or (worldskills and writer is not write_scheme_xlsx):
        click.echo(f"{target.name}: 不认识的方案文件类型（可用 {'、'.join(_SCHEME_WRITERS)}）", err=True)
        raise SystemExit(1)
    scheme = _scheme(source)
    try:
        data = write_worldskills(scheme) if worldskills else writer(scheme.to_document())
    except DomainError as error:
        raise refuse(error) from error
    write_out(data, target)
    click.echo(f"已写入 {target}")


@cli.command("scheme-difference", with_appcontext=False)
@click.argument("old", type=_EXISTING)
@click.argument("new", type=_EXISTING)
def scheme_difference(old: Path, new: Path) -> None:
    """逐句说明方案 NEW 相对 OLD 改了什么；采用之前先看。"""
    changes = difference(_scheme(old), _scheme(new))
    for line in changes or ["两个方案相同"]:
        click.echo(line)


@cli.command("judges-report", with_appcontext=False)
@click.argument("scheme", type=_EXISTING)
@click.argument("marks", type=_EXISTING)
@click.option("--affiliations", "table", type=_EXISTING, help="裁判与选手的单位、城市（CSV 或 XLSX）。")
@click.option("--json", "as_data", is_flag=True, help="以 JSON 输出。")
def judges_report_command(scheme: Path, marks: Path, table: Path | None, as_data: bool) -> None:
    """按方案 SCHEME 分析评分 MARKS：裁判的宽严、一致性、离群分，以及对本单位、本市选手的偏向。"""
    try:
        read = read_scheme_file(scheme).scheme
        given = read_marks(marks, read)
        belongs = read_affiliations(read_content(table), table.name) if table is not None else Affiliations()
    except DomainError as error:
        raise refuse(error) from error
    report = judges_report(read, given, belongs)
    click.echo(as_json(report_document(report)) if as_data else report_text(report, read), nl=False)


@cli.command("aspects-report", with_appcontext=False)
@click.argument("scheme", type=_EXISTING)
@click.argument("marks", type=_EXISTING)
@click.option("--json", "as_data", is_flag=True, help="以 JSON 输出。")
def aspects_report_command(scheme: Path, marks: Path, as_data: bool) -> None:
    """按方案 SCHEME 与评分 MARKS 给出各评分项的难度与区分度。"""
    try:
        read = read_scheme_file(scheme).scheme
        lines = item_figures(evaluate(read, read_marks(marks, read)))
    except DomainError as error:
        raise refuse(error) from error
    click.echo(as_json(items_document(lines)) if as_data else items_text(lines, read), nl=False)


@cli.command("sheets-blank", with_appcontext=False)
@click.argument("scheme", type=_EXISTING)
@click.argument("target", metavar="OUT.pdf", type=_EXISTING)
def sheets_blank(scheme: Path, target: Path) -> None:
    """把方案 SCHEME 的空白纸质评分表写成 OUT.pdf，顺序与屏幕上相同。"""
    sheets = paper_sheets(_scheme(scheme))
    try:
        data = draw_sheets(sheets)
    except DomainError as error:
        raise refuse(error) from error
    write_out(data, target)
    click.echo(f"已写入 {target}：{len(sheets)} 种评分表")
