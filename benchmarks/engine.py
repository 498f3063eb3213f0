"""The scoring engine against what bounds it in the same run: numpy's sort, a C reader of CSV, and its own growth."""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.table import Figure, report, time_against
from scoring.engine.columns import from_whole
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_ranking import FieldRanking, rank_field
from scoring.engine.plan_values import EMPTY, Cells
from scoring.engine.ranking import rank
from scoring.engine.scheme import ROOT, Scheme
from scoring.engine.totals import evaluate
from scoring.formats.mass_csv import read_mass_marks
from scoring.formats.yaml_scheme import load_scheme

CONTESTANTS = 1_000_000
MODULES, JUDGES = 5, 5
KEYS = ("total", "M3", "M4")
WEIGHTS = (10, 20, 30, 25, 15)

TRIMMED = "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1, round: 2}"
SCHEMES = {
    "去高去低平均": TRIMMED,
    "中间三分之和、乘系数、截断": "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1, combine: sum}, "
    "steps: [{divide: 3}, {round: {places: 2, mode: down}}]",
    "容差与中位数": "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1, tolerance: 6, round: 2}, "
    "steps: [{piecewise: [[0, 0], [60, 50], [100, 100]]}, {round: 2}]",
    "缺评以平均分代": "max: 100, panel: {judges: 5, missing: mean_of_given, drop_high: 1, drop_low: 1, round: 2}",
}


def scheme_of(module: str) -> Scheme:
    """Five modules weighted by percent; ties by modules 3 and 4, then by time."""
    children = "".join(
        f"  - {{code: M{number}, weight: {weight}, {module}}}\n" for number, weight in enumerate(WEIGHTS, start=1)
    )
    ranking = "ranking: {ties: [M3, M4, {time: low}]}\n"
    return load_scheme(f"title: 大众赛\nweights: percent\nround: 2\nchildren:\n{children}{ranking}")


def field_of(count: int, missing: float = 0.0) -> tuple[FieldMarks, np.ndarray]:
    """Random marks in steps of 0.05 and finish times."""
    random = np.random.default_rng(7)
    base = random.integers(4000, 9500, count)
    marks: dict[str, dict[str, Cells]] = {}
    for module in range(1, MODULES + 1):
        own: dict[str, Cells] = {}
        for judge in range(1, JUDGES + 1):
            values = (base + random.integers(-500, 501, count)).clip(0, 10000)
            gaps = random.random(count) < missing
            state = np.where(gaps, EMPTY, 0).astype(np.uint8) if missing else None
            own[f"J{judge}"] = Cells(from_whole(values - values % 5, 100), state)
        marks[f"M{module}"] = own
    times = random.integers(3600, 14400, count)
    return FieldMarks(count, marks, {"time": {ROOT: Cells(from_whole(times))}}), times


def best_of(times: int, work: Callable[[], object]) -> float:
    """Shortest duration in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def sort_alone(ranking: FieldRanking, times: np.ndarray) -> float:
    """numpy.lexsort over the same four keys."""
    total, third, fourth = (ranking.columns[name].values.num.values for name in KEYS)
    return best_of(3, lambda: np.lexsort((times, -fourth, -third, -total)))


def million() -> list[Figure]:
    """A million contestants from arrays to places, for several schemes."""
    figures = []
    for name, module in SCHEMES.items():
        scheme = scheme_of(module)
        field, times = field_of(CONTESTANTS, 0.02 if "缺评" in name else 0.0)
        ranking = rank_field(scheme, field, keep=KEYS)
        bound = sort_alone(ranking, times)
        seconds = best_of(3, lambda s=scheme, f=field: rank_field(s, f, keep=KEYS))
        what = f"一百万人×{MODULES}×{JUDGES} 到名次：{name}"
        figures.append(time_against(what, seconds, "同四键 numpy.lexsort", bound, 1 / 3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    figures.append(Figure("进程峰值内存（含输入）", peak, "GiB", "上限", 2.0, 2.0 / peak, 1.0))
    return figures


def growth() -> list[Figure]:
    """Cost per contestant · log₂ n from a thousand to a million."""
    scheme = scheme_of(TRIMMED)
    figures = []
    first = None
    for count in (10**3, 10**4, 10**5, 10**6):
        field, _ = field_of(count)
        seconds = best_of(3, lambda f=field: rank_field(scheme, f))
        unit = seconds / (count * np.log2(count)) * 1e9
        first = first or unit
        figures.append(Figure(f"{count:,} 人：每人每 log₂n", unit, "纳秒", "一千人时", first, first / unit, 1.0))
    return figures


def small_event() -> Figure:
    """Fifty contestants, twelve aspects, five judges, reckoned anew from checked marks to places."""
    children = "".join(
        f"  - code: G{group}\n    weight: 25\n    max: 30\n    children:\n      - {{codes: "
        f"[A{group}1, A{group}2, A{group}3], max: 10, step: 0.05, "
        "panel: {judges: 5, drop_high: 1, drop_low: 1, round: 2}}\n"
        for group in range(1, 5)
    )
    scheme = load_scheme(f"title: 小赛\nweights: percent\nround: 2\nchildren:\n{children}ranking: {{ties: [G1, G2]}}\n")
    random = np.random.default_rng(1)
    rows = [
        MarkRow(str(who), aspect.id, f"J{judge}", f"{random.integers(100, 201) / 20:.2f}")
        for who in range(50)
        for aspect in scheme.aspects()
        for judge in range(5)
    ]
    marks = collect_marks(scheme, rows)
    seconds = best_of(30, lambda: rank(evaluate(scheme, marks)))
    return Figure("50 人×12 项×5 裁判重算到名次", seconds * 1000, "毫秒", "上限", 5.0, 0.005 / seconds, 1.0)


def five_million_rows() -> Figure:
    """A CSV of five million marks to places, beside the C reader of pandas that only parses it."""
    scheme = scheme_of(TRIMMED)
    data = csv_of(200_000)
    bound = best_of(2, lambda: pd.read_csv(io.BytesIO(data)))

    def ranked() -> None:
        mass = read_mass_marks(data, scheme)
        if mass is None:
            raise SystemExit("the file should have been plain")
        rank_field(scheme, mass.marks)

    return time_against("五百万条评分的 CSV 到名次", best_of(2, ranked), "pandas 仅解析", bound, 1 / 3)


def csv_of(count: int) -> bytes:
    """Marks of `count` contestants as a file."""
    random = np.random.default_rng(3)
    values = (random.integers(800, 2001, (count, MODULES, JUDGES)) * 5).tolist()
    lines = ["contestant,aspect,judge,value\n"]
    for number, modules in enumerate(values):
        lines += [
            f"C{number:07d},M{module},J{judge},{mark // 100}.{mark % 100:02d}\n"
            for module, marks in enumerate(modules, start=1)
            for judge, mark in enumerate(marks, start=1)
        ]
    return "".join(lines).encode()


def run() -> list[Figure]:
    """All figures."""
    return [small_event(), *growth(), *million(), five_million_rows()]


if __name__ == "__main__":
    sys.exit(0 if report("engine", run()) else 1)
