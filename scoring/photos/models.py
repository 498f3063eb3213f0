"""The table of pictures. A picture itself is a file that is named by its digest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, Uuid, and_, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core.db import Model


class SheetPhoto(Model):
    """One picture that a judge attached to a sheet. Rows are only ever inserted; `key` makes a retry the same one.

    A row with a negative number says that the judge has taken the picture of that number back; see `changing`.
    """

    __tablename__ = "sheet_photo"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    number: Mapped[int]
    """From 1, by which a sheet on paper names it; −n takes picture n back."""
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    aspect: Mapped[str]
    """Id of the aspect that it shows; empty for the sheet as a whole."""
    digest: Mapped[str]
    """SHA-256 of the file as it is kept, which is also its name."""
    size: Mapped[int]
    """Bytes."""
    width: Mapped[int]
    height: Mapped[int]
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    device_taken_at: Mapped[datetime | None]
    """The tablet's own clock when the picture was taken; of −n, when it was taken back."""
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))


def still_there() -> ColumnElement[bool]:
    """Of a query of pictures: those that nobody has taken back."""
    taken_back = aliased(SheetPhoto)
    is_same = and_(taken_back.sheet_id == SheetPhoto.sheet_id, taken_back.number == -SheetPhoto.number)
    return and_(SheetPhoto.number > 0, ~exists().where(is_same))
