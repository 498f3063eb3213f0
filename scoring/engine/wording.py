"""Rules in words: each step, panel and combination as one Chinese sentence with its parameters."""

from __future__ import annotations

from fractions import Fraction

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
    "half_up": "四舍五入",
    "half_even": "四舍六入五成双",
    "half_down": "五舍六入",
    "half_ceiling": "逢五向上",
    "half_floor": "逢五向下",
    "up": "只入不舍",
    "down": "截断",
    "ceiling": "向上取整",
    "floor": "向下取整",
}
_ARITHMETIC_WORDS = {
    "multiply": "乘以 {x}",
    "divide": "除以 {x}",
    "divide_into": "{x} 除以该值",
    "add": "加 {x}",
    "subtract": "减 {x}",
    "subtract_from": "{x} 减去该值",
    "at_least": "不低于 {x}",
    "at_most": "不高于 {x}",
}
_COMBINE_WORDS = {
    "mean": "取平均",
    "sum": "求和",
    "median": "取中位数",
    "max": "取最高",
    "min": "取最低",
    "product": "连乘",
    "first": "取首个有成绩的部分",
    "last": "取最后有成绩的部分",
}
_RATE_WORDS = {
    "actual_by_target": "完成率＝实际÷目标×100",
    "target_by_actual": "完成率＝目标÷实际×100",
    "complement": "完成率＝200−实际÷目标×100",
}


def operand_words(operand: Operand, value: Fraction | None = None) -> str:
    """An operand for reading, with its value if it is the contestant's own."""
    if operand.number is not None:
        return decimal_text(operand.number)
    name = operand.item or f"「{operand.node}」的分"
    return name if value is None else f"{name}（{decimal_text(value)}）"


def step_words(step: Step, value: Fraction | None = None) -> str:
    """A step as a sentence.

    Args:
        step: the rule.
        value: the number behind its operand for the contestant at hand, if any.
    """
    match step:
        case Round():
            mode = MODE_WORDS[step.rounding.mode]
            if step.rounding.quantum == Fraction(1, 10**step.rounding.places):
                return f"{mode}保留 {step.rounding.places} 位小数"
            return f"{mode}到 {decimal_text(step.rounding.quantum)} 的整数倍"
        case Arithmetic():
            return _ARITHMETIC_WORDS[step.name].format(x=operand_words(step.operand, value))
        case Deviation():
            return _deviation_words(step, value)
        case Rate():
            return f"{_RATE_WORDS[step.form]}，目标 {operand_words(step.target, value)}"
        case _:
            return _table_words(step)


def _deviation_words(step: Deviation, value: Fraction | None) -> str:
    free = f"（允差 {decimal_text(step.tolerance)}）" if step.tolerance else ""
    return (
        f"以 {operand_words(step.target, value)} 为准{free}得 {decimal_text(step.start)}，"
        f"每超 {decimal_text(step.per)} 加 {decimal_text(step.over)}，每欠 {decimal_text(step.per)} "
        f"加 {decimal_text(step.under)}"
    )


def _table_words(step: Step) -> str:
    if isinstance(step, RelativeToBest):
        return f"按全场最好成绩折算，最好者得 {decimal_text(step.points)}"
    if isinstance(step, StandardScale):
        way = "中位数与中位偏差" if step.form == "median" else "平均分与标准差"
        return f"按全场{way}换算（中心 {decimal_text(step.centre)}，单位 {decimal_text(step.spread)}）"
    words: dict[type, str] = {
        Bands: "按分段表得分",
        Lookup: "按对照表得分",
        Piecewise: "按折线插值得分",
        Place: "换为全场名次",
        Absolute: "取绝对值",
    }
    return words[type(step)]


def panel_words(panel: Panel, present: int) -> str:
    """A panel as a sentence, for so many marks."""
    if panel.groups:
        return f"各评委分组分别计算后{_COMBINE_WORDS[panel.combine]}"
    rule = drop_rule(panel, present)
    drops = []
    if rule.high:
        drops.append(f"{rule.high} 个最高分")
    if rule.low:
        drops.append(f"{rule.low} 个最低分")
    start = f"{present} 名裁判，去掉 {'、'.join(drops)}，其余" if drops else f"{present} 名裁判，"
    return start + _COMBINE_WORDS[panel.combine]


def combine_words(combine: Combine) -> str:
    """A combination of parts as a sentence."""
    words = []
    if combine.drop_high:
        words.append(f"去掉 {combine.drop_high} 个最高")
    if combine.drop_low:
        words.append(f"去掉 {combine.drop_low} 个最低")
    if combine.best:
        words.append(f"取最好的 {combine.best} 个")
    words.append(_COMBINE_WORDS[combine.method])
    return "，".join(words)
