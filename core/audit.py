"""The record of who did what, when: append-only and hash-chained, written in the transaction of the act itself.

There is one chain per competition and one, number 0, for the system. A line's hash covers the line before it, so
that a line changed, removed or slipped in later is found by `verify`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, Table, UniqueConstraint, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import now
from core.db import Model, db

SYSTEM_CHAIN = 0
GENESIS = "0" * 64


class AuditChain(Model):
    """The end of one chain; locked while a line is added."""

    __tablename__ = "audit_chain"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str] = mapped_column(default=GENESIS)


class AuditEntry(Model):
    """One act. Rows are only ever inserted; the database refuses update and delete."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[int] = mapped_column(index=True)
    """The competition's id, or 0."""
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    """As in `Actor.key`: ``account:3``, ``judge:7``, ``system``."""
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(index=True)
    """Table and id, as in ``score_sheet:7``."""
    detail: Mapped[dict[str, Any]]
    hash: Mapped[str]


CHAINS, ENTRIES = cast(Table, AuditChain.__table__), cast(Table, AuditEntry.__table__)
END = select(CHAINS.c.length, CHAINS.c.last_hash).where(CHAINS.c.chain == bindparam("of")).with_for_update()
BEGIN = text("INSERT INTO audit_chain (chain, length, last_hash) VALUES (:chain, 0, :genesis) ON CONFLICT DO NOTHING")
ADD = insert(ENTRIES).inline()
PROLONG = update(CHAINS).where(CHAINS.c.chain == bindparam("of"))
"""Made once: every act of everybody runs these."""
_WRITTEN = ("at", "actor", "actor_name", "action", "target", "detail")


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded: who (`actor` key and name) did `action` (``noun.past``) to `target`."""

    actor: str
    actor_name: str
    action: str
    target: str
    competition_id: int | None = None
    detail: Mapping[str, Any] | None = None


def record(session: Session, act: Act) -> None:
    """Add one line to the chain of its competition, inside the caller's transaction."""
    chain = act.competition_id or SYSTEM_CHAIN
    session.flush()  # the chain is held from here on; what else is to be written has been written before
    end = session.execute(END, {"of": chain}).first()
    if end is None:  # the first acts of a competition may be two at once
        session.execute(BEGIN, {"chain": chain, "genesis": GENESIS})
        end = session.execute(END, {"of": chain}).one()
    length, last_hash = end
    entry = {
        "chain": chain,
        "number": length + 1,
        "at": now(),
        "actor": act.actor,
        "actor_name": act.actor_name,
        "action": act.action,
        "target": act.target,
        "detail": dict(act.detail or {}),
    }
    entry["hash"] = _hash(entry, last_hash)
    session.execute(ADD, entry)
    session.execute(PROLONG, {"of": chain, "length": entry["number"], "last_hash": entry["hash"]})


def _hash(entry: Mapping[Any, Any], previous: str) -> str:
    """Over the line before it and all columns of this one."""
    at = entry["at"].isoformat(timespec="microseconds")
    rest = [entry[name] for name in ("actor", "actor_name", "action", "target", "detail")]
    line = [previous, entry["chain"], entry["number"], at, *rest]
    written = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain stops being true."""

    chain: int
    number: int
    reason: str


def verify(session: Session | None = None) -> list[Break]:
    """Recompute every chain. An empty list means that no line was changed, removed or slipped in.

    The chains are those of the application's database, or of the one that `session` is with.

    Cutting off the newest lines together with the chain's end is only found by comparing with a copy of
    the last hash kept elsewhere; `ends` gives it.
    """
    session, breaks = session or db.session(), []
    for end in session.scalars(select(AuditChain).order_by(AuditChain.chain)):
        breaks += breaks_of(end.chain, (end.length, end.last_hash), lines_of(session, end.chain))
    known = select(AuditChain.chain)
    for chain in session.scalars(select(AuditEntry.chain).where(AuditEntry.chain.not_in(known)).distinct()):
        breaks.append(Break(chain, 0, "链尾记录缺失"))
    return breaks


def lines_of(session: Session, chain: int) -> Iterator[Mapping[Any, Any]]:
    """The lines of one chain in their order, column to value; the row's own id is no part of the record."""
    columns = (column for column in ENTRIES.c if column.name != "id")
    yield from session.execute(select(*columns).where(ENTRIES.c.chain == chain).order_by(ENTRIES.c.number)).mappings()


def breaks_of(chain: int, end: tuple[int, str], entries: Iterable[Mapping[Any, Any]]) -> list[Break]:
    """Where a chain stops being true, wherever its lines come from.

    Args:
        chain: its number.
        end: its length and last hash.
        entries: its lines in their order, as `lines_of` gives them.
    """
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry["number"] != expected:
            return [Break(chain, expected, "缺少记录")]
        if entry["chain"] != chain or entry["hash"] != _hash(entry, previous):
            return [Break(chain, entry["number"], "内容与哈希不符")]
        previous, expected = entry["hash"], expected + 1
    if (expected - 1, previous) != end:
        return [Break(chain, expected, "链尾与最后一条记录不符")]
    return []


def transcribe(session: Session, competition_id: int, lines: Sequence[Mapping[str, Any]]) -> None:
    """Add what another chain says of a competition, in its order and with its own moments, inside the transaction.

    The line before it, which the caller records, has to say whose words these are.

    Args:
        session: of the transaction.
        competition_id: whose chain is prolonged.
        lines: with `at`, `actor`, `actor_name`, `action`, `target` and `detail`.
    """
    length, last_hash = session.execute(END, {"of": competition_id}).one()
    entries = []
    for number, line in enumerate(lines, start=length + 1):
        entry = {name: line[name] for name in _WRITTEN} | {"chain": competition_id, "number": number}
        entry["hash"] = last_hash = _hash(entry, last_hash)
        entries.append(entry)
    if entries:
        session.execute(insert(ENTRIES), entries)
        end = {"of": competition_id, "length": length + len(entries), "last_hash": last_hash}
        session.execute(PROLONG, end)


def ends(session: Session | None = None) -> dict[int, tuple[int, str]]:
    """Length and last hash of every chain, to be kept on paper or elsewhere; of the same database as for `verify`."""
    return {e.chain: (e.length, e.last_hash) for e in (session or db.session()).scalars(select(AuditChain))}
