"""The report on judges as data for programs and as text for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from scoring.engine.analysis import Affinity, Agreement, JudgesReport, Outlier, Severity
from scoring.engine.exact import Rounding, decimal_text, round_exact
from scoring.engine.items import ItemFigures
from scoring.engine.scheme import Scheme

PLACES = 4
"""Decimals of a figure in the report."""

TIES = {"unit": "本单位", "city": "本市（代表队）"}


def figure(value: Fraction | None, places: int = PLACES) -> str | None:
    """A figure as a decimal string, rounded half up; None stays None."""
    return None if value is None else decimal_text(round_exact(value, Rounding.to_places(places)), places)


def _spread(value: float | None) -> str | None:
    return None if value is None else f"{value:.{PLACES}f}"


def report_document(report: JudgesReport) -> dict[str, Any]:
    """The report as JSON-able data; figures are decimal strings of four places, None where not defined."""
    return {
        "marks": report.count,
        "modules": dict(report.scopes),
        "severity": [_severity(line) for line in report.severity],
        "agreement": [_agreement(line) for line in report.agreement],
        "outliers": [_outlier(line) for line in report.outliers],
        "affinity": [_affinity(line) for line in report.affinity],
    }


def items_document(lines: Sequence[ItemFigures]) -> list[dict[str, Any]]:
    """Figures of aspects as JSON-able data, as `report_document`."""
    return [
        {
            "aspect": line.aspect,
            "contestants": line.count,
            "difficulty": figure(line.difficulty),
            "discrimination": figure(line.discrimination),
            "item_rest": _spread(line.item_rest),
            "note": line.note,
        }
        for line in lines
    ]


def items_text(lines: Sequence[ItemFigures], scheme: Scheme) -> str:
    """Figures of aspects for reading."""
    rows = [_row("评分项", "选手数", "难度", "区分度", "与其余总分相关", "提示")]
    for line in lines:
        figures = (figure(line.difficulty), figure(line.discrimination), _spread(line.item_rest))
        rows.append(_row(_named(scheme, line.aspect), str(line.count), *figures, line.note))
    return "\n".join(rows) + "\n"


def _severity(line: Severity) -> dict[str, Any]:
    return {
        "module": line.scope,
        "judge": line.judge,
        "marks": line.count,
        "mean_difference": figure(line.mean),
        "mean_share": figure(line.share),
        "standard_deviation": _spread(line.deviation),
    }


def _agreement(line: Agreement) -> dict[str, Any]:
    return {
        "node": line.node,
        "judges": line.judges,
        "performances": line.performances,
        "left_out": line.left_out,
        "kendall_w": figure(line.kendall_w),
        "icc_a_1": figure(line.icc_single),
        "icc_a_k": figure(line.icc_mean),
        "alpha_interval": figure(line.alpha_interval),
        "alpha_ordinal": figure(line.alpha_ordinal),
    }


def _outlier(line: Outlier) -> dict[str, Any]:
    found = line.deviation
    return {
        "module": found.scope,
        "aspect": found.aspect,
        "contestant": found.contestant,
        "judge": found.judge,
        "mark": decimal_text(found.mark),
        "others_mean": figure(found.others),
        "difference": figure(found.difference),
        "distance": figure(line.distance),
        "usual_distance": figure(line.usual),
        "score": figure(line.score),
    }


def _affinity(line: Affinity) -> dict[str, Any]:
    return {
        "module": line.scope,
        "judge": line.judge,
        "tie": line.tie,
        "own_marks": line.own_count,
        "other_marks": line.other_count,
        "own_mean": figure(line.own_mean),
        "other_mean": figure(line.other_mean),
        "difference": figure(line.difference),
        "is_share": line.is_share,
    }


def report_text(report: JudgesReport, scheme: Scheme) -> str:
    """The report for reading, one table for each of its parts."""
    lines = [f"{scheme.title}：裁判评分分析，共 {report.count} 个分"]
    if not report.count:
        return f"{lines[0]}\n没有由两名以上裁判评的分，无从分析\n"
    for build in (_severity_lines, _agreement_lines, _outlier_lines, _affinity_lines):
        lines += ["", *build(report, scheme)]
    return "\n".join(lines) + "\n"


def _row(*cells: str | None) -> str:
    return "\t".join("—" if cell is None else cell for cell in cells)


def _named(scheme: Scheme, node: str) -> str:
    label = scheme.nodes[node].label
    return label if label == node else f"{node} {label}"


def _percent(value: Fraction | None) -> str | None:
    return None if value is None else f"{figure(value * 100, 2)}%"


def _severity_lines(report: JudgesReport, scheme: Scheme) -> Iterator[str]:
    yield "一、宽严（本人分减其余裁判平均分的均值，负为严）"
    yield _row("模块", "裁判", "分数", "平均差", "占量程", "标准差")
    for line in report.severity:
        label = report.scopes[line.scope]
        cells = (figure(line.mean), _percent(line.share), _spread(line.deviation))
        yield _row(label, line.judge, str(line.count), *cells)


def _agreement_lines(report: JudgesReport, scheme: Scheme) -> Iterator[str]:
    yield "二、一致性（1 为完全一致）"
    yield _row("对象", "裁判数", "选手数", "未评全", "W", "ICC(A,1)", "ICC(A,k)", "α 等距", "α 顺序")
    for line in report.agreement:
        measures = (line.kendall_w, line.icc_single, line.icc_mean, line.alpha_interval, line.alpha_ordinal)
        counts = (line.judges, line.performances, line.left_out)
        label = _named(scheme, line.node)
        yield _row(label, *(str(count) for count in counts), *(figure(value) for value in measures))


def _outlier_lines(report: JudgesReport, scheme: Scheme) -> Iterator[str]:
    yield f"三、离群分（{len(report.outliers)} 个，稳健 z 值超过 3.5）"
    if report.outliers:
        yield _row("评分项", "选手", "裁判", "给分", "其余平均", "差", "距中位数", "本人通常", "z")
    for line in report.outliers:
        found = line.deviation
        values = (found.others, found.difference, line.distance, line.usual, line.score)
        figures = (decimal_text(found.mark), *map(figure, values))
        yield _row(_named(scheme, found.aspect), found.contestant, found.judge, *figures)


def _affinity_lines(report: JudgesReport, scheme: Scheme) -> Iterator[str]:
    yield "四、亲缘（给本单位、本市选手的平均差，与给其他选手的相比）"
    if not report.affinity:
        yield "没有裁判与选手同属的资料，或没有这样的评分"
        return
    yield _row("模块", "裁判", "关系", "本方分数", "其他分数", "本方平均差", "其他平均差", "相差")
    for line in report.affinity:
        shown: Callable[[Fraction], str | None] = _percent if line.is_share else figure
        counts = (str(line.own_count), str(line.other_count))
        values = map(shown, (line.own_mean, line.other_mean, line.difference))
        yield _row(report.scopes[line.scope], line.judge, TIES[line.tie], *counts, *values)
