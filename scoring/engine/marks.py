"""Marks as given: rows checked against a scheme, one by one, and gathered by contestant. No mark is ever guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from core.messages import joined, said
from scoring.engine.exact import NotANumberError, decimal_text, number
from scoring.engine.mark_places import MarkPlaces
from scoring.engine.problems import MarksError, MarkValueError, Problem, sentence_of
from scoring.engine.scheme import ROOT, Entry, Node, Scheme

STATUSES = ("absent", "withdrawn", "disqualified")
"""Words for the status of a contestant, in a stage or altogether. Each is distinct from a zero."""

STATUS_WORDS: Mapping[str, str] = {
    "absent": "absent",
    "缺考": "absent",
    "缺席": "absent",
    "缺赛": "absent",
    "withdrawn": "withdrawn",
    "弃权": "withdrawn",
    "退赛": "withdrawn",
    "disqualified": "disqualified",
    "取消资格": "disqualified",
}

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,6})?)", re.ASCII)
_AWARD_WORDS = {"": None, "yes": True, "是": True, "no": False, "否": False}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One row of marks as it was given: text only.

    Attributes:
        contestant: the contestant's number or code.
        aspect: code or id of an aspect; of a group if the row only gives item values; empty if the row only
            gives a status, a time or the award flag, or only says that there is such a contestant.
        judge: who marked; empty for a single mark.
        value: the mark; empty means "not marked".
        stage: code of the stage, needed where several stages have the aspect.
        items: further values of this contestant's item by name (factor, base_value, target, time, …).
        status: absent, withdrawn or disqualified, in the stage or altogether.
        award: ``no`` for those who compete without award.
        delegation: whom the contestant stands for.
        file, line: where the row stands.
    """

    contestant: str
    aspect: str = ""
    judge: str = ""
    value: str = ""
    stage: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    award: str = ""
    delegation: str = ""
    file: str = ""
    line: int | None = None


@dataclass
class Book:
    """Everything given for one contestant.

    Attributes:
        marks: node id → judge → entered value.
        items: item name → node id → value; the root's id where no aspect was named.
        statuses: stage id, or empty for all → status.
        award: whether the contestant competes for awards.
        delegation: whom the contestant stands for, empty if not said.
    """

    marks: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    items: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    award: bool = True
    delegation: str = ""


@dataclass(frozen=True)
class Marks:
    """All marks of an event, checked; contestants in the order in which they first appear."""

    books: Mapping[str, Book]

    def __len__(self) -> int:
        return len(self.books)

    def only(self, contestants: Iterable[str]) -> Marks:
        """The marks of some contestants."""
        chosen = set(contestants)
        return Marks({name: book for name, book in self.books.items() if name in chosen})


def check_mark(aspect: Node, value: str) -> Fraction:
    """The exact value of an entered mark.

    Args:
        aspect: the aspect it is for.
        value: as entered: a decimal number, or for a choice its label, for yes/no 是 or 否, for a time mm:ss.

    Raises:
        MarkValueError: not admitted, with a sentence that says what is.
    """
    entry = aspect.entry
    if entry is None:
        raise MarkValueError("「%(label)s」不是评分项，不能直接打分", label=aspect.label)
    text = value.strip()
    if not text:
        raise MarkValueError("「%(label)s」尚未填写", label=aspect.label)
    for word, worth in (*entry.options, *entry.words):
        if text == word or text.casefold() == word.casefold():
            return worth
    if entry.options and entry.kind != "choice":
        raise MarkValueError("「%(label)s」应填“是”或“否”，不能是「%(text)s」", label=aspect.label, text=text)
    if entry.options:
        options = "、".join(label for label, _ in entry.options)
        raise MarkValueError(
            "「%(label)s」应为 %(options)s 之一，不能是「%(text)s」", label=aspect.label, options=options, text=text
        )
    found = _numeric(aspect, entry, text)
    _check_bounds(aspect, entry, found, text)
    return found


def _numeric(aspect: Node, entry: Entry, text: str) -> Fraction:
    extra = Fraction(0)
    for suffix, worth in entry.suffixes:
        if text.endswith(suffix):
            text, extra = text.removesuffix(suffix), worth
            break
    try:
        return (seconds(text) if entry.is_time and ":" in text else number(text)) + extra
    except NotANumberError as error:
        raise MarkValueError("「%(label)s」应填数字，不能是「%(text)s」", label=aspect.label, text=text[:40]) from error


def seconds(text: str) -> Fraction:
    """Seconds of `mm:ss.s` or `h:mm:ss`, or of a plain number of seconds.

    Raises:
        NotANumberError: it is neither.
    """
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return number(text)
    hours, minutes, rest = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(rest)


