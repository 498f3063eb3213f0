"""Writes a report as a workbook; every sheet says what is counted, and every rate its formula and source."""

from collections.abc import Iterable, Sequence

from certificates.statistics.figures import MEASURE_MEANINGS, MEASURE_NAMES, Measure
from certificates.statistics.innovating import FORMULAS, OWN_COUNTING, amount
from certificates.statistics.rates import NAMED_IN, OWN_PROPOSAL
from certificates.statistics.report import HEADINGS, HIDDEN, HIDDEN_NOTE, Report, Row, cell
from core.spreadsheets import Cell, SheetPlan, write_xlsx

_WIDE = {0: 36.0} | dict.fromkeys(range(1, 12), 14.0)


def workbook(report: Report) -> bytes:
    """The report as XLSX, equal for equal reports."""
    notes: list[list[Cell]] = [[HIDDEN_NOTE]] if report.is_public else []
    return write_xlsx(
        [
            SheetPlan("合计与分组", [*notes, *_groups(report)], header_row=len(notes), widths=_WIDE),
            SheetPlan("按单位", [["工作单位", *HEADINGS], *_rows(report.units)], header_row=0, widths=_WIDE),
            SheetPlan("按年度", [["年度", *HEADINGS], *_rows(report.years)], header_row=0, widths=_WIDE),
            SheetPlan("创新成果", list(_innovations(report)), header_row=0, widths={0: 36, 1: 12, 2: 20, 3: 20}),
            SheetPlan("参赛率与受益率", list(_rates(report)), header_row=2, widths={0: 36, 1: 10, 6: 70, 7: 50, 8: 40}),
            SheetPlan("口径", list(_meanings(report)), header_row=0, widths={0: 20, 1: 80}),
        ]
    )


def _number(value: int | None) -> Cell:
    return HIDDEN if value is None else value


def _groups(report: Report) -> Iterable[Sequence[Cell]]:
    yield ["分组", *HEADINGS, "参赛人次", "未填（报名）"]
    yield ["全部", *(_number(report.totals[measure]) for measure in Measure), _number(report.times), ""]
    for row in report.groups:
        figures = [_number(row.cells[measure]) for measure in Measure]
        yield [row.name, *figures, _number(row.times), _number(row.unknown)]
    yield ["参赛人次", _number(report.times)]
    yield ["参赛的人所在单位", _number(report.units_of_persons)]
    yield ["以单位参赛的赛项：参赛单位", report.units_in_contests]


def _rows(rows: Iterable[Row]) -> Iterable[Sequence[Cell]]:
    return ([row.name, *(_number(row.cells[measure]) for measure in Measure)] for row in rows)


def _innovations(report: Report) -> Iterable[Sequence[Cell]]:
    found = report.innovations
    yield ["类别", "项数", "填报经济效益的项数", "经济效益合计（万元）"]
    yield ["全部", _number(found.total), _number(found.stated), amount(found.stated, found.benefit)]
    for row in found.kinds:
        yield [row.name, _number(row.count), _number(row.stated), amount(row.stated, row.benefit)]
    yield ["其中已实施", _number(found.in_use)]
    yield []
    yield ["分组", "项数", "不明的项数"]
    for group in found.groups:
        yield [group.name, _number(group.count), _number(group.unknown)]
    yield []
    yield from ([formula] for formula in (*FORMULAS, OWN_COUNTING))


def _rates(report: Report) -> Iterable[Sequence[Cell]]:
    yield [NAMED_IN]
    yield ["各竞赛的应参赛职工数口径不同，不相加。"]
    yield ["竞赛", "指标", "数值", "分子", "分母", "分母出处", "公式", "公式依据", "备注"]
    for row in report.rates:
        terms = row.contest.terms
        for rate, is_hidden in zip(row.rates, row.is_hidden, strict=True):
            figures: list[Cell] = [rate.percent, rate.numerator, rate.denominator]
            shown = [HIDDEN] * 3 if is_hidden else figures
            of = terms.workforce_source if rate.name == "参赛率" else ""
            basis = terms.formula_source or OWN_PROPOSAL
            yield [row.contest.title, rate.name, *shown, of, str(rate.formula), basis, rate.remark]


def _meanings(report: Report) -> Iterable[Sequence[Cell]]:
    yield ["指标", "口径"]
    for measure in Measure:
        yield [MEASURE_NAMES[measure], MEASURE_MEANINGS[measure]]
    yield ["竞赛", "；".join(f"{one.title}（{one.year}）" for one in report.contests)]
    yield ["参赛人次", f"{cell(report.times)}，一人每参加一个赛项算一次"]
