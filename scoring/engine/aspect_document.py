"""Aspects in a scheme document: what may be entered for each kind, and how an entered value becomes points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from core.messages import said
from scoring.engine.reading import Fields, as_number
from scoring.engine.scheme import Entry, Veto
from scoring.engine.step_document import Context, read_operand, read_step
from scoring.engine.steps import Arithmetic, Operand, Rate, Step

YES = Fraction(1)
NO = Fraction(0)
YES_NO = (
    ("是", YES),
    ("否", NO),
    ("yes", YES),
    ("no", NO),
    ("y", YES),
    ("n", NO),
    ("true", YES),
    ("false", NO),
    ("1", YES),
    ("0", NO),
)


@dataclass(frozen=True, slots=True)
class AspectRules:
    """How an aspect is entered and what its kind does to the value.

    Attributes:
        entry: see Entry.
        per_mark: steps on each entered value.
        after_panel: steps on the panel's value, before those of the scheme.
        minimum, maximum: range of one judge's points, None where open.
        shown_max: the maximum as the scheme states it, where that is another.
        missing: what no mark means if the scheme does not say.
        veto: for kinds veto and disqualification.
        benchmarks: descriptions of the scale's points.
    """

    entry: Entry
    per_mark: tuple[Step, ...] = ()
    after_panel: tuple[Step, ...] = ()
    maximum: Fraction | None = None
    minimum: Fraction | None = Fraction(0)
    shown_max: Fraction | None = None
    missing: str = "incomplete"
    veto: Veto | None = None
    benchmarks: tuple[tuple[Fraction, str], ...] = field(default=())


def read_aspect(fields: Fields, kind: str, context: Context) -> AspectRules:
    """The keys of an aspect that belong to its kind."""
    return _KINDS[kind](fields, context)


def _times(factor: Fraction) -> Arithmetic:
    return Arithmetic("multiply", Operand(number=factor))


def _clamp(fields: Fields, maximum: Fraction | None) -> tuple[Step, ...]:
    """Converted points lie between 0 (or `min`) and the maximum, unless the scheme lets them pass it."""
    low = fields.number("min", Fraction(0)) or Fraction(0)
    exceeds = fields.flag("may_exceed_max")
    top = fields.number("bonus_max")
    if exceeds and top is not None:
        fields.problem(said("may_exceed_max 与 bonus_max 只写一个"), "bonus_max")
    steps: list[Step] = [Arithmetic("at_least", Operand(number=low))]
    highest = top if top is not None else maximum
    if highest is not None and not exceeds:
        steps.append(Arithmetic("at_most", Operand(number=highest)))
    return tuple(steps)


def _entry(fields: Fields, entry: Entry) -> Entry:
    """The entry with what the scheme says under `entry` laid over it."""
    own = fields.sub("entry")
    if own is None:
        return entry
    read = Entry(
        kind=entry.kind,
        low=own.number("min", entry.low),
        high=own.number("max", entry.high),
        step=own.positive("step", entry.step),
        options=entry.options,
        is_time=own.flag("time", entry.is_time),
        unit=own.text("unit", entry.unit),
        words=_words(own, "words"),
        suffixes=_words(own, "suffixes"),
    )
    if read.low is not None and read.high is not None and read.low > read.high:
        own.problem(said("min 大于 max"))
    own.finish()
    return read


def _words(fields: Fields, key: str) -> tuple[tuple[str, Fraction], ...]:
    table = fields.sub(key)
    if table is None:
        return ()
    found: list[tuple[str, Fraction]] = []
    for word in table.words():
        value = table.number(word)
        if value is None:
            table.problem(said("「%(word)s」须对应一个数", word=word), word)
        else:
            found.append((word, value))
    return tuple(found)


def _points(fields: Fields, context: Context) -> AspectRules:
    kind = fields.text("kind", "points")
    maximum = fields.number("max")
    low = fields.number("min", Fraction(0))
    top = fields.number("bonus_max", maximum)
    if maximum is not None and low is not None and low > maximum:
        fields.problem(said("min 大于 max"), "min")
    entry = Entry(kind, low, top, fields.positive("step"))
    return AspectRules(_entry(fields, entry), (), (), maximum, low)


def _judgement(fields: Fields, context: Context) -> AspectRules:
    scale = fields.sub("scale") or Fields({}, fields.path, context.problems)
    low, high = scale.number("from", Fraction(0)), scale.number("to", Fraction(3))
    step = scale.positive("step", Fraction(1))
    scale.finish()
    if low is None or high is None or high <= low or high <= 0:
        fields.problem(said("scale 的 to 应大于 from，且大于 0"), "scale" if fields.has("scale") else None)
        low, high = Fraction(0), Fraction(3)
    maximum = fields.positive("max", high) or high
    entry = _entry(fields, Entry("judgement", low, high, step))
    benchmarks = _benchmarks(fields, entry)
    after: tuple[Step, ...] = () if maximum == high else (_times(maximum / high),)
    return AspectRules(entry, (), after, high, low, maximum, benchmarks=benchmarks)


def _benchmarks(fields: Fields, entry: Entry) -> tuple[tuple[Fraction, str], ...]:
    required = fields.flag("benchmarks_required")
    table = fields.sub("benchmarks")
    found: list[tuple[Fraction, str]] = []
    for key in table.words() if table else ():
        point = as_number(key)
        if table is None:
            break
        if point is None or not _on_scale(entry, point):
            table.problem(said("「%(key)s」不是该量表上的分值", key=key), key)
        else:
            found.append((point, table.text(key)))
    if required and entry.step and entry.low is not None and entry.high is not None:
        count = (entry.high - entry.low) / entry.step + 1
        if len(found) != count:
            fields.problem(
                said(
                    "评判项须为量表的每一分值写出基准描述（应有 %(count)s 条，现有 %(found)s 条）",
                    count=count,
                    found=len(found),
                )
            )
    return tuple(sorted(found))


def _on_scale(entry: Entry, point: Fraction) -> bool:
    low, high = entry.low or Fraction(0), entry.high
    in_bounds = point >= low and (high is None or point <= high)
    return in_bounds and (entry.step is None or ((point - low) / entry.step).denominator == 1)


def _measurement(fields: Fields, context: Context) -> AspectRules:
    maximum = fields.positive("max")
    convert = _convert(fields, context)
    if convert is None:
        fields.problem(said("measurement 须写 convert（由测量值到得分的规则）；直接填分请用 kind: points"))
    steps = (*((convert,) if convert else ()), *_clamp(fields, maximum))
    if maximum is None:
        fields.problem(said("缺少“max”"))
    return AspectRules(_entry(fields, Entry("measurement")), steps, (), maximum)


def _convert(fields: Fields, context: Context) -> Step | None:
    if not fields.has("convert"):
        return None
    return read_step(fields.raw("convert"), (*fields.path, "convert"), context)


def _yes_no(fields: Fields, context: Context) -> AspectRules:
    maximum = fields.positive("max")
    if maximum is None:
        fields.problem(said("缺少“max”"))
        maximum = Fraction(1)
    otherwise = fields.number("otherwise", Fraction(0)) or Fraction(0)
    steps: tuple[Step, ...] = (_times(maximum - otherwise),)
    if otherwise:
        steps = (*steps, Arithmetic("add", Operand(number=otherwise)))
    return AspectRules(_entry(fields, Entry("yes_no", options=YES_NO)), steps, (), maximum)


def _choice(fields: Fields, context: Context) -> AspectRules:
    options = _words(fields, "options")
    if not options:
        fields.problem(said("choice 须写 options（选项: 得分）"))
        options = (("无", Fraction(0)),)
    best = max(value for _, value in options)
    maximum = fields.number("max", max(best, Fraction(0)))
    if maximum is not None and best > maximum and not fields.flag("may_exceed_max"):
        fields.problem(said("选项得分超过 max（%(maximum)s）", maximum=maximum), "options")
    return AspectRules(_entry(fields, Entry("choice", options=options)), (), (), maximum)


def _count(fields: Fields, context: Context) -> AspectRules:
    maximum = fields.number("max")
    each = fields.number("each", Fraction(1))
    entry = _entry(fields, Entry("count", Fraction(0), None, Fraction(1)))
    steps: tuple[Step, ...] = (_times(each if each is not None else Fraction(1)), *_clamp(fields, maximum))
    return AspectRules(entry, steps, (), maximum)


def _indicator(fields: Fields, context: Context) -> AspectRules:
    maximum = fields.positive("max")
    if maximum is None:
        fields.problem(said("缺少“max”"))
        maximum = Fraction(1)
    better = fields.one_of("better", ("high", "low"), "high")
    forms = ("actual_by_target", "target_by_actual", "complement")
    form = fields.one_of("rate", forms, forms[0] if better == "high" else forms[1])
    target = read_operand(fields.raw("target") or "target", (*fields.path, "target"), context)
    if target.number == 0:
        fields.problem(said("目标值不能为 0"), "target")
    convert = _convert(fields, context) or _times(maximum / 100)
    steps: tuple[Step, ...] = (Rate(target, cast(Any, form)), convert, *_clamp(fields, maximum))
    return AspectRules(_entry(fields, Entry("indicator")), steps, (), maximum)


def _deduction(fields: Fields, context: Context) -> AspectRules:
    each = fields.number("each")
    most = fields.number("at_most")
    step = Fraction(1) if each is not None else fields.positive("step")
    entry = _entry(fields, Entry("deduction", Fraction(0), None if each is not None else most, step))
    steps: list[Step] = [_times(each)] if each is not None else []
    if most is not None and each is not None:
        steps.append(Arithmetic("at_most", Operand(number=most)))
    return AspectRules(entry, tuple(steps), (_times(Fraction(-1)),), most, shown_max=Fraction(0))


def _veto(fields: Fields, context: Context) -> AspectRules:
    kind = fields.text("kind")
    effects = ("zero", "cap", "unranked", "disqualified")
    default = "disqualified" if kind == "disqualification" else "unranked"
    effect = fields.one_of("effect", effects, default)
    cap = fields.number("cap")
    if (effect == "cap") != (cap is not None):
        fields.problem(said("effect 为 cap 时须写 cap（封顶分），否则不写"))
    node = fields.text("node")
    if node:
        node = context.node(node, (*fields.path, "node"))
    threshold = fields.positive("at_least")
    yes_no = Entry(kind, options=YES_NO)
    entry = yes_no if threshold is None else Entry(kind, Fraction(0))
    veto = Veto(threshold if threshold is not None else YES, cast(Any, effect), node, cap)
    return AspectRules(_entry(fields, entry), (), (), Fraction(0), missing="nothing", veto=veto)


_KINDS: dict[str, Callable[[Fields, Context], AspectRules]] = {
    "points": _points,
    "external": _points,
    "judgement": _judgement,
    "measurement": _measurement,
    "yes_no": _yes_no,
    "choice": _choice,
    "count": _count,
    "indicator": _indicator,
    "deduction": _deduction,
    "veto": _veto,
    "disqualification": _veto,
}
