"""Taking over what a tablet could not send: the same saves through the same use cases, each stored exactly once.

Who hands over is recorded; the marks stay the judge's. A parcel may come twice, and its saves may come by the network
as well, before or after: a save's key makes it the same save.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.audit import record
from core.auth import Actor, SignIn, SubjectKind
from core.db import db, transaction
from core.errors import DomainError, NotAllowedError
from scoring.handing_over.keys import device_key
from scoring.handing_over.parcel import ALONE, Parcel, Row, read_parcel, require_seal, unpacked
from scoring.handing_over.photos import PhotoTally, changes_in, photos_in, take_changes, take_photos
from scoring.handing_over.places import name_sheets
from scoring.handing_over.presses import ClockTally, presses_in, take_presses
from scoring.models import SheetSubmission
from scoring.sheets import saving
from scoring.tablet.payloads import SubmitBody, queued, read

Save = saving.SaveMarks
Step = Save | saving.SubmitSheet


class ForeignParcelError(NotAllowedError):
    """The parcel is of another competition, or of a device that this installation does not know."""

    code = "foreign_parcel"


class RevokedDeviceError(NotAllowedError):
    """The device was signed out by the organiser; somebody has to vouch for it."""

    code = "revoked_device"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Store what `data`, a parcel, holds. `vouches` takes it from a device that was signed out, too."""

    competition_id: int
    data: bytes
    actor: Actor
    vouches: bool = False


@dataclass(slots=True)
class SheetTally:
    """What became of one sheet's rows. `title` and `number` are empty for a sheet that is not there."""

    sheet_id: int
    title: str = ""
    number: int | str | None = None
    stored: int = 0
    known: int = 0
    refused: list[DomainError] = field(default_factory=list)
    submission: str = ""
    """Empty, ``stored`` or ``known``."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a parcel, sheet by sheet and clock by clock, and of the pictures sheet by sheet."""

    judge: str
    device: str
    made_at: datetime | None
    digest: str
    sheets: Sequence[SheetTally]
    clocks: Sequence[ClockTally]
    photos: Sequence[PhotoTally]

    @property
    def _all(self) -> list[SheetTally | ClockTally | PhotoTally]:
        return [*self.sheets, *self.clocks, *self.photos]

    @property
    def stored(self) -> int:
        """Saves, presses, pictures and changes of these stored by this hand-over."""
        return sum(tally.stored for tally in self._all)

    @property
    def known(self) -> int:
        """Saves, presses and pictures that had been stored before."""
        return sum(tally.known for tally in self._all)

    @property
    def refused(self) -> int:
        """Saves, submissions, presses and pictures that were not taken."""
        return sum(len(tally.refused) for tally in self._all)


def take_over(command: TakeOver) -> Taken:
    """Store a parcel's saves, submissions, presses and pictures on behalf of its judge; what is refused is recorded.

    Raises:
        ParcelTooLargeError, ParcelDamagedError, ParcelForgedError: see `scoring.handing_over.parcel`.
        ForeignParcelError: another competition's, or of a device that is not known here.
        RevokedDeviceError: the device was signed out and nobody vouches for it.
        MalformedError: rows that no tablet makes.
    """
    try:
        parcel, device = _checked(command)
        rows = unpacked(parcel.rows)
        steps, presses, changes, photos = _steps(rows), presses_in(rows), changes_in(rows), photos_in(rows)
    except DomainError as error:
        _record_refusal(command, error)
        raise
    judge = Actor(
        SubjectKind.JUDGE,
        device.subject_id,
        device.name,
        device.id,
        {command.competition_id: frozenset({device.role} if device.role else ())},
        command.competition_id,
        via=command.actor,
    )
    made_at, words, name = _moment(parcel.made_at), device.device, device.name
    of_photos: dict[int, PhotoTally] = {}
    take_changes(changes, photos, judge, of_photos)
    tallies = {step.sheet_id: SheetTally(step.sheet_id) for step in steps}
    for batch in _batches(steps):
        _run(batch, judge, tallies)
    name_sheets(tallies.values())
    clocks, pictures = take_presses(presses, judge), take_photos(photos, parcel.images, judge, of_photos)
    taken = Taken(name, words, made_at, parcel.digest, list(tallies.values()), clocks, pictures)
    _record_taking(command, judge, taken)
    return taken


