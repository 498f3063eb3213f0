"""Writes registration workbooks: the empty template, and a delegation's own one with marks where it has to mend."""

from collections.abc import Sequence

from competitions.roster.columns import FIELD_NAMES, Field
from competitions.roster.facts import UnitNature
from competitions.roster.findings import Severity
from competitions.roster.reading import Outcome, RosterReading, RosterRow
from core.identity import DocumentKind
from core.spreadsheets import Cell, Choices, Note, NoteTone, Sheet, SheetPlan, cell_text, write_xlsx

TEMPLATE_ROWS = 500
_TEMPLATE_FIELDS: tuple[tuple[Field, float], ...] = (
    (Field.DELEGATION, 16),
    (Field.NAME, 12),
    (Field.SEX, 6),
    (Field.ID_KIND, 16),
    (Field.ID_NUMBER, 22),
    (Field.UNIT, 32),
    (Field.EVENT, 26),
    (Field.GROUP, 10),
    (Field.LEVEL, 18),
    (Field.PHONE, 15),
    (Field.UNIT_NATURE, 14),
    (Field.RURAL_MIGRANT, 10),
    (Field.NEW_EMPLOYMENT, 12),
)
LEVEL_CHOICES = ("一级/高级技师", "二级/技师", "三级/高级工", "四级/中级工", "五级/初级工", "无")
GROUP_CHOICES = ("职工组", "学生组", "教师组")
_TEMPLATE_ADVICE = (
    "每人一行；同一人报两个赛项填两行。",
    "姓名须与证件一致；少数民族姓名中间用“·”。生僻字请用标准输入法输入，不要用自造字。",
    "证件号码、联系电话两列已设为文本格式，请勿改为数值：数值只保留前15位。",
    "没有居民身份证的选手请选择相应的证件类型。",
    "技能等级按已取得的证书填写，没有则选“无”。",
    "单位性质、是否农民工、是否新就业形态劳动者只用于统计，可以不填；不填不影响报名。",
    "可以改变列的顺序、增加别的列，表头的词保持原意即可。",
)
_WIDEST = 40.0


def corrected_workbook(sheets: Sequence[Sheet], reading: RosterReading) -> bytes:
    """The delegation's own workbook again, every wrong cell coloured and commented, and a list of all that is wrong.

    Args:
        sheets: the workbook as it was read.
        reading: what was found in it.

    Returns:
        The bytes of an XLSX file. Formats and pictures of the original are not kept; every value stands where it stood.
    """
    headers = {table.sheet: table.header_row - 1 for table in reading.tables}
    plans = [
        SheetPlan(
            sheet.name,
            sheet.rows,
            header_row=headers.get(sheet.name),
            merged=sheet.merged,
            notes=_notes(reading, sheet.name),
            tints={row.row - 1: _TONES[row.outcome] for row in reading.rows if _is_tinted(row, sheet.name)},
            widths=_widths(sheet.rows, headers.get(sheet.name)),
        )
        for sheet in sheets
        if not sheet.is_hidden
    ]
    return write_xlsx([*plans, _summary(reading, {plan.name for plan in plans})])


def template_workbook(events: Sequence[str], title: str = "参赛选手报名汇总表") -> bytes:
    """An empty registration workbook with lists to choose from, which `read_roster` understands.

    Args:
        events: the names of the competition's events, at least one.
        title: the line above the table.

    Returns:
        The bytes of an XLSX file.
    """
    fields = [of for of, _ in _TEMPLATE_FIELDS]
    heading: list[Cell] = ["序号", *(FIELD_NAMES[of] for of in fields)]
    values: dict[Field, tuple[tuple[str, ...], bool]] = {
        Field.SEX: (("男", "女"), True),
        Field.ID_KIND: (tuple(kind.value for kind in DocumentKind), True),
        Field.EVENT: (tuple(events), True),
        Field.GROUP: (GROUP_CHOICES, False),
        Field.LEVEL: (LEVEL_CHOICES, False),
        Field.UNIT_NATURE: (tuple(nature.value for nature in UnitNature), False),
        Field.RURAL_MIGRANT: (("是", "否"), False),
        Field.NEW_EMPLOYMENT: (("是", "否"), False),
    }
    table = SheetPlan(
        "报名汇总表",
        [[title], heading],
        header_row=1,
        choices=[
            Choices(1 + fields.index(of), 2, 1 + TEMPLATE_ROWS, listed, is_strict)
            for of, (listed, is_strict) in values.items()
        ],
        widths={0: 6.0, **{1 + column: width for column, (_, width) in enumerate(_TEMPLATE_FIELDS)}},
        text_columns=frozenset({1 + fields.index(Field.ID_NUMBER), 1 + fields.index(Field.PHONE)}),
    )
    advice = SheetPlan("填表说明", [[f"{n}. {line}"] for n, line in enumerate(_TEMPLATE_ADVICE, 1)], widths={0: 90.0})
    return write_xlsx([table, advice])


_TONES = {Outcome.ERROR: NoteTone.ERROR, Outcome.WARNING: NoteTone.WARNING}


def _is_tinted(row: RosterRow, sheet: str) -> bool:
    return row.sheet == sheet and row.outcome in _TONES


def _notes(reading: RosterReading, sheet: str) -> dict[tuple[int, int], Note]:
    columns = next((table.columns for table in reading.tables if table.sheet == sheet), {})
    name_column = columns[Field.NAME][0] if columns else 1
    notes: dict[tuple[int, int], Note] = {}
    for row in reading.rows:
        if row.sheet != sheet:
            continue
        for found in row.findings:
            if found.severity is Severity.NOTE:
                continue
            column = columns[found.field][0] if found.field in columns else name_column
            tone = NoteTone.ERROR if found.severity is Severity.ERROR else NoteTone.WARNING
            _add(notes, (row.row - 1, column - 1), Note(found.message, tone))
    return notes


def _add(notes: dict[tuple[int, int], Note], place: tuple[int, int], note: Note) -> None:
    """Findings come gravest first, so that the first one colours the cell."""
    first = notes.get(place)
    notes[place] = Note(f"{first.text}\n{note.text}", first.tone) if first else note


def _widths(rows: Sequence[Sequence[Cell]], header: int | None) -> dict[int, float]:
    if header is None:
        return {}
    widths: dict[int, float] = {}
    for row in rows[header : header + 200]:
        for column, value in enumerate(row):
            # Chinese characters are two columns of Latin text wide.
            length = sum(2 if character > "ÿ" else 1 for character in cell_text(value))
            widths[column] = min(_WIDEST, max(widths.get(column, 6.0), length + 2.0))
    return widths


def _summary(reading: RosterReading, taken: set[str]) -> SheetPlan:
    wrong = [row for row in reading.rows if row.outcome in (Outcome.ERROR, Outcome.WARNING)]
    lines: list[list[Cell]] = [["工作表", "行", "结果", "列", "说明"]]
    lines += [[row.sheet, row.row, _word(row), row.column, row.message] for row in wrong]
    lines += [["", "", "提示", "", problem] for problem in reading.problems]
    name = next(name for name in (f"核对结果{n or ''}" for n in range(len(taken) + 1)) if name not in taken)
    return SheetPlan(name, lines, header_row=0, widths={0: 16.0, 2: 8.0, 3: 16.0, 4: 90.0})


def _word(row: RosterRow) -> str:
    return "错误" if row.outcome is Outcome.ERROR else "请核对"
