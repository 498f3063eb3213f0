"""The endpoint by which a registration system puts a roster in: the use cases of the page, all rows or none.

Nothing has to be remembered for a retry: whoever is registered in an event already is registered no second time, so
the same file again finds everybody there.
"""

from collections.abc import Iterable
from contextlib import suppress

from flask import request

from competitions.registration.importing import (
    AlreadySettledError,
    DropRoster,
    NothingNewError,
    ReadRoster,
    TakeInRoster,
    counts,
    drop,
    look_through,
    read_workbook,
    take_in,
)
from competitions.registration.importing import WrongRowsError as WrongRows
from competitions.registration.intake import OTHER_NAME, Fate, PlannedRow
from core.auth import signed_in_actor
from core.errors import InvalidInputError
from core.i18n import translated
from core.messages import Said, said
from core.programs.endpoints import Answer, Parameter, asked_for, takes_file
from core.programs.scopes import IMPORT

YES, NO = "yes", "no"
FILENAME = Parameter("filename", "Name of the file; its ending says what it is: .xlsx, .xls or .csv.", is_text=True)
DRY_RUN = Parameter("dry_run", "yes, unless said otherwise: nobody is taken in, only the rows are told.", (YES, NO))


class RowAnswer(Answer):
    """A row of the file with something to say about it."""

    sheet: str
    row: int
    is_wrong: bool
    """False: it can be taken in, and a person should look at it."""
    column: str
    message: str


class RosterImportAnswer(Answer):
    """What became of a file, or would become of it."""

    dry_run: bool
    new: int
    """Rows that are, or would be, taken in."""
    already: int
    """Rows of people who are registered in the event."""
    wrong: int
    skipped: int
    added_contestants: int
    added_entrants: int
    rows: list[RowAnswer]


class RowsRefusedError(WrongRows):
    """Rows are wrong, so that nobody was taken in; `more` names them."""

    def __init__(self, answer: RosterImportAnswer) -> None:
        super().__init__("有 %(wrong)s 行有错误，没有导入任何人；请改好后重新发送", wrong=answer.wrong)
        self.more = answer.model_dump(mode="json")


@takes_file(
    "/competitions/<int:competition_id>/roster-imports", IMPORT.permission, RosterImportAnswer, FILENAME, DRY_RUN
)
def import_roster(competition_id: int) -> RosterImportAnswer:
    """Put a registration workbook in, all of its rows or none; with `dry_run` (unless it is `no`) only look at it."""
    filename = (asked_for(FILENAME) or "").strip()
    if not filename:
        raise InvalidInputError("请用 filename 参数写明文件名，例如 filename=roster.xlsx")
    command = ReadRoster(competition_id, filename, request.get_data(), signed_in_actor())
    rows = look_through(command)
    seen = _answer(rows)
    if asked_for(DRY_RUN) != NO:
        return seen
    if seen.wrong:
        raise RowsRefusedError(_in_earnest(seen))
    return _taken_in(command, seen) if seen.new else _in_earnest(seen)


def _taken_in(command: ReadRoster, seen: RosterImportAnswer) -> RosterImportAnswer:
    import_id = read_workbook(command)
    try:
        done = take_in(TakeInRoster(command.competition_id, import_id, False, command.actor))
    except (NothingNewError, AlreadySettledError):  # somebody was first with the same people, or the same file
        with suppress(AlreadySettledError):
            drop(DropRoster(command.competition_id, import_id, command.actor))
        return _in_earnest(_answer(look_through(command)))
    added = {"added_contestants": done.contestants, "added_entrants": done.entrants}
    return _in_earnest(seen, new=done.contestants, already=done.already, **added)


def _in_earnest(answer: RosterImportAnswer, **counted: int) -> RosterImportAnswer:
    return answer.model_copy(update={"dry_run": False, **counted})


def _answer(rows: list[PlannedRow]) -> RosterImportAnswer:
    numbers = counts(rows)
    return RosterImportAnswer(
        dry_run=True,
        new=numbers[Fate.NEW],
        already=numbers[Fate.ALREADY],
        wrong=numbers[Fate.WRONG],
        skipped=numbers[Fate.SKIPPED],
        added_contestants=0,
        added_entrants=0,
        rows=list(_told(rows)),
    )


def _told(rows: Iterable[PlannedRow]) -> Iterable[RowAnswer]:
    for row in rows:
        is_wrong = row.fate is Fate.WRONG
        if is_wrong or (row.is_warned and row.fate is Fate.NEW):
            yield RowAnswer(
                sheet=row.sheet, row=row.row, is_wrong=is_wrong, column=row.column, message=_words(row.message)
            )


def _words(message: str) -> str:
    """A sentence for a program. Whose number one is, a person may be shown; a program could ask it of any number."""
    if isinstance(message, Said) and message.words == OTHER_NAME:
        message = said("此证件号码已登记在另一个姓名下，请核对姓名或证件号码")
    return str(translated(message))
