"""Rows that belong to a competition: found there, or refused as if they did not exist anywhere."""

from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from core.errors import NotFoundError


class OfCompetition(Protocol):
    """A row that says to which competition it belongs."""

    @property
    def competition_id(self) -> int | None:
        """Its competition; None where it belongs to none."""


R = TypeVar("R", bound=OfCompetition)


def row_in(
    session: Session, table: type[R], competition_id: int, row_id: int, missing: NotFoundError, *, lock: bool = False
) -> R:
    """The row of this competition.

    Args:
        session: for reading, or of a transaction.
        table: where it stands.
        competition_id: whose it must be.
        row_id: its key.
        missing: what is raised for none and for one of another competition: nobody learns that it exists elsewhere.
        lock: hold it until the transaction ends.

    Raises:
        NotFoundError: `missing`.
    """
    row = session.get(table, row_id, with_for_update=lock or None)
    if row is None or row.competition_id != competition_id:
        raise missing
    return row
