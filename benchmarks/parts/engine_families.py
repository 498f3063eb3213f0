"""A scheme for every family of rules, each measured with a million contestants in a process of its own.

``python -m benchmarks.parts.engine_families NUMBER`` prints what one of them took as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scoring.engine.columns import from_whole
from scoring.engine.ordering import codes
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.plan_values import EMPTY, Cells
from scoring.engine.scheme import ROOT, Scheme
from scoring.formats.yaml_scheme import load_scheme

CONTESTANTS = 1_000_000
MODULES, JUDGES = 5, 5
KEYS = ("total", "M3", "M4")
TIES = "[M3, M4, {time: low}]"
WEIGHTS = (10, 20, 30, 25, 15)
PERCENT, COEFFICIENT = "weights: percent\nround: 2", "weights: coefficient"
TRIM = "panel: {judges: 5, drop_high: 1, drop_low: 1, round: 2}"
TRIMMED = f"max: 100, {TRIM}"
ROUNDS = 3


@dataclass(frozen=True)
class Family:
    """A family of rules.

    Attributes:
        name: for the table.
        module: what each of the five modules says.
        whole: how they are put together.
        ties: the tie chain.
        more: further children of the event.
        kind: what is entered: ``marks`` by judges, ``gaps`` where some are missing, ``actual`` values of indicators.
        items: item values that every contestant has for every module.
    """

    name: str
    module: str = TRIMMED
    whole: str = PERCENT
    ties: str = TIES
    more: str = ""
    kind: str = "marks"
    items: tuple[str, ...] = field(default=())


FAMILIES = (
    Family("去高去低平均"),
    Family(
        "中间三分之和、乘系数、截断",
        "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1, combine: sum}, "
        "steps: [{divide: 3}, {round: {places: 2, mode: down}}]",
    ),
    Family("不作舍入", "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1}", "weights: percent"),
    Family(
        "容差回退与折线",
        "max: 100, panel: {judges: 5, drop_high: 1, drop_low: 1, tolerance: 6, round: 2}, "
        "steps: [{piecewise: [[0, 0], [60, 50], [100, 100]]}, {round: 2}]",
    ),
    Family(
        "缺评以平均分代",
        "max: 100, panel: {judges: 5, missing: mean_of_given, drop_high: 1, drop_low: 1, round: 2}",
        kind="gaps",
    ),
    Family(
        "除以各人系数、舍入", f"{TRIMMED}, steps: [{{divide: factor}}, {{round: 3}}]", COEFFICIENT, items=("factor",)
    ),
    Family("除以各人系数、不舍入", f"{TRIMMED}, steps: [{{divide: factor}}]", COEFFICIENT, items=("factor",)),
    Family(
        "逐名裁判除以所给分、不舍入",
        "max: 100, per_judge: [{divide_into: 60}], panel: {judges: 5, drop_high: 1, drop_low: 1}",
        COEFFICIENT,
    ),
    Family(
        "指标：完成率分级扣加",
        "kind: indicator, max: 20, bonus_max: 30, target: target, "
        "convert: {deviation: {target: 100, start: 20, per: 1, over: 0.1, under: -0.2}}",
        COEFFICIENT,
        kind="actual",
        items=("target",),
    ),
    Family(
        "指标：完成率照实计分、不舍入",
        "kind: indicator, max: 20, bonus_max: 30, target: target",
        COEFFICIENT,
        kind="actual",
        items=("target",),
    ),
    Family("对全场最好成绩折算", f"{TRIMMED}, steps: [relative_to_best: 100]", COEFFICIENT),
    Family(
        "对全场最小值折算、不舍入",
        f"{TRIMMED}, better: low, steps: [relative_to_best: {{points: 100, better: low}}]",
        COEFFICIENT,
    ),
    Family("名次分", f"{TRIMMED}, steps: [place: {{ties: average}}, subtract_from: 1000001]", COEFFICIENT),
    Family("世赛 700 分制", f"{TRIMMED}, steps: [standard_scale: {{form: median}}]", COEFFICIENT),
    Family("世赛 500 分制", f"{TRIMMED}, steps: [standard_scale: {{form: deviation}}]", COEFFICIENT),
    Family(
        "除以各人系数后的 500 分制",
        f"{TRIMMED}, steps: [{{divide: factor}}, {{standard_scale: {{form: deviation}}}}]",
        COEFFICIENT,
        items=("factor",),
    ),
    Family(
        "分数线与一票否决", f"{TRIMMED}, gate: {{at_least: 45}}", more="  - {code: V, kind: veto, effect: unranked}\n"
    ),
    Family(
        "起评扣分、扣完为止",
        f"{TRIMMED}, steps: [{{subtract_from: 100}}, {{multiply: 1.5}}, {{subtract_from: 100}}, {{at_least: 0}}]",
    ),
    Family("同分：最好单项、次好单项", ties="[{sorted: [M1, M2, M3]}, {node: M1, panel: {combine: sum}}]"),
    Family("同分：名次多者先", ties="[{places: [M1, M2, M3]}, {time: low}]"),
    Family("同分：多数裁判", ties="[{judges: M1}, {judges: M2}, {time: low}]"),
    Family("同分：多数名次", ties="[{majority: M1}, {time: low}]"),
)


def scheme_of(family: Family) -> Scheme:
    """Five modules of the family."""
    children = "".join(
        f"  - {{code: M{number}, weight: {weight}, {family.module}}}\n"
        for number, weight in enumerate(WEIGHTS, start=1)
    )
    ranking = f"ranking: {{ties: {family.ties}}}\n"
    return load_scheme(f"title: 大众赛\n{family.whole}\nchildren:\n{children}{family.more}{ranking}")


def field_of(family: Family, count: int) -> FieldMarks:
    """Random marks in steps of 0.05, or actual values, with items and finish times."""
    random = np.random.default_rng(7)
    modules = [f"M{number}" for number in range(1, MODULES + 1)]
    items = {name: {module: _item(name, count, random) for module in modules} for name in family.items}
    if family.kind == "actual":
        marks = {module: {"": _actual(items["target"][module], random)} for module in modules}
    else:
        base = random.integers(4000, 9500, count)
        missing = 0.02 if family.kind == "gaps" else 0.0
        marks = {module: {f"J{j}": _marks(base, missing, random) for j in range(1, JUDGES + 1)} for module in modules}
    if family.more:
        marks["V"] = {"": Cells(from_whole((random.random(count) < 0.01).astype(np.int64)))}
    items["time"] = {ROOT: Cells(from_whole(random.integers(3600, 14400, count)))}
    return FieldMarks(count, marks, items)


def _marks(base: np.ndarray, missing: float, random: np.random.Generator) -> Cells:
    values = (base + random.integers(-500, 501, len(base))).clip(0, 10000)
    gaps = random.random(len(base)) < missing
    return Cells(from_whole(values - values % 5, 100), np.where(gaps, EMPTY, 0).astype(np.uint8) if missing else None)


def _item(name: str, count: int, random: np.random.Generator) -> Cells:
    low, high = (10, 40) if name == "factor" else (1000, 100000)
    return Cells(from_whole(random.integers(low, high, count), 10))


def _actual(target: Cells, random: np.random.Generator) -> Cells:
    """Between 60 and 140 percent of the target."""
    planned = target.values.num.values
    return Cells(
        from_whole(planned * random.integers(60, 141, len(planned)) // 100 + random.integers(0, 3, len(planned)), 10)
    )


def timed(work: Callable[[], object]) -> float:
    """How long it takes in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(family: Family, count: int = CONTESTANTS) -> dict[str, float]:
    """The shortest time from arrays to places, that of numpy.lexsort over the same keys in turns, and peak memory."""
    scheme, given = scheme_of(family), field_of(family, count)
    ranking = rank_field(scheme, given, keep=KEYS)
    keys = [codes(ranking.columns[name].values)[0] for name in KEYS]
    del ranking
    sort = (given.items["time"][ROOT].values.num.values, -keys[2], -keys[1], -keys[0])
    ours, bound = [], []
    for _ in range(ROUNDS):
        bound.append(timed(lambda: np.lexsort(sort)))
        ours.append(timed(lambda: rank_field(scheme, given)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"seconds": min(ours), "bound": min(bound), "peak": peak}


def measured_apart(number: int) -> dict[str, float]:
    """One family, measured in a process of its own, so that the peak of memory is its own."""
    command = [sys.executable, "-m", "benchmarks.parts.engine_families", str(number)]
    root = Path(__file__).parents[2]
    found = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    data: dict[str, float] = json.loads(found.stdout)
    return data


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(FAMILIES[int(sys.argv[1])])))
