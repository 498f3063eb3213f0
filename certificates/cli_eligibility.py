"""Commands that assess a case without a database, and check packs together with their worked examples."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import click

from certificates.cli import cli
from certificates.eligibility import Answer, Case, CaseError, assess, read_case
from certificates.eligibility.examples import read_examples, run_example
from competitions.cli import cli as competitions_cli
from competitions.standards import Pack, find_packs, load_pack, load_packs
from competitions.standards.loader import EXAMPLES_SUFFIX, PACKS, pack_files
from core.command_line import in_a_sentence
from core.errors import DomainError

DAY = click.DateTime(["%Y-%m-%d"])

_DECISIONS = {"flagged": "建议（待人审定）", "needs_facts": "需补充事实", "not_eligible": "不符合"}
_BENEFITS = {"promotion": "晋升", "honour": "荣誉", "medal": "奖章"}
_HELD = {True: "是", False: "否", None: "未知"}


@cli.command("eligibility", with_appcontext=False)
@click.argument("case_file", metavar="CASE.json", type=click.Path(path_type=Path))
@click.option("--pack", "pack_ids", multiple=True, help="规则包编号，可给多个；不给则按赛事、地区与日期查找。")
@click.option("--on", type=DAY, default=None, help="规则在这一天须已施行；案例没有开幕日期时以此为准。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
def eligibility(case_file: Path, pack_ids: tuple[str, ...], on: datetime | None, as_json: bool) -> None:
    """依规则包核对晋升、荣誉与奖章，逐条写明理由与出处。"""
    day = None if on is None else on.date()
    with in_a_sentence():
        case = read_case(_read_json(case_file))
        packs = choose_packs(case, pack_ids, day)
        answers = assess(case, packs, day, chosen=bool(pack_ids))
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding.
        click.echo(json.dumps([answer.as_json() for answer in answers], ensure_ascii=False, indent=2).encode())
    else:
        for answer in answers:
            click.echo(_text(answer))


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise CaseError("读不到文件 %(file)s", file=path) from None
    except ValueError as error:
        raise CaseError("%(file)s 不是正确的 JSON：%(error)s", file=path, error=error) from None


def choose_packs(case: Case, pack_ids: Sequence[str], on: date | None) -> list[Pack]:
    """The packs named, or those found for the case.

    Raises:
        CaseError: an id that no pack has, or no pack fits the competition.
    """
    packs = load_packs()
    if pack_ids:
        by_id = {pack.id: pack for pack in packs}
        for name in pack_ids:
            if name not in by_id:
                raise CaseError("没有编号为「%(id)s」的规则包，可用 flask competitions packs 查看", id=name)
        return [by_id[name] for name in dict.fromkeys(pack_ids)]
    found = find_packs(packs, case.competition, [person.home for person in case.contestants], on)
    if not found:
        raise CaseError(
            "没有适用于赛事「%(programme)s」（地区：%(jurisdiction)s）的规则包，请用 --pack 指定或先补充规则包",
            programme="、".join(case.competition.programmes) or "未写明",
            jurisdiction="、".join(case.competition.jurisdictions) or "未写明",
        )
    return found


def _text(answer: Answer) -> str:
    level = f"到{answer.to_level}级" if answer.to_level else ""
    title = f"{answer.verb or ''}{answer.name or level}" or "—"
    head = f"{answer.contestant}  {_BENEFITS[answer.benefit]}  {title}"
    lines = [f"{head}  【{_DECISIONS[answer.decision]}】{answer.pack}"]
    for _, group in groupby(answer.reasons, key=lambda reason: reason.citation):
        reasons = list(group)
        lines.extend(f"    [{_HELD[reason.held]}] {reason.finding}" for reason in reasons)
        said = reasons[0].as_json()
        lines.append(f"        依据 {said['clause']}：{said['quote']}")
        lines.append(f"        来源 {said['source']}（{said['verification']} {said['verification_text']}）")
    if answer.missing:
        lines.append(f"    尚需：{'；'.join(answer.missing)}")
    return "\n".join(lines)


@competitions_cli.command("packs-check", with_appcontext=False)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
def packs_check(folder: Path | None) -> None:
    """读取全部规则包并运行各包的算例；有错误则逐条列出文件与行，退出状态为 1。"""
    packs, faults = _checked_packs(PACKS if folder is None else folder)
    examples = 0
    for path, pack in packs:
        beside = path.with_name(pack.id + EXAMPLES_SUFFIX)
        if not beside.exists():
            continue
        try:
            found = read_examples(beside.read_text(encoding="utf-8"), beside.name)
            examples += len(found)
            faults += [fault for example in found for fault in run_example(example, pack)]
        except DomainError as error:
            faults.append(str(error))
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"规则包 {len(packs)} 个，算例 {examples} 个，错误 {len(faults)} 处")
    if faults:
        raise SystemExit(1)


def _checked_packs(folder: Path) -> tuple[list[tuple[Path, Pack]], list[str]]:
    """The good packs of a folder and the faults of the bad ones."""
    packs: list[tuple[Path, Pack]] = []
    faults: list[str] = []
    for path in pack_files(folder):
        try:
            packs.append((path, load_pack(path)))
        except DomainError as error:
            faults.append(str(error))
    if not faults:
        try:
            load_packs(folder)
        except DomainError as error:
            faults.append(str(error))
    return packs, faults
