"""The `steps` of a scheme document: from text to the rules of `steps`, with every mistake named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from core.messages import said
from scoring.engine.exact import HALF_UP, MODES, Rounding
from scoring.engine.problems import Path, Problem
from scoring.engine.reading import Fields, as_number
from scoring.engine.steps import (
    FIELD_STEPS,
    Absolute,
    Arithmetic,
    ArithmeticName,
    Band,
    Bands,
    Deviation,
    Lookup,
    Operand,
    Piecewise,
    Place,
    Rate,
    RelativeToBest,
    Round,
    StandardScale,
    Step,
)

ARITHMETIC = (
    "multiply",
    "divide",
    "divide_into",
    "add",
    "subtract",
    "subtract_from",
    "at_least",
    "at_most",
)


@dataclass
class Context:
    """What the parts of a document need to know of the whole while it is read.

    Attributes:
        problems: where mistakes are collected.
        mode: rounding mode where a step names none.
        panels: named panels as they stand in the document.
        items: names of the values given per contestant and item.
        resolve: id of a node from a name used within a stage; None if there is none.
        stage: stage of the node that is being read.
    """

    problems: list[Problem]
    mode: str = HALF_UP
    panels: Mapping[str, Any] = field(default_factory=dict)
    items: frozenset[str] = frozenset()
    resolve: Callable[[str, str], str | None] = lambda _name, _stage: None
    stage: str = ""

    def node(self, name: str, path: Path) -> str:
        """Id of the node called `name`; a mistake if there is none, or several."""
        found = self.resolve(name, self.stage)
        if found is None:
            self.problems.append(
                Problem(said("没有代码为「%(name)s」的节点，或有多个同名节点（请写“阶段/代码”）", name=name), path)
            )
            return ""
        return found


def read_rounding(value: Any, path: Path, context: Context) -> Round | None:
    """`2`, `{places: 2, mode: half_even}` or `{to: 0.05}`; None with a mistake noted otherwise."""
    if isinstance(value, dict):
        fields = Fields(value, path, context.problems)
        mode = fields.one_of("mode", MODES, context.mode)
        quantum = fields.positive("to")
        places = fields.whole("places", 0, high=10) if fields.has("places") else None
        if (quantum is None) == (places is None):
            fields.problem(said("舍入须写 places（小数位数）或 to（最小单位）之一"))
        fields.finish()
        if quantum is not None:
            return Round(Rounding(quantum, mode, _decimals(quantum)))
        return Round(Rounding.to_places(places or 0, mode))
    number = as_number(value)
    if number is None or number.denominator != 1 or not 0 <= number <= 10:
        context.problems.append(Problem(said("舍入位数应为 0 至 10 的整数"), path))
        return None
    return Round(Rounding.to_places(int(number), context.mode))


def _decimals(quantum: Fraction) -> int:
    return next((places for places in range(19) if (quantum * 10**places).denominator == 1), 10)


def read_operand(value: Any, path: Path, context: Context) -> Operand:
    """A number, the name of an item value, or `{item: …, default: …}` or `{node: …}`."""
    number = as_number(value)
    if number is not None:
        return Operand(number=number)
    if isinstance(value, dict):
        fields = Fields(value, path, context.problems)
        item, node = fields.text("item"), fields.text("node")
        default = fields.number("default")
        if bool(item) == bool(node):
            fields.problem(said("须写 item（选手项目值）或 node（节点）之一"))
        fields.finish()
        if node:
            return Operand(node=context.node(node, path))
        return _item(item, default, path, context)
    if isinstance(value, str) and value:
        return _item(value, None, path, context)
    context.problems.append(Problem(said("此处应为数字、项目值名称或 {node: 代码}"), path))
    return Operand(number=Fraction(1))


def _item(name: str, default: Fraction | None, path: Path, context: Context) -> Operand:
    if name and name not in context.items:
        known = "、".join(sorted(context.items))
        context.problems.append(
            Problem(
                said("没有名为「%(name)s」的项目值（可用 %(known)s；其他名称请先写入 items）", name=name, known=known),
                path,
            )
        )
    return Operand(item=name, default=default)


def read_value_steps(fields: Fields, key: str, context: Context) -> tuple[Step, ...]:
    """The steps under a key where there is no field to compare with: within a panel."""
    steps = read_steps(fields, key, context)
    if any(isinstance(step, FIELD_STEPS) for step in steps):
        fields.problem(said("与全场比较的步骤（place 等）只能写在节点的 per_judge 或 steps 中"), key)
    return steps


def read_steps(fields: Fields, key: str, context: Context) -> tuple[Step, ...]:
    """The steps under a key, in order."""
    steps: list[Step] = []
    for index, item in enumerate(fields.items(key)):
        step = read_step(item, (*fields.path, key, index), context)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def read_step(item: Any, path: Path, context: Context) -> Step | None:
    """One step: a mapping with one key, the rule's name."""
    if item == "absolute":
        return Absolute()
    if not isinstance(item, dict) or len(item) != 1:
        context.problems.append(Problem(said("每个步骤应为一个“规则名: 参数”"), path))
        return None
    (name, value) = next(iter(item.items()))
    inner = (*path, name)
    if name in ARITHMETIC:
        operand = read_operand(value, inner, context)
        if name == "divide" and operand.number == 0:
            context.problems.append(Problem(said("除数不能为 0"), inner))
            return None
        return Arithmetic(cast(ArithmeticName, name), operand)
    reader = _READERS.get(str(name))
    if reader is None:
        known = "、".join([*ARITHMETIC, *_READERS, "absolute"])
        context.problems.append(Problem(said("未知的步骤「%(name)s」，可用 %(known)s", name=name, known=known), inner))
        return None
    return reader(value, inner, context)


