"""Everybody whom delegations have handed in, as rows for a file or another program; drafts are nobody else's affair."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from competitions.enrolment.keeping import facts_of
from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.enrolment.words import PART_NAMES, STATE_NAMES
from competitions.models import Delegation, Event
from competitions.standards.model import LEVEL_NAMES
from core.clock import BEIJING
from core.db import db
from core.spreadsheets import Cell, SheetPlan, write_xlsx

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = (
    *("编号", "版本", "代表队", "身份", "赛项", "第几队", "姓名", "证件", "工作单位", "现技能等级", "状态", "进入名单"),
    *("退回理由", "审核时间"),
)
_WIDTHS = {2: 20, 4: 22, 6: 12, 7: 22, 8: 36, 12: 40, 13: 18}


def handed_in(competition_id: int, state: EntryState | None = None) -> Sequence[EnrolmentEntry]:
    """Who was handed in, by delegation; with a state, those in it alone. Three queries.

    Args:
        competition_id: where.
        state: any but that of drafts, of whom there are none here.
    """
    query = (
        select(EnrolmentEntry)
        .join(EnrolmentEntry.delegation)
        .outerjoin(EnrolmentEntry.event)
        .options(joinedload(EnrolmentEntry.event), joinedload(EnrolmentEntry.delegation))
        .where(EnrolmentEntry.competition_id == competition_id, EnrolmentEntry.state != EntryState.DRAFT)
        .order_by(Delegation.position, Event.position, EnrolmentEntry.team, EnrolmentEntry.id)
    )
    return db.session.scalars(query if state is None else query.where(EnrolmentEntry.state == state)).all()


def line_of(entry: EnrolmentEntry) -> list[Cell]:
    """An entry under `HEADINGS`. The document is masked, as on every page; times are Beijing's."""
    values = facts_of(entry)
    decided = entry.decided_at
    return [
        entry.id,
        entry.revision,
        entry.delegation.name,
        PART_NAMES[entry.part],
        entry.event.title if entry.event else "",
        entry.team,
        entry.name,
        entry.document_masked,
        values.unit or "",
        LEVEL_NAMES[values.level] if values.level else "",
        STATE_NAMES[entry.state],
        "是" if entry.entrant_id else "",
        entry.reason,
        f"{decided.astimezone(BEIJING):%Y-%m-%d %H:%M}" if decided else "",
    ]


def workbook_of(entries: Sequence[EnrolmentEntry]) -> bytes:
    """The entries as an XLSX file."""
    rows: list[list[Cell]] = [list(HEADINGS), *(line_of(one) for one in entries)]
    return write_xlsx([SheetPlan("在线报名", rows, header_row=0, widths=_WIDTHS)])
