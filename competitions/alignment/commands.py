"""The command that holds a competition, or the plan of one, against rule packs."""

import json
from pathlib import Path

import click
from flask.cli import ScriptInfo

from competitions.alignment.aligning import HeldEvent, HeldPack, HeldPoint, held_events
from competitions.alignment.comparing import AGREES, DEVIATES, OPEN, Alignment, Point, align
from competitions.alignment.plan_file import PlanError, read_plan
from competitions.cli import cli
from competitions.setup import competition_of
from competitions.standards import DIMENSIONS, CompetitionKey, Pack, find_packs, load_packs
from competitions.standards.model import CONFIDENCE
from core.command_line import in_a_sentence
from core.db import db

_VERDICTS = {AGREES: "相符", DEVIATES: "不符", OPEN: "待核"}


@cli.command("align", with_appcontext=False)
@click.argument("target", metavar="PLAN.json|COMPETITION_ID")
@click.option("--pack", "pack_ids", multiple=True, help="规则包编号，可给多个；不给则按赛事、地区与日期查找。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@click.pass_context
def align_command(context: click.Context, target: str, pack_ids: tuple[str, ...], as_json: bool) -> None:
    """将竞赛方案（文件）或库中的竞赛（编号）与规则包逐条核对：相符、不符与待核，附条款与原文。"""
    with in_a_sentence():
        if target.isdecimal() and not Path(target).exists():
            entries, text = _align_stored(context, int(target), pack_ids)
        else:
            key, plan = read_plan(_read_json(Path(target)))
            alignments = align(plan, _packs_for(key, pack_ids))
            entries, text = [_as_json(found) for found in alignments], "\n".join(map(_report, alignments))
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