def _scale(value: Any, path: Path, context: Context) -> Step | None:
    fields = Fields(value, path, context.problems)
    source, target = fields.positive("from"), fields.positive("to")
    if source is None or target is None:
        fields.problem(said("scale 须写 from 和 to"))
    fields.finish()
    if source is None or target is None:
        return None
    return Arithmetic("multiply", Operand(number=target / source))


def _with_otherwise(value: Any, path: Path, context: Context, key: str) -> tuple[Any, Path, Fraction | None]:
    """The table of a rule that may also be written `{<key>: table, otherwise: n}`."""
    if isinstance(value, dict) and key in value:
        fields = Fields(value, path, context.problems)
        table, otherwise = fields.raw(key), fields.number("otherwise")
        fields.finish()
        return table, (*path, key), otherwise
    return value, path, None


def _bands(value: Any, path: Path, context: Context) -> Step | None:
    table, where, otherwise = _with_otherwise(value, path, context, "table")
    if not isinstance(table, list) or not table:
        context.problems.append(Problem(said("bands 应为分段列表，每段写 from/above、up_to/below 和 points"), where))
        return None
    return Bands(tuple(_band(Fields(row, (*where, i), context.problems)) for i, row in enumerate(table)), otherwise)


def _band(fields: Fields) -> Band:
    low, above = fields.number("from"), fields.number("above")
    high, below = fields.number("up_to"), fields.number("below")
    points = fields.number("points")
    if points is None:
        fields.problem(said("分段缺少 points"))
    if (low is not None and above is not None) or (high is not None and below is not None):
        fields.problem(said("from 与 above、up_to 与 below 各只能写一个"))
    bottom = low if low is not None else above
    top = high if high is not None else below
    if bottom is None and top is None:
        fields.problem(said("分段须有界限；其余情形写 otherwise"))
    elif bottom is not None and top is not None and bottom > top:
        fields.problem(said("分段下限大于上限"))
    fields.finish()
    return Band(bottom, top, low is not None, high is not None, points or Fraction(0))


def _lookup(value: Any, path: Path, context: Context) -> Step | None:
    table, where, otherwise = _with_otherwise(value, path, context, "table")
    if not isinstance(table, dict) or not table:
        context.problems.append(Problem(said("lookup 应为“数值: 得分”的对照表"), where))
        return None
    pairs: list[tuple[Fraction, Fraction]] = []
    for key, result in table.items():
        number, points = as_number(key), as_number(result)
        if number is None or points is None:
            context.problems.append(Problem(said("对照表两侧都应为数字"), (*where, key)))
        elif any(known == number for known, _ in pairs):
            context.problems.append(Problem(said("对照表中「%(key)s」重复", key=key), (*where, key)))
        else:
            pairs.append((number, points))
    return Lookup(tuple(pairs), otherwise)


