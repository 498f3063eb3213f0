"""Commands about rule packs: list them, show them as a table, hold a competition's plan against them."""

import json
from datetime import datetime
from pathlib import Path

import click

from competitions.alignment import AGREES, DEVIATES, OPEN, Alignment, Point, align
from competitions.cli import cli
from competitions.plan_file import PlanError, read_plan
from competitions.standards import DIMENSIONS, CompetitionKey, Pack, find_packs, load_packs
from competitions.standards.finding import in_force
from competitions.standards.model import CONFIDENCE
from competitions.standards.regions import region
from competitions.standards.table import dimension_table
from core.errors import DomainError

_VERDICTS = {AGREES: "相符", DEVIATES: "不符", OPEN: "待核"}
_HOLDS = {True: "有效", False: "当日无效", None: "当日是否有效不详"}


@cli.command("packs", with_appcontext=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="只列在这一天有效的规则包。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@click.option("--table", "as_table", is_flag=True, help="规则包与各维度的对照表（Markdown）。")
def packs(on: datetime | None, as_json: bool, as_table: bool) -> None:
    """列出规则包：地区、有效期、核实程度。"""
    try:
        found = load_packs()
    except DomainError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    if as_table:
        click.echo(dimension_table(found), nl=False)
        return
    if on is not None:
        found = tuple(p for p in found if in_force(p.effective, on.date(), None) is not False)
    rows = [_row(pack, on) for pack in found]
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding.
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2).encode())
        return
    for row in rows:
        span = f"{row['from'] or '不详'} — {row['until'] or '未见废止'}"
        click.echo(f"{row['id']}  {row['jurisdiction']}  {span}  {row['verification']} {row['verification_text']}")
        click.echo(f"    {row['title']}")


def _row(pack: Pack, on: datetime | None) -> dict[str, object]:
    place = region(pack.jurisdiction)
    start, end = pack.effective.start, pack.effective.end
    return {
        "id": pack.id,
        "title": pack.title,
        "jurisdiction": pack.jurisdiction if place is None else place.name,
        "jurisdiction_code": pack.jurisdiction,
        "level": pack.level,
        "from": None if start is None else start.isoformat(),
        "until": None if end is None else end.isoformat(),
        "in_force": None if on is None else _HOLDS[in_force(pack.effective, on.date(), None)],
        "supersedes": pack.supersedes,
        "verification": pack.confidence,
        "verification_text": CONFIDENCE[pack.confidence],
        "unknown": sorted(pack.unknown),
    }


@cli.command("align", with_appcontext=False)
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--pack", "pack_ids", multiple=True, help="规则包编号，可给多个；不给则按赛事、地区与日期查找。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
def align_command(plan_file: Path, pack_ids: tuple[str, ...], as_json: bool) -> None:
    """将竞赛方案与规则包逐条核对：相符、不符与待核，附条款与原文。"""
    try:
        key, plan = read_plan(_read_json(plan_file))
        alignments = align(plan, _packs_for(key, pack_ids))
    except DomainError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding.
        click.echo(json.dumps([_as_json(found) for found in alignments], ensure_ascii=False, indent=2).encode())
        return
    for found in alignments:
        click.echo(_report(found))


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise PlanError("读不到文件 %(file)s", file=path) from None
    except ValueError as error:
        raise PlanError("%(file)s 不是正确的 JSON：%(error)s", file=path, error=error) from None


def _packs_for(key: CompetitionKey, pack_ids: tuple[str, ...]) -> list[Pack]:
    by_id = {pack.id: pack for pack in load_packs()}
    for name in pack_ids:
        if name not in by_id:
            raise PlanError("没有编号为「%(id)s」的规则包，可用 flask competitions packs 查看", id=name)
    found = [by_id[name] for name in pack_ids] or find_packs(load_packs(), key, [None], None)
    if not found:
        raise PlanError("没有适用于该竞赛的规则包，请用 --pack 指定")
    return found


def _as_json(found: Alignment) -> dict[str, object]:
    return {
        "pack": found.pack.id,
        "title": found.pack.title,
        "verification": found.pack.confidence,
        "deviations": len(found.deviations),
        "points": [_point_json(point) for point in found.points],
        "unstated": list(found.unstated),
    }


def _point_json(point: Point) -> dict[str, object]:
    citation = point.citation
    return {
        "dimension": point.dimension,
        "verdict": point.verdict,
        "wanted": point.wanted,
        "found": point.found,
        "clause": citation.clause or "条款号未见",
        "quote": citation.text if citation.verbatim else f"〔摘要〕{citation.text}",
        "source": citation.source.address or citation.source.document,
        "verification": citation.confidence,
    }


def _report(found: Alignment) -> str:
    lines = [f"{found.pack.id}  {found.pack.title}  {found.pack.confidence} {CONFIDENCE[found.pack.confidence]}"]
    for point in found.points:
        said = _point_json(point)
        lines.append(f"    [{_VERDICTS[point.verdict]}] {point.dimension_name}：{point.wanted}；现为 {point.found}")
        lines.append(f"        {said['clause']}：{said['quote']}（{said['source']}，{said['verification']}）")
    if found.unstated:
        lines.append(f"    文本未载明：{'、'.join(DIMENSIONS[name] for name in found.unstated)}")
    return "\n".join(lines)
