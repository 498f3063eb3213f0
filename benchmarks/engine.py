"""The scoring engine against what bounds it in the same run: numpy's sort, the fastest CSV reader, its own growth."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

import numpy as np

from benchmarks.parts.engine_families import (
    FAMILIES,
    JUDGES,
    MODULES,
    Family,
    field_of,
    measured_apart,
    scheme_of,
    timed,
)
from benchmarks.table import Figure, report, time_against
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats.marks_file import WRITERS
from scoring.formats.mass_csv import as_marks, read_mass_marks
from scoring.formats.mass_json import mass_json
from scoring.formats.mass_results import mass_results
from scoring.formats.yaml_scheme import load_scheme

TIMES_OF_SORT, TIMES_OF_PARSING, TIMES_OF_CAREFUL = 3, 3, 3
GIB = 2.0
ROUNDS = 4


def million() -> list[Figure]:
    """A million contestants from arrays to places, for a scheme of every family of rules."""
    figures, peaks = [], []
    for number, family in enumerate(FAMILIES):
        found = measured_apart(number)
        what = f"一百万人×{MODULES}×{JUDGES} 到名次：{family.name}（峰值 {found['peak']:.2f} GiB）"
        bound = time_against(what, found["seconds"], "同四键 numpy.lexsort", found["bound"], 1 / TIMES_OF_SORT)
        figures.append(bound)
        peaks.append(found["peak"])
    most = max(peaks)
    return [*figures, Figure("其中进程峰值内存（含输入）最大者", most, "GiB", "上限", GIB, GIB / most, 1.0)]


def growth(family: Family) -> list[Figure]:
    """Cost per contestant · log₂ n from a thousand to a million."""
    scheme = scheme_of(family)
    figures = []
    first = None
    for count in (10**3, 10**4, 10**5, 10**6):
        field = field_of(family, count)
        seconds = min(timed(partial(rank_field, scheme, field)) for _ in range(ROUNDS))
        unit = seconds / (count * np.log2(count)) * 1e9
        first = first or unit
        what = f"{family.name}，{count:,} 人：每人每 log₂n"
        figures.append(Figure(what, unit, "纳秒", "一千人时", first, first / unit, 1.0))
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
    seconds = min(timed(lambda: rank(evaluate(scheme, marks))) for _ in range(200))
    return Figure("50 人×12 项×5 裁判重算到名次", seconds * 1000, "毫秒", "上限", 5.0, 0.005 / seconds, 1.0)


def _pandas(data: bytes) -> object:
    return import_module("pandas").read_csv(io.BytesIO(data))


def _pyarrow(data: bytes) -> object:
    return import_module("pyarrow.csv").read_csv(import_module("pyarrow").BufferReader(data))


def _polars(data: bytes) -> object:
    return import_module("polars").read_csv(io.BytesIO(data))


PARSERS: dict[str, Callable[[bytes], object]] = {"pandas": _pandas, "pyarrow": _pyarrow, "polars": _polars}
"""Readers that only parse; none of them is needed by the product, and those that are not installed are left out."""


def five_million_rows() -> list[Figure]:
    """A CSV of five million marks to places, and to the result file, in turns with the readers that only parse it."""
    scheme = scheme_of(FAMILIES[0])
    data = csv_of(200_000)

    def ranked() -> None:
        rank_field(scheme, _plain(read_mass_marks(data, scheme)).marks)

    def written() -> None:
        _plain(mass_results(scheme, _plain(read_mass_marks(data, scheme)))).to_csv()

    ours = {"到名次": ranked, "到结果文件（名次、依据、各模块成绩、并列）": written}
    wanted = {"到名次": 1 / TIMES_OF_PARSING}
    installed = {name: parse for name, parse in PARSERS.items() if find_spec(name)}
    times: dict[str, list[float]] = {name: [] for name in (*installed, *ours)}
    for _ in range(ROUNDS):
        for name, parse in installed.items():
            times[name].append(timed(partial(parse, data)))
        for name, work in ours.items():
            times[name].append(timed(work))
    best = {name: min(found) for name, found in times.items()}
    figures = [Figure(f"{name} 未安装，未比较", 0.0, "") for name in PARSERS if name not in installed]
    figures += [Figure(f"五百万条评分的 CSV，{name} 仅解析", best[name], "秒") for name in installed]
    if not installed:
        return [*figures, *(Figure(f"五百万条评分的 CSV {name}", best[name], "秒") for name in ours)]
    fastest = min(installed, key=lambda name: best[name])
    return [
        *figures,
        *(
            time_against(
                f"五百万条评分的 CSV {name}，最快的解析器是 {fastest}",
                best[name],
                f"{fastest} 仅解析",
                best[fastest],
                wanted.get(name),
            )
            for name in ours
        ),
    ]


def result_files() -> list[Figure]:
    """A million marks from columns to JSON and to a workbook, beside the careful way over the same marks."""
    scheme = scheme_of(FAMILIES[0])
    mass = _plain(read_mass_marks(csv_of(40_000), scheme))

    def careful(form: str) -> None:
        WRITERS[form](rank(evaluate(scheme, as_marks(mass))))

    columns: dict[str, Callable[[], object]] = {
        "json": lambda: _plain(mass_json(scheme, mass)),
        "xlsx": lambda: _plain(mass_results(scheme, mass)).to_xlsx(),
    }
    return [
        time_against(
            f"一百万条评分到结果文件（{form}，从列中写出）",
            min(timed(work) for _ in range(2)),
            "逐人计算",
            timed(partial(careful, form)),
            TIMES_OF_CAREFUL,
        )
        for form, work in columns.items()
    ]


Found = TypeVar("Found")


def _plain(found: Found | None) -> Found:
    if found is None:
        raise SystemExit("the file should have been plain")
    return found


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
    exact = next(family for family in FAMILIES if "照实计分" in family.name)
    return [small_event(), *growth(FAMILIES[0]), *growth(exact), *million(), *five_million_rows(), *result_files()]


if __name__ == "__main__":
    sys.exit(0 if report("engine", run()) else 1)
