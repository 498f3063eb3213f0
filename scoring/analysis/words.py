"""What the figures of an analysis say, in a sentence each, for a chief judge who knows no statistics. Pure.

A sentence never accuses: it names who or what to look at, with the numbers behind it. Where marks are too few to say
anything, it says that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.messages import joined, message, said
from scoring.engine.analysis import Affinity, Agreement, Outlier, Severity
from scoring.engine.analysis_document import figure
from scoring.engine.items import ItemFigures
from scoring.engine.scheme import Scheme

FINE, LOOK, ACT, OPEN = "done", "waiting", "blocked", "off"
"""Nothing to do; worth a look; should be talked over before results; cannot be told yet. As badges know them."""

CLOSE, FAR = Fraction(2, 100), Fraction(5, 100)
"""Distance between the most lenient and the most severe judge as a share of the range: below it, unimportant; from it
on, one absent judge can move places. House values, no rule prescribes any."""

STRONG, MODERATE, WEAK = Fraction(7, 10), Fraction(5, 10), Fraction(3, 10)
"""Steps of Kendall's W (R. C. Schmidt, Managing Delphi Surveys Using Nonparametric Statistical Techniques, Decision
Sciences 28, 1997: 0.7 strong, 0.5 moderate, 0.3 weak agreement)."""

POOR = Fraction(5, 10)
"""ICC below which values agree poorly (T. K. Koo and M. Y. Li, A Guideline of Selecting and Reporting Intraclass
Correlation Coefficients for Reliability Research, Journal of Chiropractic Medicine 15, 2016: below 0.5 poor)."""

ENOUGH = 5
"""Marks for the own unit or city below which a difference is chance."""
KIND = Fraction(3, 100)
MANY = 5
"""Outliers of one judge from which on, where most are his, slips of the pen do not explain them."""
NAMED = 3
"""Names that a sentence spells out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence and how much it matters: FINE, LOOK, ACT or OPEN."""

    text: str
    tone: str


GRADES = (
    (STRONG, message("很一致"), FINE),
    (MODERATE, message("较一致"), FINE),
    (WEAK, message("不太一致"), LOOK),
)


def grade(line: Agreement) -> Finding:
    """One word on how far judges agree, for which all figures speak: the order (W) and the values (ICC, α).

    W alone would praise a panel by chance: unrelated marks of m judges have a W of about 1/m, not of 0.
    """
    if contradicts(line):
        return Finding(said("给分对不上"), ACT)
    order = _order(line.kendall_w)
    if order.tone == FINE and line.icc_mean is not None and line.icc_mean < POOR:
        return Finding(said("先后%(order)s，分值有出入", order=order.text), LOOK)
    return order


def contradicts(line: Agreement) -> bool:
    """Whether a figure of the values says: no more agreement than by chance, or less. Those undefined say nothing."""
    values = (line.icc_single, line.icc_mean, line.alpha_interval, line.alpha_ordinal)
    return any(value is not None and value <= 0 for value in values)


def _order(kendall_w: Fraction | None) -> Finding:
    """One word on how far judges see the same order."""
    if kendall_w is None:
        return Finding(said("还不能判断"), OPEN)
    found = next(((words, tone) for least, words, tone in GRADES if kendall_w >= least), None)
    return Finding(said("不一致"), ACT) if found is None else Finding(said(found[0]), found[1])


def on_severity(lines: Sequence[Severity]) -> Finding:
    """How far the most severe and the most lenient judge are apart."""
    if len(lines) < 2:
        return Finding(said("还没有两名裁判评过同一名选手，不能比较宽严。"), OPEN)
    low, high = min(lines, key=lambda line: line.mean), max(lines, key=lambda line: line.mean)
    if low.share is None or high.share is None:
        return Finding(
            said(
                "最严的%(low)s平均比别人低 %(a)s 分，最宽的%(high)s高 %(b)s 分。",
                low=low.judge,
                a=figure(-low.mean, 2),
                high=high.judge,
                b=figure(high.mean, 2),
            ),
            LOOK,
        )
    apart = high.share - low.share
    if apart < CLOSE:
        return Finding(said("各裁判宽严接近，最多相差量程的 %(n)s%%，不必处理。", n=_percent(apart)), FINE)
    names = {"low": low.judge, "a": _percent(-low.share), "high": high.judge, "b": _percent(high.share)}
    if apart < FAR:
        return Finding(said("最严的%(low)s平均低 %(a)s%%，最宽的%(high)s高 %(b)s%%，差别不大。", **names), FINE)
    return Finding(
        said("最严的%(low)s平均低 %(a)s%%，最宽的%(high)s高 %(b)s%%，差别较大；请他们对照评分标准统一尺度。", **names),
        ACT,
    )


def on_agreement(scheme: Scheme, scope: str, lines: Sequence[Agreement]) -> Finding:
    """Whether the judges of a module agree, in order and in values, and on which aspects they do not."""
    # A module in which one aspect alone has a panel has no sum beside it: that aspect is the whole.
    whole = lines[0] if len(lines) == 1 else next((line for line in lines if line.node == scope), None)
    if whole is None:
        return Finding(said("全部裁判都评过的选手还不到两名，不能判断是否一致。"), OPEN)
    if contradicts(whole):
        return _on_contradiction(whole)
    if whole.kendall_w is None:
        return Finding(said("全部裁判都评过的选手还不到两名，不能判断是否一致。"), OPEN)
    weak = [line for line in lines if line.node != scope and grade(line).tone == ACT]
    if weak:
        names = _named([scheme.nodes[line.node].label for line in sorted(weak, key=_lowest)])
        return Finding(said("在“%(names)s”上裁判看法不一致，请先核对这几项的评分标准。", names=names), ACT)
    if whole.kendall_w < MODERATE:
        return Finding(said("裁判对选手的先后看法不太一致，请抽几名选手一起再看一遍。"), LOOK)
    return _on_values(whole)


def _on_contradiction(line: Agreement) -> Finding:
    """The order may look alike by chance; the values say that it is none."""
    values = (line.icc_single, line.icc_mean, line.alpha_interval, line.alpha_ordinal)
    lowest = str(figure(min(value for value in values if value is not None), 2))
    order = _order(line.kendall_w)
    if order.tone == FINE:
        words = message(
            "名次顺序看上去%(order)s（W %(w)s），但给分高低对不上（ICC 或 α 低至 %(lowest)s，0 以下相当于随意给分），"
            "不能算一致；请对照评分标准，抽几名选手一起再看一遍。"
        )
        return Finding(said(words, order=order.text, w=figure(line.kendall_w, 2), lowest=lowest), ACT)
    words = message(
        "裁判给分高低对不上（ICC 或 α 低至 %(lowest)s，0 以下相当于随意给分）；请对照评分标准，抽几名选手一起再看一遍。"
    )
    return Finding(said(words, lowest=lowest), ACT)


def _on_values(line: Agreement) -> Finding:
    """The judges see one order; how far their values bear it out."""
    order = _order(line.kendall_w).text
    if line.icc_mean is not None and line.icc_mean < POOR:
        words = message(
            "裁判对选手的先后看法%(order)s，但分值有出入：整组平均的 ICC 只有 %(mean)s（不到 0.5 为差）。"
            "请统一给分尺度。"
        )
        return Finding(said(words, order=order, mean=figure(line.icc_mean, 2)), LOOK)
    if line.icc_mean is not None and line.icc_single is not None and line.icc_single < POOR:
        words = message(
            "裁判对选手的先后看法%(order)s；单看一名裁判的分不够稳（ICC %(single)s），整组平均可用（ICC %(mean)s）。"
        )
        said_so = said(words, order=order, single=figure(line.icc_single, 2), mean=figure(line.icc_mean, 2))
        return Finding(said_so, FINE)
    return Finding(said("裁判对选手的先后看法%(grade)s。", grade=order), FINE)


def _lowest(line: Agreement) -> Fraction:
    """By which aspects are named, the worst first."""
    figures = (line.kendall_w, line.icc_single, line.icc_mean, line.alpha_interval, line.alpha_ordinal)
    return min((value for value in figures if value is not None), default=Fraction(0))


def on_outliers(scheme: Scheme, lines: Sequence[Outlier]) -> Finding:
    """How many marks stand alone, and the farthest of them."""
    if not lines:
        return Finding(said("没有与众不同的分。"), FINE)
    far = lines[0].deviation
    what = said(
        "%(n)s 个分与众不同，最远的是 %(who)s 号的“%(aspect)s”：%(judge)s给 %(mark)s，其余平均 %(others)s。",
        n=len(lines),
        who=far.contestant,
        aspect=scheme.nodes[far.aspect].label,
        judge=far.judge,
        mark=figure(far.mark, 2),
        others=figure(far.others, 2),
    )
    judge, own = Counter(line.deviation.judge for line in lines).most_common(1)[0]
    if own >= MANY and 2 * own > len(lines):
        advice = said("其中 %(n)s 个是%(judge)s给的，不像偶然录错，请先同这位裁判核对评分尺度。", n=own, judge=judge)
    else:
        advice = said("请核对是否录错。")
    return Finding(said("%(what)s%(advice)s", what=what, advice=advice), LOOK)


def on_affinity(lines: Sequence[Affinity]) -> Finding:
    """Whether somebody marks contestants of the own unit or city higher than others do."""
    kind = [line for line in lines if line.is_share and line.own_count >= ENOUGH and line.difference >= KIND]
    if kind:
        line = max(kind, key=lambda line: line.difference)
        return Finding(
            said(
                "%(judge)s给本方选手的分比给其他选手的偏高 %(n)s%%（%(count)s 个分）。先看是否应当回避，再看这些分。",
                judge=line.judge,
                n=_percent(line.difference),
                count=line.own_count,
            ),
            ACT,
        )
    if not lines:
        return Finding(said("没有裁判评过本单位或本市的选手。"), FINE)
    return Finding(said("没有裁判明显偏向本单位或本市的选手。"), FINE)


def on_aspects(scheme: Scheme, lines: Sequence[ItemFigures]) -> Finding:
    """Which aspects tell the field apart badly."""
    turned = [line for line in lines if line.discrimination < 0]
    if turned:
        names = _named([scheme.nodes[line.aspect].label for line in turned])
        return Finding(said("在“%(names)s”上总分低的选手反而得分高，请核对评分标准与录入。", names=names), ACT)
    flat = [line for line in lines if line.note]
    if flat:
        names = _named([scheme.nodes[line.aspect].label for line in flat])
        return Finding(said("“%(names)s”过难、过易或全场同分，区分不出高下；下次命题时可以调整。", names=names), LOOK)
    return Finding(said("各评分点难易适中，都能区分高下。"), FINE)


def _named(labels: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = list(dict.fromkeys(labels))
    if len(shown) <= NAMED:
        return joined(shown)
    return said("%(names)s等 %(n)s 项", names=joined(shown[:NAMED]), n=len(shown))


def _percent(share: Fraction) -> str:
    return str(figure(share * 100, 1))
