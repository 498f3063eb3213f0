"""Plans what a registration table becomes: which rows make which entrant, who is there already, what keeps a row out.

Pure: it reads nothing and stores nothing. A row that is wrong keeps out the whole team that it belongs to.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum

from competitions.roster import Outcome, RosterRow, RosterValues
from core.messages import Said, message, said

TEAM_SIZES = {"double": 2, "triple": 3}
WHOLE_TEAM = frozenset({"team", "unit"})

OTHER_NAME = message("此证件号码已登记为“%(name)s”，请核对姓名或证件号码")
"""Who reads this learns whose number it is."""

IndexOf = Callable[[str, str], str]


class Fate(StrEnum):
    """What becomes of a row when the table is taken in."""

    NEW = "new"
    ALREADY = "already"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class EventKey:
    """An event as rows name it; `form` is the value of `competitions.models.Form`."""

    id: int
    name: str
    group_name: str
    form: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored already, by blind index of the document."""

    names: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, AbstractSet[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row with its fate. `team` joins the rows of one entrant; `column` and `message` say what is wrong."""

    sheet: str
    row: int
    fate: Fate
    values: RosterValues
    event_id: int | None = None
    index: str = ""
    team: str = ""
    column: str = ""
    message: str = ""
    is_warned: bool = False

    @property
    def place(self) -> Said:
        """Where the row stands, for a person."""
        return said("第%(row)s行", row=self.row)


def plan(rows: Sequence[RosterRow], events: Sequence[EventKey], known: Known, index_of: IndexOf) -> list[PlannedRow]:
    """What becomes of every row.

    Args:
        rows: as the reading of the workbook gives them.
        events: all events of the competition.
        known: the persons and registrations that are stored.
        index_of: the blind index of a document's kind and number.

    Returns:
        One planned row a row, in the order given.
    """
    return replan([_planned(row, events, index_of) for row in rows], events, known)


def replan(rows: Sequence[PlannedRow], events: Sequence[EventKey], known: Known) -> list[PlannedRow]:
    """The fate of rows that were planned before, held against what is stored now."""
    forms = {event.id: event.form for event in events}
    return _judged_by_team(_in_teams([_compared(row, known) for row in rows], forms))


def _planned(row: RosterRow, events: Sequence[EventKey], index_of: IndexOf) -> PlannedRow:
    planned = PlannedRow(
        row.sheet,
        row.row,
        {Outcome.ERROR: Fate.WRONG, Outcome.SKIPPED: Fate.SKIPPED}.get(row.outcome, Fate.NEW),
        row.values,
        column=row.column or "",
        message=row.message or "",
        is_warned=row.outcome is Outcome.WARNING,
    )
    if planned.fate is Fate.SKIPPED:
        return planned
    named = [event for event in events if event.name == row.values.event]
    if len(named) > 1:
        named = [event for event in named if bare_group(event.group_name) == bare_group(row.values.group)]
    if len(named) == 1:
        planned = replace(planned, event_id=named[0].id)
    elif planned.fate is Fate.NEW:
        text = said("“%(event)s”分几个组别，请在“组别”一列写明报哪一组", event=row.values.event)
        return _wrong(planned, "组别", text)
    if planned.fate is Fate.NEW:
        planned = replace(planned, index=index_of(row.values.id_kind or "", row.values.id_number or ""))
    return planned


def bare_group(group: str | None) -> str:
    """A group without the word for it, so that 职工组 and 职工 are the same."""
    return (group or "").strip().removesuffix("组")


def _wrong(row: PlannedRow, column: str, text: Said) -> PlannedRow:
    return replace(row, fate=Fate.WRONG, column=column, message=text, is_warned=False)


def _compared(row: PlannedRow, known: Known) -> PlannedRow:
    if row.fate not in (Fate.NEW, Fate.ALREADY):
        return row
    name = known.names.get(row.index)
    if name is not None and name != row.values.name:
        return _wrong(row, "姓名", said(OTHER_NAME, name=name))
    is_there = row.event_id in known.events.get(row.index, frozenset())
    return replace(row, fate=Fate.ALREADY if is_there else Fate.NEW)


def _in_teams(rows: Sequence[PlannedRow], forms: Mapping[int, str]) -> list[PlannedRow]:
    """Give every row the key of its entrant. Wrong rows keep their place in a team, so that nobody slips into it."""
    counted: dict[tuple[int, str], int] = {}
    grouped = []
    for row in rows:
        if row.event_id is None or row.fate is Fate.SKIPPED:
            grouped.append(row)
            continue
        form = forms[row.event_id]
        side = (row.values.unit if form == "unit" else row.values.delegation) or ""
        number = counted[(row.event_id, side)] = counted.get((row.event_id, side), 0) + 1
        if form in WHOLE_TEAM:
            team = f"{row.event_id}/{side}/1"
        else:
            size = TEAM_SIZES.get(form, 1)
            team = f"{row.event_id}/{side}/{(number - 1) // size + 1}"
        grouped.append(replace(row, team=team))
    return _complete(grouped, forms)


def _complete(rows: Sequence[PlannedRow], forms: Mapping[int, str]) -> list[PlannedRow]:
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.team] = sizes.get(row.team, 0) + 1
    checked = []
    for row in rows:
        wanted = TEAM_SIZES.get(forms.get(row.event_id or 0, ""), 0)
        if row.team and wanted and sizes[row.team] < wanted and row.fate is Fate.NEW:
            text = said(
                "%(delegation)s在“%(event)s”的这一队只有 %(n)s 人，应为 %(wanted)s 人",
                delegation=row.values.delegation,
                event=row.values.event,
                n=sizes[row.team],
                wanted=wanted,
            )
            checked.append(_wrong(row, "参赛赛项", text))
        else:
            checked.append(row)
    return checked


def _judged_by_team(rows: Sequence[PlannedRow]) -> list[PlannedRow]:
    teams: dict[str, list[PlannedRow]] = {}
    for row in rows:
        if row.team:
            teams.setdefault(row.team, []).append(row)
    return [_with_mates(row, teams.get(row.team, [])) for row in rows]


def _with_mates(row: PlannedRow, mates: Sequence[PlannedRow]) -> PlannedRow:
    if row.fate is not Fate.NEW or len(mates) < 2:
        return row
    wrong = next((mate for mate in mates if mate.fate is Fate.WRONG), None)
    if wrong is not None:
        return _wrong(row, "姓名", said("同队的%(place)s有错误，整队不能导入", place=wrong.place))
    there = next((mate for mate in mates if mate.fate is Fate.ALREADY), None)
    if there is not None:
        return _wrong(row, "姓名", said("同队的%(place)s已在本赛项报名，请先核对这一队", place=there.place))
    return row
