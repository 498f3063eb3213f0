"""What has changed in a competition since a page was drawn, read from the audit chain: every act leaves a line there.

The length of the chain is the version of everything in the competition, one row by its primary key; the lines past a
known length name what has changed, by the index of the chain. Nothing of its own has to be counted or cleaned up.
"""

from dataclasses import dataclass

from sqlalchemy import select

from core.audit import AuditChain, AuditEntry
from core.db import db

MOST_LINES = 1000
"""A page that has been away for longer is drawn anew."""
SHEET = "score_sheet"
QUIET = frozenset(
    {"sign_in", "judge", "account", "module_clock", "roster_import", "delegation", "batch", "certificate", "award"}
)
"""Kinds of targets that no board shows; a judge's devices come with all news anyway."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed.

    Attributes:
        version: up to where was read.
        sheets: ids of score sheets that were touched.
        is_wide: something else was done, or too much to tell apart: only the whole page will do.
    """

    version: int
    sheets: frozenset[int]
    is_wide: bool


def version_of(competition_id: int) -> int:
    """A number that grows with every act in the competition."""
    length = db.session.scalar(select(AuditChain.length).where(AuditChain.chain == competition_id))
    return length or 0


def changes_since(competition_id: int, version: int) -> Changes:
    """What was touched after `version`; a version from the future (a restored database) makes everything new."""
    newest = version_of(competition_id)
    if not newest - MOST_LINES <= version <= newest:
        return Changes(newest, frozenset(), is_wide=True)
    query = select(AuditEntry.target).where(
        AuditEntry.chain == competition_id, AuditEntry.number > version, AuditEntry.number <= newest
    )
    targets = {tuple(target.split(":", 1)) for target in db.session.scalars(query)}
    sheets = frozenset(int(name) for kind, name in targets if kind == SHEET)
    return Changes(newest, sheets, is_wide=any(kind != SHEET and kind not in QUIET for kind, _ in targets))
