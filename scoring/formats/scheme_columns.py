"""The columns of a scheme workbook: which key of a node stands under which Chinese heading, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.engine.problems import Path

TREE, GENERAL, RULES, NOTES = "评分方案", "总则", "细则", "备注"
"""Names of the sheets: the tree of nodes, the keys of the whole, further keys of nodes, and what is not read."""

GENERAL_HEADINGS = ("键", "值")
RULES_HEADINGS = ("节点", "名称", "键", "值")
WHOLE = "total"
OPTIONS: Path = ("options",)

_LEVEL = re.compile(r"第 ?(\d{1,2}) ?层")
_BENCHMARK = re.compile(r"基准 ?(\d{1,4}(?:\.\d{1,4})?)")
BENCHMARK_KEY = re.compile(r"\d{1,4}(?:\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the tree.

    Attributes:
        heading: as it is written.
        path: key path within the node.
        width: in characters.
        words: word of the document → word in the cell.
        is_text: names and descriptions never become numbers.
        is_always: it is written even where no node has the key, to be filled in.
    """

    heading: str
    path: Path
    width: float = 9
    words: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = False
    is_always: bool = False


KINDS = {
    "points": "打分",
    "external": "外部成绩",
    "judgement": "评判",
    "measurement": "测量",
    "yes_no": "是否",
    "choice": "选项",
    "count": "计数",
    "indicator": "指标",
    "deduction": "扣分",
    "veto": "否决",
    "disqualification": "取消资格",
}
LEVEL_WORDS = {
    "event": "赛项",
    "stage": "阶段",
    "module": "模块",
    "criterion": "标准",
    "sub_criterion": "子标准",
    "group": "组",
    "aspect": "评分项",
}
MISSING_WORDS = {"incomplete": "等待", "nothing": "不参加", "zero": "计零"}
WEIGHT_WORDS = {"marks": "按分值", "percent": "按百分比", "coefficient": "按系数"}

COLUMNS = (
    Column("名称", ("label",), 30, is_text=True, is_always=True),
    Column("级别", ("level",), 9, LEVEL_WORDS, is_always=True),
    Column("评分方式", ("kind",), 10, KINDS, is_always=True),
    Column("满分", ("max",), is_always=True),
    Column("权重", ("weight",), is_always=True),
    Column("权重方式", ("weights",), 10, WEIGHT_WORDS),
    Column("最低分", ("min",)),
    Column("分值间隔", ("step",), is_always=True),
    Column("录入下限", ("entry", "min")),
    Column("录入上限", ("entry", "max")),
    Column("录入间隔", ("entry", "step")),
    Column("单位", ("entry", "unit"), is_text=True),
    Column("每次扣分", ("each",)),
    Column("评委组", ("panel",), 14, is_text=True, is_always=True),
    Column("保留小数", ("round",)),
    Column("未评时", ("missing",), 9, MISSING_WORDS),
    Column("及格线", ("gate", "at_least")),
    Column("引用", ("value_of",), is_text=True),
    Column("标准章节", ("standard",), is_text=True),
    Column("评分日", ("judged_on",), 11, is_text=True),
    Column("说明", ("description",), 40, is_text=True, is_always=True),
    Column("依据", ("source",), 20, is_text=True),
    Column("选项", OPTIONS, 24, is_text=True),
)
_BY_HEADING = {column.heading: column for column in COLUMNS}


def level_heading(depth: int) -> str:
    """Heading of the column that holds the codes of nodes so deep; the event's parts are at depth 1."""
    return f"第{depth}层"


def level_of(heading: str) -> int | None:
    """The depth that a heading stands for; None if it is another column."""
    match = _LEVEL.fullmatch(heading)
    return int(match.group(1)) if match else None


def benchmark_column(point: str) -> Column:
    """The column that describes one point of a judgement scale."""
    return Column(f"基准{point}", ("benchmarks", point), 24, is_text=True)


def known_column(heading: str) -> Column | None:
    """The column with this heading; None if it is no Chinese heading of this form."""
    match = _BENCHMARK.fullmatch(heading)
    return benchmark_column(match.group(1)) if match else _BY_HEADING.get(heading)
