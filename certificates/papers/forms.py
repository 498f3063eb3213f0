"""Which papers there are, and what of an approved flag stands on them; where a form's fields are assumed it says so.

The columns of the roster and the fields of the recommendation form were not found in any text that was
read: they are the usual ones, and every file says that they must be compared with the authority's own form.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certificates.papers.document import Block, Checklist, Document, Form, Table
from competitions.standards import Citation, Pack
from competitions.standards.model import CONFIDENCE, LEVEL_NAMES
from competitions.standards.words import is_verified, quoted
from core.clock import BEIJING
from core.messages import message

PROMOTION, HONOUR, MEDAL = "promotion", "honour", "medal"
_DIGITS = "一二三四五"
HONOUR_SAMPLE, MEDAL_SAMPLE = "zaozhuang.skilled-worker.2021", "pingdingshan.may-day-medal.2019"
"""Packs whose lists of papers were read in the authority's own text; they serve as samples where a pack has none."""


@dataclass(frozen=True, slots=True)
class Approved:
    """An approved flag with what the papers say of the person; empty where it is not known."""

    flag_id: int
    name: str
    document_kind: str
    document: str
    """The number in full or masked, as whoever asked may have it."""
    document_index: str
    """Tells people apart whose names and masked numbers are alike."""
    sex: str
    birth: date | None
    unit: str
    delegation: str
    level: int | None
    level_certificate: str
    event: str
    occupation: str
    rank: str
    prize: str
    theory: str
    practice: str
    total: str
    benefit: str
    """promotion, honour or medal."""
    wanted: str
    """The honour's name, or for a promotion the level's digit; empty where the level is open."""
    pack_id: str
    answer: Mapping[str, Any]
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    has_open_objection: bool
    prize_remark: str = ""
    """What is on record where the event's prizes were set after marking had begun."""

    @property
    def matter(self) -> str:
        """What is recommended, in words."""
        if self.benefit != PROMOTION:
            return self.wanted
        return f"晋升{level_words(int(self.wanted))}" if self.wanted else "晋升职业技能等级（等级待定）"


@dataclass(frozen=True, slots=True)
class Contest:
    """The competition as it stands on papers."""

    title: str
    host: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper."""

    benefit: str
    title: str
    assumed: str
    """What of the form was not found in a text of an authority."""
    build: Callable[[Contest, Sequence[Approved], Sequence[Pack]], tuple[Block, ...]]
    is_wide: bool


def level_words(level: int) -> str:
    """A level as papers write it: 二级/技师."""
    return f"{_DIGITS[level - 1]}级/{LEVEL_NAMES[level]}"


def paper(
    kind: Kind, contest: Contest, approved: Sequence[Approved], packs: Sequence[Pack], *, is_masked: bool
) -> Document:
    """A paper with everybody whose flag of its kind is approved.

    Args:
        kind: one of `KINDS`.
        contest: the competition.
        approved: the approved flags of this kind, in the order of the lists.
        packs: all packs, for lists of papers to bring.
        is_masked: document numbers are masked; the file says so.
    """
    notes = [
        f"竞赛：{contest.title}（{contest.opens_on} 至 {contest.closes_on}）  主办单位：{contest.host}",
        kind.assumed,
    ]
    notes.append("本表只列经人审定同意推荐的人员；是否晋升、授予由有权机关决定。")
    if is_masked:
        notes.append("证件号码已遮盖，仅供内部核对，不作报送之用。")
    notes += prize_remarks(approved)
    blocks = (*kind.build(contest, approved, packs), _reasons(approved), _decisions(approved))
    return Document(kind.title, tuple(notes), blocks, kind.is_wide)


def _day(value: date | None) -> str:
    return "" if value is None else f"{value.year}年{value.month}月"


def _held(one: Approved) -> str:
    if one.level is None:
        return "未填报"
    return f"{level_words(one.level)}\n{one.level_certificate or '证书编号未填报'}"


def prize_remarks(approved: Iterable[Approved]) -> list[str]:
    """What is on record of late prizes, each event's once, in the order of the list."""
    return list(dict.fromkeys(one.prize_remark for one in approved if one.prize_remark))


