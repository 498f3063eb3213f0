"""Commands about rule packs: list them, show them as a table, hold a competition's plan against them."""

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import ScriptInfo

from competitions.alignment.aligning import HeldEvent, HeldPack, HeldPoint, held_events
from competitions.alignment.comparing import AGREES, DEVIATES, OPEN, Alignment, Point, align
from competitions.alignment.plan_file import PlanError, read_plan
from competitions.cli import cli
from competitions.pack_editing.commands import own_pack_command, own_packs_command
from competitions.setup import competition_of
from competitions.standards import DIMENSIONS, CompetitionKey, Pack, find_packs, load_packs
from competitions.standards.finding import in_force
from competitions.standards.model import CONFIDENCE
from competitions.standards.regions import region
from competitions.standards.table import dimension_table
from core.db import db
from core.errors import DomainError

cli.add_command(own_packs_command)
cli.add_command(own_pack_command)

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
@click.argument("target", metavar="PLAN.json|COMPETITION_ID")
@click.option("--pack", "pack_ids", multiple=True, help="规则包编号，可给多个；不给则按赛事、地区与日期查找。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@click.pass_context
def align_command(context: click.Context, target: str, pack_ids: tuple[str, ...], as_json: bool) -> None:
    """将竞赛方案（文件）或库中的竞赛（编号）与规则包逐条核对：相符、不符与待核，附条款与原文。"""
    try:
        if target.isdecimal() and not Path(target).exists():
            entries, text = _align_stored(context, int(target), pack_ids)
        else:
            key, plan = read_plan(_read_json(Path(target)))
            alignments = align(plan, _packs_for(key, pack_ids))
            entries, text = [_as_json(found) for found in alignments], "\n".join(map(_report, alignments))
    except DomainError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    # As bytes: JSON is UTF-8 whatever the terminal's encoding.
    click.echo(json.dumps(entries, ensure_ascii=False, indent=2).encode() if as_json else text)


Entries = list[dict[str, object]]


def _align_stored(context: click.Context, competition_id: int, pack_ids: tuple[str, ...]) -> tuple[Entries, str]:
    """A stored competition, event by event, with the deviations that were approved."""
    if pack_ids:
        raise PlanError("核对库中的竞赛时，规则包按其系列赛、地区与日期查找，不能用 --pack 指定")
    app = context.ensure_object(ScriptInfo).load_app()
    with app.app_context():
        events = held_events(db.session(), competition_of(competition_id), app.config["SCHEME_FACTS"])
        entries: Entries = [
            {"event": held.event.title, "alignments": [_held_json(pack) for pack in held.packs]} for held in events
        ]
        return entries, "\n".join(_held_report(held) for held in events)


def _held_json(held: HeldPack) -> dict[str, object]:
    points = [_point_json(point.point) | {"approval": _approval_json(point)} for point in held.points]
    said = _as_json(Alignment(held.pack, tuple(point.point for point in held.points), held.unstated))
    return said | {"pending": sum(point.is_pending for point in held.points), "points": points}


def _approval_json(held: HeldPoint) -> dict[str, str] | None:
    found = held.approval
    if found is None:
        return None
    return {"by": found.approved_by, "at": found.approved_at.isoformat(), "reason": found.reason}


def _held_report(held: HeldEvent) -> str:
    lines = [f"{held.event.title}：相符 {held.count(AGREES)}，不符 {held.count(DEVIATES)}，待核 {held.count(OPEN)}"]
    for pack in held.packs:
        lines.append(f"  {_heading(pack.pack)}")
        for point in pack.points:
            lines += _point_lines(point.point)
            if point.approval is not None:
                lines.append(f"        已由{point.approval.approved_by}同意：{point.approval.reason}")
        lines += _unstated(pack.unstated)
    if not held.packs:
        lines.append("  没有适用的规则包")
    return "\n".join(lines)


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
    lines = [_heading(found.pack)]
    for point in found.points:
        lines += _point_lines(point)
    return "\n".join(lines + _unstated(found.unstated))


def _heading(pack: Pack) -> str:
    return f"{pack.id}  {pack.title}  {pack.confidence} {CONFIDENCE[pack.confidence]}"


def _point_lines(point: Point) -> list[str]:
    said = _point_json(point)
    return [
        f"    [{_VERDICTS[point.verdict]}] {point.dimension_name}：{point.wanted}；现为 {point.found}",
        f"        {said['clause']}：{said['quote']}（{said['source']}，{said['verification']}）",
    ]


def _unstated(names: tuple[str, ...]) -> list[str]:
    return [f"    文本未载明：{'、'.join(DIMENSIONS[name] for name in names)}"] if names else []