def _checked(command: TakeOver) -> tuple[Parcel, SignIn]:
    parcel = read_parcel(command.data)
    device = db.session.get(SignIn, parcel.device)
    if parcel.competition_id != command.competition_id:
        raise ForeignParcelError("这是另一场竞赛的交接文件，没有存入任何分数")
    is_known = device is not None and device.subject_kind is SubjectKind.JUDGE
    if device is None or not is_known or device.competition_id != command.competition_id:
        raise ForeignParcelError("生成这份交接文件的平板没有在本竞赛登录过，没有存入任何分数")
    require_seal(parcel, device_key(device))
    if device.subject_id != parcel.judge_id:
        raise ForeignParcelError("交接文件里的裁判与平板登录的裁判不符，没有存入任何分数")
    if device.revoked_at is not None and not command.vouches:
        raise RevokedDeviceError(
            "%(name)s的这台平板已退出登录或被停用。若确认是裁判本人交来，"
            "请再选一次这份文件或照片，勾选“已核实”，然后读入",
            name=device.name,
        )
    return parcel, device


def _steps(rows: Iterable[Row]) -> list[Step]:
    """A parcel's saves and submissions as commands, in the order in which the judge made them.

    Raises:
        MalformedError: a row is not what a tablet makes; then none is taken.
    """
    return [_step(row) for row in rows if row["kind"] not in ALONE]


def _step(row: Row) -> Step:
    body = {name: value for name, value in row.items() if name != "kind"}
    if row["kind"] == "submit":
        sheet_id = int(body.pop("sheet_id"))
        return read(SubmitBody, body).command(sheet_id)
    (save,) = queued([body])
    if isinstance(save, tuple):
        raise save[1]
    return save


def _batches(steps: Iterable[Step]) -> Iterator[list[Save] | saving.SubmitSheet]:
    """Saves in batches, each submission by itself, in order: what the tablet itself would have sent."""
    saves: list[Save] = []
    for step in steps:
        is_submission = isinstance(step, saving.SubmitSheet)
        if saves and (is_submission or len(saves) == saving.MOST_AT_ONCE):
            yield saves
            saves = []
        if isinstance(step, saving.SubmitSheet):
            yield step
        else:
            saves.append(step)
    if saves:
        yield saves


def _run(batch: list[Save] | saving.SubmitSheet, judge: Actor, tallies: dict[int, SheetTally]) -> None:
    if isinstance(batch, saving.SubmitSheet):
        _submit(batch, judge, tallies[batch.sheet_id])
        return
    known: set[UUID] = set(saving.stored_keys(db.session(), [save.key for save in batch]))
    for save, outcome in zip(batch, saving.sync_saves(saving.SyncSaves(batch), judge), strict=True):
        tally = tallies[save.sheet_id]
        if isinstance(outcome, saving.Refused):
            tally.refused.append(outcome.error)
        elif save.key in known:
            tally.known += 1
        else:
            tally.stored += 1


def _submit(command: saving.SubmitSheet, judge: Actor, tally: SheetTally) -> None:
    is_known = db.session.scalar(select(SheetSubmission.id).where(SheetSubmission.key == command.key)) is not None
    try:
        saving.submit_sheet(command, judge)
        tally.submission = "known" if is_known else "stored"
    except DomainError as error:
        tally.refused.append(error)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _record_taking(command: TakeOver, judge: Actor, taken: Taken) -> None:
    counts = {"stored": taken.stored, "known": taken.known, "refused": taken.refused}
    detail = counts | {"judge": judge.key, "sign_in": judge.sign_in_id, "digest": taken.digest}
    detail |= {"vouched": command.vouches}
    with transaction() as session:
        act = command.actor.act("hand_over.taken", f"sign_in:{judge.sign_in_id}", command.competition_id, detail)
        record(session, act)


def _record_refusal(command: TakeOver, error: DomainError) -> None:
    detail = {"code": error.code, "bytes": len(command.data), "digest": hashlib.sha256(command.data).hexdigest()}
    with transaction() as session:
        target = f"competition:{command.competition_id}"
        record(session, command.actor.act("hand_over.refused", target, command.competition_id, detail))
