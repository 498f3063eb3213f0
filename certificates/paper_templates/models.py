"""The table of own templates; a return to the built-in form is a version too."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class PaperTemplate(Model):
    """One version of a paper's form in a competition; rows are only ever inserted, and the newest counts."""

    __tablename__ = "paper_template"
    __table_args__ = (UniqueConstraint("competition_id", "benefit", "form", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    benefit: Mapped[str]
    """Which paper: promotion, honour or medal."""
    form: Mapped[str]
    """docx or xlsx."""
    number: Mapped[int]
    filename: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Empty: from here on the built-in form again."""
    digest: Mapped[str]
    reason: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]
