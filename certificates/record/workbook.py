"""Writes a record as a workbook: what was taken part in, what followed, which levels; each line with its source."""

from collections.abc import Iterable
from datetime import datetime

from certificates.papers.forms import level_words
from certificates.record.entries import Entry, Fact, Level, Made, Outcome, Record
from core.clock import BEIJING
from core.spreadsheets import Cell, SheetPlan, write_xlsx

STATUSES = {
    "registered": "已报名",
    "present": "已到场",
    "absent": "缺考",
    "withdrawn": "弃权",
    "disqualified": "取消资格",
}
BENEFITS = {"promotion": "晋级", "honour": "称号", "medal": "奖章"}
DECISIONS = {"flagged": "符合条件", "needs_facts": "待补事实", "not_eligible": "不符合条件"}
STATES = {"open": "待审定", "approved": "同意推荐", "rejected": "不予推荐"}
PAPERS = {"valid": "有效", "revoked": "已撤销", "replaced": "已换发"}
_NOTE = "推荐只是按规则核对并经人审定的意见；是否晋升、授予以有权机关的决定为准。证件号码不在本表上。"


def workbook(record: Record) -> bytes:
    """The record as XLSX, a sheet for each kind of thing.

    Args:
        record: what to write; the masked document number stays away from the file.
    """
    title = f"{record.name} 参赛与获奖档案"
    return write_xlsx(
        [
            SheetPlan(
                "参赛与名次",
                [[title], [_NOTE], TAKEN_PART, *map(_taken_part, record.entries)],
                header_row=2,
                widths={0: 12, 1: 36, 2: 24, 3: 20, 4: 14, 5: 28, 6: 10, 7: 10, 8: 10, 9: 10, 10: 14, 11: 40},
            ),
            SheetPlan(
                "推荐与证书",
                [[title], FOLLOWED, *_followed(record.entries)],
                header_row=1,
                widths={0: 36, 1: 24, 2: 10, 3: 26, 4: 14, 5: 18, 6: 30, 7: 60},
            ),
            SheetPlan(
                "技能等级",
                [[title], LEVELS, *map(_level, record.levels)],
                header_row=1,
                widths={0: 12, 1: 18, 2: 30, 3: 60},
            ),
            SheetPlan(
                "称号与声明",
                [[title], FACTS, *(_fact(entry, fact) for entry in record.entries for fact in entry.facts)],
                header_row=1,
                widths={0: 12, 1: 20, 2: 26, 3: 12, 4: 70, 5: 30, 6: 36},
            ),
            SheetPlan(
                "创新成果",
                [[title], MADE, *(_innovation(entry, made) for entry, made in record.innovations)],
                header_row=1,
                widths={0: 12, 1: 36, 2: 14, 3: 12, 4: 28, 5: 18, 6: 36, 7: 26, 8: 50},
            ),
        ]
    )


TAKEN_PART = [
    "开赛日",
    "竞赛",
    "主办单位",
    "赛项",
    "代表队",
    "工作单位",
    "身份",
    "参赛状态",
    "名次",
    "总成绩",
    "奖项",
    "出处",
]
FOLLOWED = ["竞赛", "赛项", "类别", "事项", "核对结论", "审定", "审定理由", "出处"]
LEVELS = ["日期", "技能等级", "证书编号", "出处"]
FACTS = ["日期", "登记", "事项", "依据", "来源", "撤回", "竞赛"]
MADE = ["日期", "成果", "类别", "阶段", "单位", "经济效益（万元）", "计算依据", "文件或编号", "登记"]


def _taken_part(entry: Entry) -> list[Cell]:
    place = entry.place
    shown = ["", "", "", "成绩尚未成为最终成绩"]
    if place is not None:
        source = f"最终成绩第 {place.snapshot} 号，{_moment(place.published_at)} 公布，有名次者 {place.field}"
        shown = [place.rank, place.total, place.prize, source]
    return [
        entry.opens_on.isoformat(),
        entry.competition,
        entry.host,
        str(entry.event),
        entry.delegation,
        entry.unit,
        entry.identity,
        STATUSES[entry.status],
        *shown,
    ]


def _followed(entries: Iterable[Entry]) -> Iterable[list[Cell]]:
    for entry in entries:
        at = [entry.competition, str(entry.event)]
        for one in entry.outcomes:
            decided = f"{STATES[one.state]} {one.decided_by}".strip()
            source = "，".join(filter(None, (one.document, one.clause, f"规则包 {one.pack_id}")))
            yield [*at, BENEFITS[one.benefit], matter(one), DECISIONS[one.decision], decided, one.reason, source]
        for paper in entry.papers:
            source = f"证书编号 {paper.number}，核验码 {paper.code}，{paper.issued_on} 颁发"
            yield [*at, "证书", paper.prize, "", PAPERS[paper.state], "", source]


def matter(one: Outcome) -> str:
    """What an outcome is about, in words."""
    if one.benefit != "promotion":
        return one.name
    return f"晋升{level_words(int(one.name))}" if one.name else "晋升职业技能等级（等级待定）"


def _level(found: Level) -> list[Cell]:
    source = "主管机关回传的名单" if found.is_issued else "报名时填报"
    return [found.day.isoformat(), level_words(found.level), found.number, f"{source}：{found.competition}"]


def _fact(entry: Entry, fact: Fact) -> list[Cell]:
    day = fact.on.isoformat() if fact.on else ""
    ground = "授予文件" if fact.is_document else "声明"
    return [day, fact.words, fact.matter, ground, str(fact.source), str(fact.withdrawn), entry.competition]


def _innovation(entry: Entry, made: Made) -> list[Cell]:
    day = made.on.isoformat() if made.on else ""
    recorded = f"{made.recorded_by}{_moment(made.recorded_at)}在《{entry.competition}》登记"
    benefit = "未填" if made.benefit is None else made.benefit
    return [day, made.name, made.kind, made.stage, made.unit, benefit, made.basis, made.document, recorded]


def _moment(value: datetime) -> str:
    return f"{value.astimezone(BEIJING):%Y-%m-%d}"
