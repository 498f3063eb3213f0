"""What a judge's device may not do to a sheet, each with its sentence and with what the device needs to show it."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.clock import BEIJING
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, NotFoundError
from core.i18n import sentence
from core.messages import message
from scoring.models import SheetRevision
from scoring.sheets.reading import LockedSheet, Paper, place_of, required_aspects
from scoring.states import SheetState


class ForeignSheetError(NotAllowedError):
    """The sheet is another judge's."""

    code = "foreign_sheet"


class KeyReusedError(ConflictError):
    """A key names one save of one sheet for ever; this one names another."""

    code = "key_reused"


class SheetClosedError(NotAllowedError):
    """The sheet is handed in or confirmed; `more` says by whom and when."""

    code = "sheet_closed"
    more: Mapping[str, Any] = {}


class SchemeChangedError(ConflictError):
    """The device marked by a scheme that is not the sheet's."""

    code = "scheme_changed"


class StaleRevisionError(ConflictError):
    """Another device was first, or the save before this one is no revision (`is_orphan`).

    `more` is what the server has, so that both versions can be shown.
    """

    code = "stale_revision"

    def __init__(self, number: int, newest: SheetRevision | None, *, is_orphan: bool = False) -> None:
        text = message("另一台设备已先保存，服务器上是第 %(number)s 版；请对照两份分数后选择")
        if is_orphan:
            text = message("这次保存之前的那次保存没有被接受，服务器上是第 %(number)s 版；请对照两份分数后选择")
        super().__init__(text, number=number)
        self.more = {"revision": number} | version(newest)


class SheetReplacedError(ConflictError):
    """The device marked another sheet that had this number: sheets were made anew meanwhile."""

    code = "sheet_replaced"


class BadMarksError(InvalidInputError):
    """Marks that their aspects do not admit; `errors` has one sentence for each aspect."""

    code = "bad_marks"

    def __init__(self, errors: Mapping[str, DomainError]) -> None:
        super().__init__("有 %(n)s 项分数不能保存：%(first)s", n=len(errors), first=str(next(iter(errors.values()))))
        self.errors = errors

    @property
    def more(self) -> dict[str, Any]:
        """The sentences by aspect, in the reader's language."""
        return {"errors": {aspect: sentence(error) for aspect, error in self.errors.items()}}


class IncompleteSheetError(InvalidInputError):
    """Aspects that must be marked are not."""

    code = "incomplete_sheet"

    def __init__(self, aspects: list[str]) -> None:
        super().__init__("还有 %(n)s 项没有评分，不能提交", n=len(aspects))
        self.more = {"aspects": aspects}


class HandedOverError(ForeignSheetError):
    """The sheet was this judge's until somebody took the seat over."""

    code = "handed_over"


class AspectClosedError(NotAllowedError):
    """The sheet was handed in and is open again for some aspects alone; this save changes others."""

    code = "aspect_closed"

    def __init__(self, aspects: list[str]) -> None:
        super().__init__("这张评分表只开放需重评的项目，其余 %(n)s 项不能更改", n=len(aspects))
        self.more = {"aspects": aspects}


class RevotePendingError(InvalidInputError):
    """Aspects on which the judge has been asked to vote again still wait for the vote."""

    code = "revote_pending"

    def __init__(self, aspects: list[str]) -> None:
        super().__init__("还有 %(n)s 项须重新评议，评完才能提交", n=len(aspects))
        self.more = {"aspects": aspects}


def version(revision: SheetRevision | None) -> dict[str, Any]:
    """What one revision says, as the device gets it; empty values if there is none."""
    if revision is None:
        return {"marks": {}, "notes": {}, "doubts": [], "rounds": {}, "times": {}, "saved_at": None}
    return {
        "marks": revision.marks,
        "notes": revision.notes,
        "doubts": revision.doubts,
        "rounds": revision.rounds,
        "times": revision.times,
        "saved_at": revision.saved_at.isoformat(),
    }


def require_own(sheet: LockedSheet | None, judge_id: int) -> LockedSheet:
    """The sheet, if it is that judge's.

    Raises:
        NotFoundError, ForeignSheetError: it is not there, or another judge's.
    """
    if sheet is None:
        raise NotFoundError("没有这张评分表")
    if sheet.row.judge_id != judge_id:
        raise ForeignSheetError("这张评分表不属于您")
    return sheet


def require_same_sheet(sheet: LockedSheet, called: str | None, place: str | None) -> None:
    """Stop marks that a device has made on another sheet of this number, before sheets were made anew.

    Args:
        sheet: what has this number now.
        called: what the device calls the contestant or the work by; None if it does not say.
        place: as `place_of`, of the device's sheet; its scheme is looked at elsewhere. None if it does not say.

    Raises:
        SheetReplacedError: another contestant's or work's, or another seat's.
    """
    now = "" if sheet.called is None else str(sheet.called)
    is_moved = place is not None and place.split(".")[1:] != place_of(sheet.row).split(".")[1:]
    if is_moved or called not in (None, now):
        text = message("评分表已重新生成：您评的是 %(own)s，现在这个表号是 %(now)s 的，没有记到别人名下")
        raise SheetReplacedError(text, own=called or "—", now=now or "—")


def closed(sheet: LockedSheet) -> SheetClosedError:
    """The error that says since when, and by whose hand, the sheet takes no more marks."""
    row = sheet.row
    if row.state is SheetState.VACANT:
        error = SheetClosedError("这个席位已空缺，评分表不再计入")
        error.more = {"state": row.state.value, "at": None, "by": None}
        return error
    at = row.confirmed_at if row.state is SheetState.CONFIRMED else row.submitted_at
    clock = at.astimezone(BEIJING).strftime("%m-%d %H:%M") if at else ""
    if row.state is SheetState.CONFIRMED:
        text = message("评分表已于 %(at)s 由%(by)s确认；修改须由裁判长解锁")
        error = SheetClosedError(text, at=clock, by=row.confirmed_by or "裁判长")
    else:
        error = SheetClosedError("评分表已于 %(at)s 提交；修改须由裁判长退回", at=clock)
    error.more = {"state": row.state.value, "at": at.isoformat() if at else None, "by": row.confirmed_by}
    return error


def usable_marks(
    paper: Paper,
    marks: Mapping[str, str | None],
    named: Iterable[str] = (),
    known: Mapping[str, str | None] | None = None,
) -> dict[str, str | None]:
    """The marks as they are stored: text as entered, None for a mark taken back.

    Args:
        paper: what stands on the sheet.
        marks: aspect to text.
        named: further aspects that the save names, for notes and doubts.
        known: marks that were found usable before, so that of fifty saves in a row only what changed is read.

    Raises:
        BadMarksError: aspects that are not on this sheet, or values that they do not admit.
    """
    errors: dict[str, DomainError] = {}
    known = known or {}
    for code in (*marks, *named):
        if code not in paper.aspects:
            errors[code] = InvalidInputError("这张评分表上没有代码为“%(code)s”的评分项", code=code)
    for code, text in marks.items():
        if text is not None and text != known.get(code) and code not in errors:
            try:
                paper.check(code, text)
            except DomainError as error:
                errors[code] = error
    if errors:
        raise BadMarksError(errors)
    return {code: None if text is None else text.strip() for code, text in marks.items()}


def missing_aspects(sheet: LockedSheet, marks: Mapping[str, str | None]) -> list[str]:
    """Aspects without a mark although the result would wait for it, in the order of the paper."""
    return [code for code in required_aspects(sheet.row, sheet.module_code) if marks.get(code) is None]