def _piecewise(value: Any, path: Path, context: Context) -> Step | None:
    points: list[tuple[Fraction, Fraction]] = []
    rows = value if isinstance(value, list) else []
    for index, row in enumerate(rows):
        pair = [as_number(part) for part in row] if isinstance(row, list) else []
        if len(pair) != 2 or pair[0] is None or pair[1] is None:
            context.problems.append(Problem(said("每个折点应为 [数值, 得分]"), (*path, index)))
        elif points and pair[0] <= points[-1][0]:
            context.problems.append(Problem(said("折点的数值应依次增大"), (*path, index)))
        else:
            points.append((pair[0], pair[1]))
    if len(points) < 2:
        context.problems.append(Problem(said("piecewise 至少要有两个折点"), path))
        return None
    return Piecewise(tuple(points))


def _deviation(value: Any, path: Path, context: Context) -> Step | None:
    fields = Fields(value, path, context.problems)
    target = read_operand(fields.raw("target"), (*path, "target"), context)
    step = Deviation(
        target=target,
        start=fields.number("start", Fraction(0)) or Fraction(0),
        per=fields.positive("per", Fraction(1)) or Fraction(1),
        over=fields.number("over", Fraction(0)) or Fraction(0),
        under=fields.number("under", Fraction(0)) or Fraction(0),
        tolerance=fields.number("tolerance", Fraction(0)) or Fraction(0),
        partial=cast(Any, fields.one_of("partial", ("floor", "ceiling", "exact"), "floor")),
    )
    if step.tolerance < 0:
        fields.problem(said("tolerance 不能为负"), "tolerance")
    fields.finish()
    return step


def _rate(value: Any, path: Path, context: Context) -> Step | None:
    fields = Fields(value, path, context.problems)
    forms = ("actual_by_target", "target_by_actual", "complement")
    form = fields.one_of("form", forms, forms[0])
    target = read_operand(fields.raw("target"), (*path, "target"), context)
    fields.finish()
    if target.number == 0:
        context.problems.append(Problem(said("目标值不能为 0"), (*path, "target")))
    return Rate(target, cast(Any, form))


def _place(value: Any, path: Path, context: Context) -> Step | None:
    fields = Fields({} if value is True else value, path, context.problems)
    better = fields.one_of("better", ("high", "low"), "high")
    ties = fields.one_of("ties", ("shared", "average", "dense"), "shared")
    fields.finish()
    return Place(cast(Any, better), cast(Any, ties))


def _relative(value: Any, path: Path, context: Context) -> Step | None:
    if not isinstance(value, dict):
        value = {"points": value}
    fields = Fields(value, path, context.problems)
    better = fields.one_of("better", ("high", "low"), "high")
    points = fields.positive("points", Fraction(100)) or Fraction(100)
    fields.finish()
    return RelativeToBest(cast(Any, better), points)


def _standard_scale(value: Any, path: Path, context: Context) -> Step | None:
    fields = Fields(value, path, context.problems)
    form = fields.one_of("form", ("median", "deviation"), "median")
    centre = fields.number("centre", Fraction(700 if form == "median" else 500)) or Fraction(0)
    step = StandardScale(
        cast(Any, form),
        centre,
        fields.positive("spread", Fraction(30)) or Fraction(30),
        fields.whole("places", 0, high=10),
    )
    if (centre * 10**step.places).denominator != 1:
        fields.problem(said("centre 的小数位数多于 places"), "centre")
    fields.finish()
    return step


_READERS: dict[str, Callable[[Any, Path, Context], Step | None]] = {
    "round": read_rounding,
    "scale": _scale,
    "bands": _bands,
    "lookup": _lookup,
    "piecewise": _piecewise,
    "deviation": _deviation,
    "rate": _rate,
    "place": _place,
    "relative_to_best": _relative,
    "standard_scale": _standard_scale,
}
