"""What stands on the paper score sheets of a scheme: the same aspects in the same order as on a judge's screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from competitions.models import ModuleKind
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Entry, Node, Scheme
from scoring.sheets.seating import (
    EXTERNAL_SEAT,
    LEAD_SEAT,
    aspects_of_seat,
    judges_wanted,
    module_kind,
    modules_of,
)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line to be marked.

    Attributes:
        code, label, description: as the scheme has them.
        how: what to enter, options one a line.
        benchmarks: points of a judgement scale in words, one a line.
        full: full marks, empty where open.
        headings: labels of the groups that begin with this line, the widest first.
    """

    code: str
    label: str
    description: str
    how: tuple[str, ...]
    benchmarks: tuple[str, ...]
    full: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """One form: a module for one kind of seat.

    Attributes:
        seat: whom it is for.
        full: full marks of the module, empty where open.
        owner: whose it is; without one it is filled in by hand.
    """

    title: str
    module: str
    seat: str
    full: str
    lines: tuple[PaperLine, ...]
    owner: PaperOwner | None = None


@dataclass(frozen=True, slots=True)
class PaperOwner:
    """Of one certain sheet: what stands on it beforehand.

    Attributes:
        number: draw number or work code, in words.
        judge: who marks.
        chair: the judge's seat, in words.
        address: where this very sheet is entered once devices work again; printed as a code to scan.
        form: the form's own number, by which it is typed in.
        is_contestant_asked: whether the contestant signs, too.
    """

    number: str
    judge: str
    chair: str
    address: str
    form: str
    is_contestant_asked: bool = False


def paper_sheets(scheme: Scheme) -> list[PaperSheet]:
    """The forms of all modules, in the order of marking.

    The first seat of a panel also enters what is entered once for all, and aspects of one module may have panels of
    different size: there is one form for all seats that mark the same.
    """
    return [sheet for module in modules_of(scheme) for sheet in _of_module(scheme, module)]


def _of_module(scheme: Scheme, module: Node) -> Iterator[PaperSheet]:
    if module_kind(scheme, module) is ModuleKind.EXTERNAL:
        yield paper_sheet(scheme, module, EXTERNAL_SEAT, "成绩录入")
        return
    alike: dict[tuple[str, ...], list[int]] = {}
    # One more than the scheme names stands for all further seats, where the scheme leaves their number open.
    last = 1 + max(LEAD_SEAT, judges_wanted(scheme, module.id))
    for seat in range(LEAD_SEAT, last + 1):
        aspects = tuple(aspect.id for aspect in aspects_of_seat(scheme, module.id, seat))
        if aspects:
            alike.setdefault(aspects, []).append(seat)
    kinds = list(alike.values())
    has_panel = any(scheme.panel_of(aspect) is not None for aspect in scheme.aspects(module.id))
    for seats in kinds:
        yield paper_sheet(scheme, module, seats[0], _for_whom(seats, kinds, last) if has_panel else "记录裁判")


def _for_whom(seats: Sequence[int], kinds: Sequence[Sequence[int]], last: int) -> str:
    """Whose form it is, in words; `last` is the seat that stands for all further ones."""
    if len(kinds) == 1:
        return "每名裁判一张"
    if seats == [LEAD_SEAT]:
        return "第 1 席裁判（含只记一次的评分项）"
    if len(kinds) == 2 and kinds[0] == [LEAD_SEAT]:
        return "其余各席裁判，每人一张"
    numbers = "、".join(str(seat) for seat in seats if seat < last)
    named = f"第 {numbers} 席" if numbers else ""
    further = "其余各席" if last in seats else ""
    return f"{'和'.join(filter(None, (named, further)))}裁判，每人一张"


def paper_sheet(scheme: Scheme, module: Node, seat: int, words: str) -> PaperSheet:
    """The form of one seat in a module; `words` say whom it is for."""
    lines: list[PaperLine] = []
    above: tuple[str, ...] = ()
    for aspect in aspects_of_seat(scheme, module.id, seat):
        groups = _groups(scheme, aspect, module.id)
        kept = next((i for i, (old, new) in enumerate(zip(above, groups, strict=False)) if old != new), len(above))
        headings = tuple(_heading(scheme.nodes[name]) for name in groups[min(kept, len(groups)) :])
        above = groups
        lines.append(_line(aspect, headings))
    full = module.full_marks
    return PaperSheet(scheme.title, module.label, words, "" if full is None else decimal_text(full), tuple(lines))


def _groups(scheme: Scheme, aspect: Node, module: str) -> tuple[str, ...]:
    """Ids of the groups between the module and the aspect, the widest first."""
    found: list[str] = []
    parent = scheme.parents.get(aspect.id, module)
    while module not in (aspect.id, parent) and parent in scheme.parents:
        found.insert(0, parent)
        parent = scheme.parents[parent]
    return tuple(found)


def _heading(group: Node) -> str:
    marks = "" if group.full_marks is None else f"（{decimal_text(group.full_marks)} 分）"
    return f"{group.code} {group.label}{marks}" if group.label != group.code else f"{group.label}{marks}"


def _line(aspect: Node, headings: tuple[str, ...]) -> PaperLine:
    full = aspect.max
    shown = "" if full is None or aspect.veto is not None or aspect.kind == "deduction" else decimal_text(full)
    benchmarks = tuple(f"{decimal_text(point)}：{text}" for point, text in aspect.benchmarks)
    how = tuple(how_to_enter(aspect))
    return PaperLine(aspect.code, aspect.label, aspect.description, how, benchmarks, shown, headings)


def how_to_enter(aspect: Node) -> Iterator[str]:
    """What a judge writes for an aspect: its options to tick, or in words what is to be filled in."""
    entry = aspect.entry
    if entry is None:
        raise ValueError(f"{aspect.id} is no aspect")
    if entry.kind == "choice":
        yield from (f"□ {label}（{decimal_text(value)} 分）" for label, value in entry.options)
    elif entry.options:
        yield "　".join(f"□ {label}" for label, _ in entry.options[:2])
    else:
        yield _VERBS.get(entry.kind, _points)(entry)


def _bounds(entry: Entry) -> str:
    """`0–10，间隔 0.5`, as far as there are bounds."""
    words = []
    if entry.low is not None and entry.high is not None:
        words.append(f"{decimal_text(entry.low)}–{decimal_text(entry.high)}")
    elif entry.low is not None and entry.low > 0:
        words.append(f"不低于 {decimal_text(entry.low)}")
    elif entry.high is not None:
        words.append(f"不高于 {decimal_text(entry.high)}")
    if entry.step is not None and entry.step != 1:
        words.append(f"间隔 {decimal_text(entry.step)}")
    return "，".join(words)


def _said(verb: str, entry: Entry) -> str:
    bounds = _bounds(entry)
    return f"{verb}：{bounds}" if bounds else verb


def _points(entry: Entry) -> str:
    return _said("填得分", entry)


def _measured(entry: Entry) -> str:
    if entry.is_time:
        return "填用时：分:秒"
    return _said(f"填数值（{entry.unit}）" if entry.unit else "填数值", entry)


def _counted(entry: Entry) -> str:
    return _said("填次数", entry)


def _deducted(entry: Entry) -> str:
    return _said("填扣分或次数", entry)


_VERBS: Mapping[str, Callable[[Entry], str]] = {
    "measurement": _measured,
    "indicator": _measured,
    "count": _counted,
    "deduction": _deducted,
    "veto": _counted,
    "disqualification": _counted,
}