def _check_bounds(aspect: Node, entry: Entry, found: Fraction, text: str) -> None:
    too_low = entry.low is not None and found < entry.low
    too_high = entry.high is not None and found > entry.high
    if too_low or too_high:
        raise MarkValueError(
            "「%(label)s」的分值 %(text)s 超出范围，应%(range)s",
            label=aspect.label,
            text=text,
            range=_range_text(entry),
        )
    if entry.step is not None and ((found - (entry.low or 0)) / entry.step).denominator != 1:
        raise MarkValueError(
            "「%(label)s」的分值 %(text)s 不合步长，应为 %(step)s 的整数倍",
            label=aspect.label,
            text=text,
            step=decimal_text(entry.step),
        )


def _range_text(entry: Entry) -> str:
    if entry.low is not None and entry.high is not None:
        return said("在 %(low)s 至 %(high)s 之间", low=decimal_text(entry.low), high=decimal_text(entry.high))
    if entry.high is not None:
        return said("不大于 %(high)s", high=decimal_text(entry.high))
    return said("不小于 %(value)s", value=decimal_text(entry.low or Fraction(0)))


class _Gathering:
    """Rows going into books; every row that does not fit is a problem with its row and column."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.problems: list[Problem] = []
        self.books: dict[str, Book] = {}
        self.awards: dict[str, bool] = {}
        self.seen: set[tuple[str, str, str]] = set()
        self.timed: dict[str, MarkRow] = {}
        self.checked: dict[tuple[str, str], Fraction] = {}
        self.places = MarkPlaces(scheme)

    def problem(self, row: MarkRow, column: str, message: str) -> None:
        """Note a mistake in a row."""
        self.problems.append(Problem(message, file=row.file, line=row.line, column=column))

    def add(self, row: MarkRow) -> None:
        """Put one row into its contestant's book."""
        if not row.contestant:
            self.problem(row, "contestant", said("缺少选手编号"))
            return
        book = self.books.setdefault(row.contestant, Book())
        node = self._node(row)
        if node is None:
            return
        self._status(row, book)
        self._award(row, book)
        self._delegation(row, book)
        self._items(row, book, node)
        if node.is_aspect:
            self._mark(row, book, node)
        elif row.value:
            sentence = (
                said("缺少评分项代码")
                if not row.aspect
                else said("「%(aspect)s」不是评分项，不能直接打分", aspect=row.aspect)
            )
            self.problem(row, "aspect", sentence)
        elif not row.aspect and row.judge:
            self.problem(row, "aspect", said("缺少评分项代码"))

    def _node(self, row: MarkRow) -> Node | None:
        if row.stage and row.stage not in self.places.stages:
            known = "、".join(self.places.stages) or said("本方案没有阶段")
            self.problem(row, "stage", said("没有阶段「%(stage)s」（%(known)s）", stage=row.stage, known=known))
            return None
        found = self.places.find(row.stage, row.aspect)
        if found is None:
            several = not row.stage and self.places.is_in_several(row.aspect)
            sentence = said("在多个阶段中都有，须写 stage") if several else said("不在评分方案中")
            self.problem(row, "aspect", said("评分项「%(aspect)s」%(sentence)s", aspect=row.aspect, sentence=sentence))
        return found

    def _status(self, row: MarkRow, book: Book) -> None:
        if not row.status:
            return
        status = STATUS_WORDS.get(row.status)
        if status is None:
            self.problem(
                row,
                "status",
                said("未知的状态「%(status)s」，应为 %(known)s 之一", status=row.status, known=joined(STATUSES)),
            )
            return
        stage = self.places.stages.get(row.stage, "")
        if book.statuses.setdefault(stage, status) != status:
            self.problem(row, "status", said("选手「%(contestant)s」有互相矛盾的状态", contestant=row.contestant))

    def _award(self, row: MarkRow, book: Book) -> None:
        word = row.award.casefold()
        if word not in _AWARD_WORDS:
            self.problem(row, "award", said("award 应为 yes 或 no，不能是「%(award)s」", award=row.award))
            return
        flag = _AWARD_WORDS[word]
        if flag is not None:
            if self.awards.setdefault(row.contestant, flag) != flag:
                self.problem(row, "award", said("选手「%(contestant)s」的 award 前后不一", contestant=row.contestant))
            book.award = flag

    def _delegation(self, row: MarkRow, book: Book) -> None:
        if row.delegation and book.delegation not in {"", row.delegation}:
            self.problem(row, "delegation", said("选手「%(contestant)s」的代表队前后不一", contestant=row.contestant))
        book.delegation = row.delegation or book.delegation

    def _items(self, row: MarkRow, book: Book, node: Node) -> None:
        for name, text in row.items.items():
            if not text:
                continue
            try:
                value = seconds(text) if name == "time" else number(text)
            except NotANumberError:
                self.problem(row, name, said("「%(text)s」不是十进制数", text=text[:40]))
                continue
            if name == "time":
                self.timed[row.contestant] = row
            if not self.places.uses(name, node):
                sentence = said(
                    "评分方案没有在「%(label)s」或其上下级使用 %(name)s，填写的值不会起作用",
                    label=node.label,
                    name=name,
                )
                self.problem(row, name, sentence)
            elif book.items.setdefault(name, {}).setdefault(node.id, value) != value:
                self.problem(
                    row,
                    name,
                    said(
                        "选手「%(contestant)s」的「%(label)s」有互相矛盾的 %(name)s",
                        contestant=row.contestant,
                        label=node.label,
                        name=name,
                    ),
                )

    def _mark(self, row: MarkRow, book: Book, node: Node) -> None:
        if not row.value and any(row.items.values()):
            return
        key = (row.contestant, node.id, row.judge)
        if key in self.seen:
            who = said("裁判「%(judge)s」", judge=row.judge) if row.judge else ""
            self.problem(
                row,
                "aspect",
                said(
                    "选手「%(contestant)s」的「%(label)s」%(who)s重复",
                    contestant=row.contestant,
                    label=node.label,
                    who=who,
                ),
            )
            return
        self.seen.add(key)
        marks = book.marks.get(node.id, {})
        if not row.value or not self._may_judge(row, node) or not self._has_room(row, node, len(marks)):
            return
        try:
            marks[row.judge] = self._checked(node, row.value)
            book.marks[node.id] = marks
        except MarkValueError as error:
            self.problem(row, "value", sentence_of(error))

    def _checked(self, node: Node, text: str) -> Fraction:
        """The mark's value; the same text for the same aspect is checked once."""
        key = (node.id, text)
        if key not in self.checked:
            self.checked[key] = check_mark(node, text)
        return self.checked[key]

    def _has_room(self, row: MarkRow, node: Node, given: int) -> bool:
        panel = self.scheme.panel_of(node)
        if panel is None and given:
            self.problem(
                row,
                "judge",
                said("「%(label)s」没有规定评委组，只能有一个分，不知如何合成多名裁判的分", label=node.label),
            )
            return False
        if panel is not None and panel.judges is not None and given >= panel.judges:
            who = said("选手「%(contestant)s」的「%(label)s」", contestant=row.contestant, label=node.label)
            self.problem(
                row,
                "judge",
                said(
                    "%(who)s已有 %(given)s 名裁判的分，方案规定 %(judges)s 名",
                    who=who,
                    given=given,
                    judges=panel.judges,
                ),
            )
            return False
        return True

    def _may_judge(self, row: MarkRow, node: Node) -> bool:
        panel = self.scheme.panel_of(node)
        if panel is None:
            return True
        names = panel.names or tuple(name for group in panel.groups for name in group.names)
        if names and row.judge not in names:
            self.problem(
                row, "judge", said("裁判「%(judge)s」不在「%(label)s」的评委名单中", judge=row.judge, label=node.label)
            )
            return False
        if not row.judge:
            self.problem(row, "judge", said("「%(label)s」由评委组评分，须写裁判", label=node.label))
            return False
        return True


def collect_marks(scheme: Scheme, rows: Iterable[MarkRow]) -> Marks:
    """All rows as marks of the scheme.

    Raises:
        MarksError: with every row that does not fit. Nothing is kept in part.
    """
    gathering = _Gathering(scheme)
    for row in rows:
        gathering.add(row)
    gathering.problems += _unclear_times(scheme, gathering)
    if gathering.problems:
        raise MarksError(gathering.problems)
    return Marks(gathering.books)


def _unclear_times(scheme: Scheme, gathering: _Gathering) -> list[Problem]:
    """A tie broken by "the time" needs one time for each contestant; which of several would be a guess."""
    orders = scheme.ranking.orders
    if not any(key.kind == "time" and not key.nodes for order in orders for key in order.ties):
        return []
    return [
        Problem(
            said("选手「%(name)s」有多个不同的 time，同分规则须以 of 写明是哪些项目的时间", name=name),
            file=gathering.timed[name].file,
            line=gathering.timed[name].line,
            column="time",
        )
        for name, book in gathering.books.items()
        if ROOT not in (times := book.items.get("time", {})) and len(set(times.values())) > 1
    ]
