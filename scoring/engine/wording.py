"""Rules in words: each step, panel and combination as one sentence with its parameters."""

from __future__ import annotations

from fractions import Fraction

from core.messages import joined, message, said
from scoring.engine.exact import decimal_text
from scoring.engine.panel import drop_rule
from scoring.engine.scheme import Combine, Panel
from scoring.engine.steps import (
    Absolute,
    Arithmetic,
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

MODE_WORDS = {
    "half_up": message("四舍五入"),
    "half_even": message("四舍六入五成双"),
    "half_down": message("五舍六入"),
    "half_ceiling": message("逢五向上"),
    "half_floor": message("逢五向下"),
    "up": message("只入不舍"),
    "down": message("截断"),
    "ceiling": message("向上取整"),
    "floor": message("向下取整"),
}
_ARITHMETIC_WORDS = {
    "multiply": message("乘以 %(x)s"),
    "divide": message("除以 %(x)s"),
    "divide_into": message("%(x)s 除以该值"),
    "add": message("加 %(x)s"),
    "subtract": message("减 %(x)s"),
    "subtract_from": message("%(x)s 减去该值"),
    "at_least": message("不低于 %(x)s"),
    "at_most": message("不高于 %(x)s"),
}
_COMBINE_WORDS = {
    "mean": message("取平均"),
    "sum": message("求和"),
    "median": message("取中位数"),
    "max": message("取最高"),
    "min": message("取最低"),
    "product": message("连乘"),
    "first": message("取首个有成绩的部分"),
    "last": message("取最后有成绩的部分"),
}
_RATE_WORDS = {
    "actual_by_target": message("完成率＝实际÷目标×100"),
    "target_by_actual": message("完成率＝目标÷实际×100"),
    "complement": message("完成率＝200−实际÷目标×100"),
}


def operand_words(operand: Operand, value: Fraction | None = None) -> str:
    """An operand for reading, with its value if it is the contestant's own."""
    if operand.number is not None:
        return decimal_text(operand.number)
    name = operand.item or said("「%(node)s」的分", node=operand.node)
    return name if value is None else said("%(name)s（%(value)s）", name=name, value=decimal_text(value))


def step_words(step: Step, value: Fraction | None = None) -> str:
    """A step as a sentence.

    Args:
        step: the rule.
        value: the number behind its operand for the contestant at hand, if any.
    """
    match step:
        case Round():
            return _rounding_words(step)
        case Arithmetic():
            return said(_ARITHMETIC_WORDS[step.name], x=operand_words(step.operand, value))
        case Deviation():
            return _deviation_words(step, value)
        case Rate():
            form = said(_RATE_WORDS[step.form])
            return said("%(form)s，目标 %(target)s", form=form, target=operand_words(step.target, value))
        case _:
            return _table_words(step)


def _rounding_words(step: Round) -> str:
    mode, quantum = said(MODE_WORDS[step.rounding.mode]), step.rounding.quantum
    if quantum == Fraction(1, 10**step.rounding.places):
        return said("%(mode)s保留 %(n)s 位小数", mode=mode, n=step.rounding.places)
    return said("%(mode)s到 %(quantum)s 的整数倍", mode=mode, quantum=decimal_text(quantum))


def _deviation_words(step: Deviation, value: Fraction | None) -> str:
    return said(
        "以 %(target)s 为准%(free)s得 %(start)s，每超 %(per)s 加 %(over)s，每欠 %(per)s 加 %(under)s",
        target=operand_words(step.target, value),
        free=said("（允差 %(tolerance)s）", tolerance=decimal_text(step.tolerance)) if step.tolerance else "",
        start=decimal_text(step.start),
        per=decimal_text(step.per),
        over=decimal_text(step.over),
        under=decimal_text(step.under),
    )


def _table_words(step: Step) -> str:
    if isinstance(step, RelativeToBest):
        return said("按全场最好成绩折算，最好者得 %(points)s", points=decimal_text(step.points))
    if isinstance(step, StandardScale):
        centre, spread = decimal_text(step.centre), decimal_text(step.spread)
        if step.form == "median":
            return said("按全场中位数与中位偏差换算（中心 %(centre)s，单位 %(unit)s）", centre=centre, unit=spread)
        return said("按全场平均分与标准差换算（中心 %(centre)s，单位 %(unit)s）", centre=centre, unit=spread)
    words: dict[type, str] = {
        Bands: said("按分段表得分"),
        Lookup: said("按对照表得分"),
        Piecewise: said("按折线插值得分"),
        Place: said("换为全场名次"),
        Absolute: said("取绝对值"),
    }
    return words[type(step)]


def panel_words(panel: Panel, present: int) -> str:
    """A panel as a sentence, for so many marks."""
    if panel.groups:
        return said("各评委分组分别计算后%(combine)s", combine=said(_COMBINE_WORDS[panel.combine]))
    rule = drop_rule(panel, present)
    drops = []
    if rule.high:
        drops.append(said("%(n)s 个最高分", n=rule.high))
    if rule.low:
        drops.append(said("%(n)s 个最低分", n=rule.low))
    combine = said(_COMBINE_WORDS[panel.combine])
    if not drops:
        return said("%(n)s 名裁判，%(combine)s", n=present, combine=combine)
    return said("%(n)s 名裁判，去掉 %(drops)s，其余%(combine)s", n=present, drops=joined(drops), combine=combine)


def combine_words(combine: Combine) -> str:
    """A combination of parts as a sentence."""
    words: list[str] = []
    if combine.drop_high:
        words.append(said("去掉 %(n)s 个最高", n=combine.drop_high))
    if combine.drop_low:
        words.append(said("去掉 %(n)s 个最低", n=combine.drop_low))
    if combine.best:
        words.append(said("取最好的 %(n)s 个", n=combine.best))
    words.append(said(_COMBINE_WORDS[combine.method]))
    return joined(words, message("，"))
