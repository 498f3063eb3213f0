"""The workbook that goes out with everybody who was recommended, and comes back filled in with what was granted."""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.flags.exporting import approved_flags
from certificates.incoming.doing import Doer
from certificates.papers.forms import Approved
from certificates.titles.known import answered_titles
from certificates.titles.rows import COLUMNS, GRANTED, NOT_GRANTED
from competitions.models import Competition
from competitions.setup import competition_of
from core.audit import record
from core.db import db, transaction
from core.spreadsheets import Cell, Choices, SheetPlan, write_xlsx

SPARE_ROWS = 20
_NOTE = (
    "每人每项一行。已授予的填写授予机关、文号、授予日期；没有授予的，在“结果”里选“未授予”，原因写在备注里；"
    "四栏都空着的行不存入。名单以外本场竞赛选手获得的称号可加在下面。"
)


@dataclass(frozen=True, slots=True)
class TakeOutTitles:
    """Take the workbook out; it carries document numbers in full, and is recorded."""

    competition_id: int
    actor: Doer


def take_out_titles(command: TakeOutTitles) -> bytes:
    """The workbook as XLSX, prefilled from approved titles and medals whose outcome is not recorded yet.

    Raises:
        NotFoundError: no such competition.
    """
    competition = competition_of(command.competition_id)
    people = _waiting(competition)
    content = write_xlsx([_plan(competition, people)])
    with transaction() as session:
        detail = {"flags": [one.flag_id for one in people]}
        target = f"competition:{command.competition_id}"
        record(session, command.actor.act("titles.taken_out", target, command.competition_id, detail))
    return content


def _waiting(competition: Competition) -> list[Approved]:
    session = db.session()
    told = answered_titles(session, competition.id)
    found: dict[tuple[str, str], Approved] = {}
    for benefit in ("honour", "medal"):
        for one in approved_flags(session, competition, benefit, is_masked=False):
            # Two packs may name the same title; it is asked about once.
            if one.wanted and (one.document_index, one.wanted) not in told:
                found.setdefault((one.document_index, one.wanted), one)
    return list(found.values())


def _plan(competition: Competition, people: Sequence[Approved]) -> SheetPlan:
    rows: list[list[Cell]] = [[f"{competition.title} 称号和奖章授予情况"], [_NOTE], list(COLUMNS), *map(_row, people)]
    last = len(rows) + SPARE_ROWS
    return SheetPlan(
        "授予情况",
        rows,
        header_row=2,
        choices=(Choices(COLUMNS.index("结果"), 3, last, (GRANTED, NOT_GRANTED)),),
        widths={0: 12, 1: 24, 2: 26, 3: 10, 4: 30, 5: 26, 6: 14, 7: 22, 8: 14, 9: 30},
        text_columns=frozenset({1, 5, 6, 8}),
    )


def _row(one: Approved) -> list[Cell]:
    return [one.name, one.document, one.wanted, "", "", "", "", str(one.event), one.occupation, ""]
