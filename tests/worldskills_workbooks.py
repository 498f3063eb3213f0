"""Workbooks of the WorldSkills form, made for tests: full or short, columns in any order, any cell spoiled."""

from collections.abc import Iterable, Mapping, Sequence

from core.spreadsheets import Cell, SheetPlan, write_xlsx

FULL_HEADINGS: Mapping[str, str] = {
    "sub_id": "Sub\nCriterion\nID",
    "sub_name": "Sub Criterion\nName or Description",
    "day": "Day of Marking",
    "type": "Aspect\nType\nM = Meas\nJ = Judg",
    "description": "Aspect - Description",
    "score": "Judg Score",
    "extra": "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "requirement": "Requirement\n(Measurement Only)",
    "section": "WSOS Section",
    "calculation": "Calculation Row \n(Export only)",
    "max": "Max\nMark",
}
SHORT_HEADINGS: Mapping[str, str] = {
    "max": "Max Mark",
    "sub_id": "Sub Criteria ID",
    "sub_name": "Sub Criteria Name or Description",
    "type": "Aspect Type\nM=Meas J=Judg",
    "description": "Aspect - Description",
    "score": "Judg Score",
    "extra": "Extra Aspect Description (Meas or Judg)\nOR Judgement Score",
}
CHINESE_HEADINGS: Mapping[str, str] = {
    "sub_id": "子标准编号",
    "sub_name": "子标准名称或描述",
    "type": "评分项类型\n（M＝测量 J＝评判）",
    "description": "评分项描述",
    "score": "评判分（0–3）",
    "extra": "补充描述或评判分描述",
    "section": "标准章节",
    "max": "最高分",
}

Row = Mapping[str, Cell]

LADDER: tuple[Row, ...] = tuple(
    {"score": float(point), "extra": words} for point, words in enumerate(["未做", "达到", "部分超过", "优秀"])
)


def aspect(kind: str, description: str, maximum: Cell, section: Cell = 1.0, **more: Cell) -> Row:
    """A row that opens an aspect."""
    return {"type": kind, "description": description, "max": maximum, "section": section, **more}


def sub(code: str, name: str = "", day: Cell = "1") -> Row:
    """A row that opens a sub criterion."""
    return {"sub_id": code, "sub_name": name or f"子标准 {code}", "day": day}


def good_blocks() -> dict[str, list[Row]]:
    """Two criteria worth 6 and 4 marks: three sub criteria, four measurements, two judgements, two headings."""
    return {
        "A": [
            sub("A1", "布局"),
            aspect("J", "整体印象", 1.5, 1.0),
            *LADDER,
            {},
            aspect("M", "有标志", 0.5, 2.0, extra="每错一处扣 0.25", requirement="120 px"),
            {"extra": "以 Chrome 为准"},
            sub("A2", "动画", 2.0),
            {"description": "页头"},
            aspect("M", "滚动平滑", 2.0, 2.0),
            {"description": "页脚"},
            aspect("M", "年份自动更新", 2.0, 2.0),
        ],
        "B": [sub("B1", "代码"), aspect("M", "无错误", 2.0, 3.0), aspect("J", "可读", 2.0, 3.0), *LADDER],
    }


SECTIONS: tuple[tuple[Cell, ...], ...] = ((1.0, "组织", 2.0, 1.5), (2.0, "前端", 4.0, 9.0), (3.0, "后端", 4.0, 4.0))
CALCULATIONS: tuple[tuple[str, str, str], ...] = (
    (
        "扣 0.25",
        "REGULAR_DIFFERENCE_DEDUCTION",
        "DEDUCTION_TYPE:::#x~x#UNIT#-#TARGET_VALUE:::0E-8#x~x##-#DIFFERENCE:::1.00000000#x~x##-#"
        "DIFFERENCE_TYPE:::#x~x#UNIT#-#DEDUCTION:::0.25000000#x~x#",
    ),
    (
        "三选一",
        "CHOICE",
        "DEDUCTION_TYPE:::#x~x#UNIT#-#CHOICE3_LABEL:::#x~x#不给分#-#CHOICE2_DEDUCTION:::0.75000000#x~x##-#"
        "CHOICE2_LABEL:::#x~x#部分#-#CHOICE1_DEDUCTION:::0E-8#x~x##-#CHOICE1_LABEL:::#x~x#满分#-#"
        "CHOICE3_DEDUCTION:::9.00000000#x~x#",
    ),
)


def make_workbook(
    blocks: Mapping[str, Iterable[Row]],
    headings: Mapping[str, str] = FULL_HEADINGS,
    sections: Sequence[Sequence[Cell]] = SECTIONS,
    criteria: Sequence[tuple[str, str, Cell]] = (("A", "设计", 6.0), ("B", "开发", 4.0)),
    calculations: Sequence[tuple[str, str, str]] = CALCULATIONS,
    total: Cell = 10.0,
) -> bytes:
    """The bytes of a workbook: the tables at its head, then each criterion under its own headings."""
    rows: list[list[Cell]] = [["99 网站技术"], []]
    if sections:
        rows += [["职业标准"], ["Section", "WSOS Marks", "", "WSOS Marks", "Aspect Marks"]]
        rows += [[code, name, "", marks, typed] for code, name, marks, typed in sections]
        rows.append([])
    if criteria:
        rows += [["Criteria"], ["ID", "Name", "Mark"], *([*line] for line in criteria), []]
    names = list(headings)
    for letter, lines in blocks.items():
        rows.append([*headings.values(), f"Criterion {letter}"])
        rows += [[line.get(name, "") for name in names] for line in lines]
        rows.append([])
    rows.append([*[""] * len(names), "Competition", "Total\nMark", total])
    plans = [SheetPlan("CIS Marking Scheme Import", rows)]
    if calculations:
        lines = [["", "", "", ""], *([name, kind, True, parameters] for name, kind, parameters in calculations)]
        plans.append(SheetPlan("Calculations", lines))
    return write_xlsx(plans)
