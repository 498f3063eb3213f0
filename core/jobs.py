"""Long and scheduled work: a batch is a row that any worker can resume; one leader process runs what is due.

The row is the durable record, moved on in the same transaction as each chunk's results, so that `kill -9` loses
nothing and repeats nothing in the database. `register` names every kind of batch here, in code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import Model, db, transaction
from core.errors import DomainError, NotFoundError
from core.rows import row_in

CHUNK = 20


class BatchState(StrEnum):
    """How a batch stands."""

    QUEUED = "queued"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Batch(Model):
    """One long piece of work: `done` of `total` items, each of `params` alone."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    params: Mapped[dict[str, Any]]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[BatchState] = mapped_column(default=BatchState.QUEUED)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    finished_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")


Step = Callable[[Session, Batch, int], None]
"""Does item number n (from 0) of a batch inside the chunk's transaction."""

_STEPS: dict[str, Step] = {}


def register(kind: str, step: Step) -> None:
    """Say how an item of batches of `kind` is done; called once, where the application is put together."""
    _STEPS[kind] = step


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A piece of long work to be queued."""

    kind: str
    title: str
    competition_id: int
    params: dict[str, Any]
    total: int


def enqueue(session: Session, new: NewBatch, actor: Actor) -> Batch:
    """Queue a batch inside the transaction that makes it necessary."""
    batch = Batch(
        kind=new.kind,
        title=new.title,
        competition_id=new.competition_id,
        params=new.params,
        total=new.total,
        created_at=now(),
        created_by=actor.key,
    )
    session.add(batch)
    session.flush()
    detail = {"kind": new.kind, "total": new.total}
    record(session, actor.act("batch.queued", f"batch:{batch.id}", new.competition_id, detail))
    return batch


def run_chunk(batch_id: int) -> bool:
    """Do up to CHUNK items of a batch in one transaction; True while something is left to do."""
    try:
        with transaction() as session:
            batch = session.get(Batch, batch_id, with_for_update=True)
            if batch is None or batch.state is not BatchState.QUEUED:
                return False
            end = min(batch.done + CHUNK, batch.total)
            for number in range(batch.done, end):
                _STEPS[batch.kind](session, batch, number)
            batch.done = end
            if end == batch.total:
                batch.state, batch.finished_at = BatchState.DONE, now()
            return batch.state is BatchState.QUEUED
    except DomainError as error:
        _fail(batch_id, str(error))
        return False


def _fail(batch_id: int, message: str) -> None:
    with transaction() as session:
        batch = session.get(Batch, batch_id)
        if batch is not None:
            batch.state, batch.message, batch.finished_at = BatchState.FAILED, message, now()


def sweep() -> None:
    """Finish every queued batch, oldest first."""
    queued = select(Batch.id).where(Batch.state == BatchState.QUEUED).order_by(Batch.id)
    for batch_id in db.session.scalars(queued).all():
        while run_chunk(batch_id):
            pass


def stop_batch(batch_id: int, competition_id: int, actor: Actor) -> None:
    """Stop a queued batch after its current chunk; what is done stays done.

    Raises:
        NotFoundError: no such batch in this competition.
    """
    with transaction() as session:
        batch = _batch_in(session, batch_id, competition_id)
        if batch.state is BatchState.QUEUED:
            batch.state, batch.finished_at = BatchState.STOPPED, now()
            record(session, actor.act("batch.stopped", f"batch:{batch.id}", competition_id))


def resume_batch(batch_id: int, competition_id: int, actor: Actor) -> None:
    """Queue a stopped or failed batch again; it goes on where it was.

    Raises:
        NotFoundError: no such batch in this competition.
    """
    with transaction() as session:
        batch = _batch_in(session, batch_id, competition_id)
        if batch.state in (BatchState.STOPPED, BatchState.FAILED):
            batch.state, batch.finished_at, batch.message = BatchState.QUEUED, None, ""
            record(session, actor.act("batch.resumed", f"batch:{batch.id}", competition_id))


def _batch_in(session: Session, batch_id: int, competition_id: int) -> Batch:
    return row_in(session, Batch, competition_id, batch_id, NotFoundError("没有这项任务"), lock=True)