def remark(one: Approved, *, is_alone: bool) -> str:
    """What stands beside a person.

    Args:
        one: the person.
        is_alone: the paper is this person's own, so that what is told of the prizes stands here in full; on a list it
            stands under the title.
    """
    prizes = one.prize_remark and (one.prize_remark if is_alone else "奖项设置见说明")
    return "；".join(filter(None, ("本人意见尚未答复" if one.has_open_objection else "", prizes)))


def _promotion(contest: Contest, approved: Sequence[Approved], _packs: Sequence[Pack]) -> tuple[Block, ...]:
    columns = "序号 姓名 证件号码 工作单位 职业（工种）及编码 竞赛名称 名次 理论成绩 实操成绩 总成绩".split()
    columns += ["原等级及证书编号", "拟晋升等级", "备注"]
    rows = [
        (
            str(number),
            one.name,
            one.document,
            one.unit,
            f"{one.event}\n{one.occupation}".strip(),
            contest.title,
            one.rank,
            one.theory,
            one.practice,
            one.total,
            _held(one),
            level_words(int(one.wanted)) if one.wanted else "待定",
            remark(one, is_alone=False),
        )
        for number, one in enumerate(approved, start=1)
    ]
    return (Table("花名册", tuple(columns), tuple(rows), (2, 4, 8, 8, 6, 7, 2, 3, 3, 3, 7, 5, 4)),)


def _honour(contest: Contest, approved: Sequence[Approved], packs: Sequence[Pack]) -> tuple[Block, ...]:
    columns = ["序号", "姓名", "性别", "出生年月", "证件号码", "工作单位", "现技能等级及证书编号", "竞赛及赛项"]
    columns += ["名次", "奖项", "推荐称号", "代表队", "备注"]
    rows = [
        (
            str(number),
            one.name,
            one.sex,
            _day(one.birth),
            one.document,
            one.unit,
            _held(one),
            f"{contest.title}\n{one.event}",
            one.rank,
            one.prize,
            one.wanted,
            one.delegation,
            remark(one, is_alone=False),
        )
        for number, one in enumerate(approved, start=1)
    ]
    table = Table("推荐候选人汇总表", tuple(columns), tuple(rows), (2, 4, 2, 4, 8, 8, 6, 8, 2, 4, 5, 4, 4))
    return (table, *_checklists(approved, packs, HONOUR_SAMPLE))


def _medal(contest: Contest, approved: Sequence[Approved], packs: Sequence[Pack]) -> tuple[Block, ...]:
    forms = tuple(
        Form(f"{one.wanted}推荐审批表：{one.name}", _medal_pairs(contest, one), _MEDAL_BOXES) for one in approved
    )
    return (*forms, *_checklists(approved, packs, MEDAL_SAMPLE))


_BLANK = ""
_SEAL = "（盖章）        年    月    日"
_MEDAL_BOXES = (
    ("主要事迹", _BLANK),
    ("所在单位意见", _SEAL),
    ("县级工会意见", _SEAL),
    ("市级工会意见", _SEAL),
    ("省级工会意见", _SEAL),
)


def _medal_pairs(contest: Contest, one: Approved) -> tuple[tuple[str, str], ...]:
    post = f"{one.unit}（{level_words(one.level)}）" if one.level else one.unit
    won = f"{contest.title}{one.event}第 {one.rank} 名{one.prize and f'，{one.prize}'}" if one.rank else ""
    return (
        ("姓名", one.name),
        ("性别", one.sex),
        ("民族", _BLANK),
        ("出生年月", _day(one.birth)),
        ("政治面貌", _BLANK),
        ("学历", _BLANK),
        ("参加工作时间", _BLANK),
        ("工作单位及职务（职称/技能等级）", post),
        (one.document_kind, one.document),
        ("何时何地受过何种奖励", won),
        ("备注", remark(one, is_alone=True)),
    )


