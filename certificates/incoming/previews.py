"""Keeping a workbook between the look and the taking in, which happens once, whoever asks first."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.tables import TableRow
from competitions.setup import locked_competition
from core.audit import Act, record
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.personal_data import decrypt, encrypt
from core.spreadsheets import Sheet, read_spreadsheet

MOST_BYTES = 4 * 2**20

Acting = Callable[[str, str, int, dict[str, object]], Act]
"""How who acts makes an audit line: action, target, competition, detail."""


class WorkbookTooLargeError(InvalidInputError):
    """More than one workbook may hold."""

    code = "workbook_too_large"


class WorkbookSettledError(ConflictError):
    """The workbook was taken in or dropped before."""

    code = "workbook_settled"


class WrongRowsLeftError(ConflictError):
    """There are wrong rows, and nobody has said that the others may be taken in without them."""

    code = "wrong_rows"


class NothingNewError(ConflictError):
    """No row of the workbook says anything that is not stored already."""

    code = "nothing_new"


@dataclass(frozen=True, slots=True)
class Upload:
    """A workbook as somebody handed it over."""

    competition_id: int
    subject: Subject
    filename: str
    data: bytes


def keep(upload: Upload, read: Callable[[list[Sheet]], Sequence[TableRow]], actor: str, acting: Acting) -> int:
    """Read a workbook, keep its rows and return the preview's id; the same file again gives the same preview.

    Args:
        upload: the file.
        read: finds the rows of its sheets.
        actor: the key of who looks.
        acting: makes the audit line.

    Raises:
        SpreadsheetError, NoTableError: the file cannot be read, or has no such table.
        WorkbookTooLargeError: too many bytes.
        NotFoundError: no such competition.
    """
    if len(upload.data) > MOST_BYTES:
        raise WorkbookTooLargeError("文件超过 %(most)s MB，请分开上传", most=MOST_BYTES // 2**20)
    rows = read(read_spreadsheet(upload.data, upload.filename))
    digest = hashlib.sha256(upload.data).hexdigest()
    with transaction() as session:
        competition = locked_competition(session, upload.competition_id)
        waiting = _same(session, upload, digest)
        if waiting is not None:
            return waiting.id
        row = IncomingWorkbook(
            competition_id=competition.id,
            subject=upload.subject,
            filename=upload.filename[:200],
            digest=digest,
            rows_sealed=encrypt(json.dumps([asdict(one) for one in rows], ensure_ascii=False)),
            read_at=now(),
            read_by=actor,
        )
        session.add(row)
        session.flush()
        detail: dict[str, object] = {"filename": row.filename, "digest": digest, "rows": len(rows)}
        record(session, acting(f"{upload.subject.value}.read", f"incoming_workbook:{row.id}", competition.id, detail))
        return row.id


def _same(session: Session, upload: Upload, digest: str) -> IncomingWorkbook | None:
    query = select(IncomingWorkbook).where(
        IncomingWorkbook.competition_id == upload.competition_id,
        IncomingWorkbook.subject == upload.subject,
        IncomingWorkbook.digest == digest,
        IncomingWorkbook.taken_in_at.is_(None),
        func.length(IncomingWorkbook.rows_sealed) > 0,
    )
    return session.scalar(query.limit(1))


def rows_of(workbook: IncomingWorkbook) -> list[TableRow]:
    """The rows that were kept; none once the workbook was taken in or dropped."""
    if not workbook.rows_sealed:
        return []
    return [TableRow(one["sheet"], one["row"], one["texts"]) for one in json.loads(decrypt(workbook.rows_sealed))]


def workbook_of(session: Session, competition_id: int, subject: Subject, workbook_id: int) -> IncomingWorkbook:
    """The preview of this competition.

    Raises:
        NotFoundError: none, of another competition, or about something else.
    """
    row = session.get(IncomingWorkbook, workbook_id)
    if row is None or (row.competition_id, row.subject) != (competition_id, subject):
        raise NotFoundError("没有这份预览")
    return row


def pending(competition_id: int, subject: Subject) -> list[IncomingWorkbook]:
    """Workbooks that wait to be taken in or dropped, the latest first."""
    query = select(IncomingWorkbook).where(
        IncomingWorkbook.competition_id == competition_id,
        IncomingWorkbook.subject == subject,
        IncomingWorkbook.taken_in_at.is_(None),
        func.length(IncomingWorkbook.rows_sealed) > 0,
    )
    return list(db.session.scalars(query.order_by(IncomingWorkbook.id.desc())))


def require_pending(workbook: IncomingWorkbook) -> None:
    """Stop where somebody was first.

    Raises:
        WorkbookSettledError: taken in or dropped.
    """
    if workbook.taken_in_at is not None:
        raise WorkbookSettledError("“%(name)s”已经存入过了", name=workbook.filename)
    if not workbook.rows_sealed:
        raise WorkbookSettledError("“%(name)s”的预览已放弃，请重新上传", name=workbook.filename)


def require_choice(new: int, wrong: int, *, leaves_out_wrong: bool) -> None:
    """Stop where nothing would be stored, or wrong rows would be left out in silence.

    Raises:
        NothingNewError: no row is new.
        WrongRowsLeftError: there are wrong rows, and they were not left out explicitly.
    """
    if not new:
        raise NothingNewError("没有可存入的新内容：有错误的 %(wrong)s 行，其余与已存的相同", wrong=wrong)
    if wrong and not leaves_out_wrong:
        raise WrongRowsLeftError(
            "有 %(wrong)s 行有错误。请改好后重新上传，或勾选只存入无误的 %(good)s 行", wrong=wrong, good=new
        )


def settle(workbook: IncomingWorkbook, counts: dict[str, int]) -> None:
    """Note that a workbook was taken in, and forget its rows."""
    workbook.taken_in_at, workbook.rows_sealed, workbook.counts = now(), b"", counts


def drop(competition_id: int, subject: Subject, workbook_id: int, acting: Acting) -> None:
    """Forget a preview.

    Raises:
        WorkbookSettledError: taken in or dropped before.
        NotFoundError: no such preview.
    """
    with transaction() as session:
        locked_competition(session, competition_id)
        row = workbook_of(session, competition_id, subject, workbook_id)
        require_pending(row)
        row.rows_sealed = b""
        detail: dict[str, object] = {"filename": row.filename}
        target = f"incoming_workbook:{row.id}"
        record(session, acting(f"{subject.value}.dropped", target, competition_id, detail))
