"""The figures that this package knows: database, queued work, devices, audit chains, disk."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.audit import AuditChain
from core.auth import SignIn, SignInTry, SubjectKind
from core.backup.making import version
from core.clock import now
from core.config import Settings
from core.db import db, is_reachable
from core.jobs import Batch, BatchState
from core.metrics.text import Figure, Kind, Sample, by_label, figure

Figures = Callable[[], Iterator[Figure]]
"""What a package above knows; asked only while the database answers."""
RECENT = timedelta(minutes=15)


def figures(settings: Settings, *others: Figures) -> Iterator[Figure]:
    """Every figure. Where the database does not answer, that and the disk alone are told."""
    is_up = _is_up()
    yield figure("database_up", "Whether the database answers.", int(is_up))
    yield from _disk(settings.instance)
    if not is_up:
        return
    yield from _database(settings)
    yield from _queue()
    yield from _devices()
    yield from _audit()
    for other in others:
        yield from other()


def _is_up() -> bool:
    try:
        return is_reachable()
    except SQLAlchemyError:
        return False


def _disk(folder: Path) -> Iterator[Figure]:
    usage = shutil.disk_usage(folder)
    yield figure("disk_free_bytes", "Free on the disk of the instance folder.", usage.free)
    yield figure("disk_size_bytes", "Size of the disk of the instance folder.", usage.total)


def _database(settings: Settings) -> Iterator[Figure]:
    migration = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    labels = {"version": version(), "migration": migration, "database": db.engine.dialect.name}
    yield Figure("installation", "What runs here.", (Sample(1, labels),), Kind.INFO)
    yield figure("database_size_bytes", "Size of the database.", _size(settings))


def _size(settings: Settings) -> int:
    if not settings.is_sqlite:
        return int(db.session.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)
    pages = db.session.execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return int(pages.scalar() or 0)


def _queue() -> Iterator[Figure]:
    counted = dict(db.session.execute(select(Batch.state, func.count(Batch.id)).group_by(Batch.state)).all())
    values = {state.value: counted.get(state, 0) for state in BatchState}
    yield by_label("batches", "Pieces of long work by state.", "state", values)
    waiting = select(func.sum(Batch.total - Batch.done), func.min(Batch.created_at))
    items, since = db.session.execute(waiting.where(Batch.state == BatchState.QUEUED)).one()
    yield figure("batch_items_waiting", "Items of queued work that are not done yet.", int(items or 0))
    text_of_age = "How long the oldest queued work waits; it grows where no worker runs."
    yield figure("batch_oldest_seconds", text_of_age, _age(since))


def _age(since: datetime | None) -> float:
    return max(0.0, (now() - since).total_seconds()) if since else 0.0


def _devices() -> Iterator[Figure]:
    signed_in = (SignIn.revoked_at.is_(None), SignIn.expires_at > now())
    devices = select(func.count(SignIn.id), func.coalesce(func.sum(SignIn.unsent), 0)).where(
        SignIn.subject_kind == SubjectKind.JUDGE, *signed_in
    )
    count, unsent = db.session.execute(devices).one()
    holding = db.session.scalar(devices.with_only_columns(func.count(SignIn.id)).where(SignIn.unsent > 0))
    yield figure("devices", "Devices on which judges are signed in.", count)
    yield figure("devices_unsent", "Of these, devices that hold saves which the server has not got yet.", holding or 0)
    yield figure("unsent_saves", "Saves that these devices hold, as they last said.", int(unsent))
    tries = select(func.count(SignInTry.id)).where(SignInTry.at > now() - RECENT)
    yield figure("failed_sign_ins_recent", "Failed tries within fifteen minutes.", db.session.scalar(tries) or 0)


def _audit() -> Iterator[Figure]:
    chains, length = db.session.execute(select(func.count(AuditChain.chain), func.sum(AuditChain.length))).one()
    yield figure("audit_chains", "Chains of the audit record.", chains)
    yield figure(
        "audit_entries", "Lines of all chains; a smaller number than before means loss.", int(length or 0), Kind.COUNTER
    )