def _checklists(approved: Sequence[Approved], packs: Sequence[Pack], sample: str) -> tuple[Checklist, ...]:
    """One list for each pack that states its papers; a sample from another place where a pack states none."""
    by_id = {pack.id: pack for pack in packs}
    found: dict[tuple[str, str], Checklist] = {}
    for one in approved:
        pack = by_id.get(one.pack_id)
        stated = None if pack is None else stated_papers(pack, one.wanted)
        if pack is not None and stated is not None:
            found.setdefault(
                (pack.id, one.wanted), _checklist(f"申报材料清单：{one.wanted}", pack, *stated, is_sample=False)
            )
        elif sample in by_id:
            key = next(iter(by_id[sample].papers))
            listed = stated_papers(by_id[sample], key)
            if listed is not None:
                found.setdefault(
                    (sample, ""), _checklist("申报材料清单（参考）", by_id[sample], *listed, is_sample=True)
                )
    return tuple(found.values())


def stated_papers(pack: Pack, name: str) -> tuple[tuple[str, ...], Citation] | None:
    """The list of papers that a pack states for an honour, or for all of them, with its citation; None without one."""
    for key in (name, "*"):
        cited = pack.papers.get(key)
        if cited is not None and isinstance(cited.value, tuple):
            return tuple(str(item) for item in cited.value), cited.citation
    return None


def _checklist(heading: str, pack: Pack, items: tuple[str, ...], citation: Citation, *, is_sample: bool) -> Checklist:
    note = f"依据：{source_words(citation)}。"
    if is_sample:
        note = f"适用的规则没有写明材料，以下为《{pack.title}》的清单，供参考，以主管机关的通知为准。{note}"
    return Checklist(heading, items, note)


def source_words(citation: Citation) -> str:
    """Where a value stands, with its words and how far the source may be trusted."""
    clause = citation.clause or "条款号未见"
    mark = f"{'' if is_verified(citation.confidence) else '未核实，'}{CONFIDENCE[citation.confidence]}"
    return f"{citation.source.document}，{clause}，{quoted(citation)}（{mark}）"


def _reasons(approved: Sequence[Approved]) -> Table:
    columns = ("序号", "姓名", "推荐事项", "核对结果", "条款", "原文", "来源", "核实程度")
    rows = [
        (
            str(number),
            one.name,
            one.matter,
            reason["finding"],
            reason["clause"],
            reason["quote"],
            reason["document"],
            _mark(reason),
        )
        for number, one in enumerate(approved, start=1)
        for reason in one.answer["reasons"]
    ]
    return Table("推荐理由与依据", columns, tuple(rows), (2, 4, 6, 9, 5, 14, 10, 6))


def _mark(reason: Mapping[str, str]) -> str:
    words = reason["verification_text"]
    return words if is_verified(reason["verification"]) else f"未核实：{words}"


def _decisions(approved: Sequence[Approved]) -> Table:
    columns = ("序号", "姓名", "推荐事项", "审定人", "审定时间", "审定理由", "尚须核实或备齐")
    rows = [
        (
            str(number),
            one.name,
            one.matter,
            one.decided_by,
            "" if one.decided_at is None else f"{one.decided_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            one.decision_reason,
            "；".join(one.answer["missing"]),
        )
        for number, one in enumerate(approved, start=1)
    ]
    return Table("审定记录", columns, tuple(rows), (2, 4, 6, 4, 5, 12, 14))


KINDS: Mapping[str, Kind] = {
    PROMOTION: Kind(
        PROMOTION,
        message("晋升职业技能等级人员花名册"),
        message(
            "未核实：本表栏目按通行做法拟定，未见主管机关的正式式样，报送前请与人社部门核对栏目；发证单位、用章与证书编号以回传为准。"
        ),
        _promotion,
        is_wide=True,
    ),
    HONOUR: Kind(
        HONOUR,
        message("技术能手等称号推荐候选人汇总表"),
        message("未核实：汇总表的栏目按通行做法拟定，未见主管机关的正式式样，报送前请核对栏目。"),
        _honour,
        is_wide=True,
    ),
    MEDAL: Kind(
        MEDAL,
        message("五一劳动奖章推荐审批表"),
        message(
            "未核实：审批表的栏目按通行做法拟定，未见总工会的正式式样，报送前请核对栏目；"
            "空格由推荐单位填写，按所见通知须 A3 双面打印、一式三份。"
        ),
        _medal,
        is_wide=False,
    ),
}
"""The papers by the kind of benefit that they are for."""
