"""One person's application set as a ZIP: a list of contents, what this system writes, what was handed in, in order."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from certificates.attachments import storing
from certificates.attachments.handing_in import flag_for
from certificates.attachments.models import PaperState
from certificates.attachments.standing import Line, standings
from certificates.flags.exporting import approved_flags, contest_of
from certificates.models import Recommendation
from certificates.paper_templates.keeping import filled
from certificates.papers.files import TYPES, File, written
from certificates.papers.forms import KINDS, paper
from competitions.pack_editing.known import known_packs
from competitions.setup import competition_of
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.spreadsheets import Cell, SheetPlan, write_xlsx

_ENDINGS = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}
_STATES = {"missing": "缺", "handed_in": "已交，待审核", "accepted": "已接受", "refused": "已退回"}
_WRITTEN_DAY = (2000, 1, 1, 0, 0, 0)
"""A fixed day in the archive: the same papers give the same bytes."""
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class ExportSet:
    """Take one person's set away; with `is_masked` false the written papers carry the document number in full."""

    competition_id: int
    flag_id: int
    is_masked: bool
    actor: Actor


def export_set(command: ExportSet) -> File:
    """The set of one flag, and a line of who took it.

    Raises:
        NotFoundError: no such flag in this competition.
        LostFileError: a handed-in file is gone or was changed.
        MissingGlyphError: a character that no font can draw.
    """
    reading = db.session()
    flag = flag_for(reading, command.competition_id, command.flag_id, None)
    lines = standings(reading, command.competition_id, [flag])[flag.id].lines
    papers = [line.paper.id for line in lines if line.paper is not None]
    name = f"{flag.contestant.person.name} {KINDS[flag.benefit].title} 材料.zip"
    content = _zip(_parts(flag, lines, list(_written(reading, flag, command))))
    # Only the line is written in a transaction: drawing the papers takes a second in which nobody else could write.
    with transaction() as session:
        detail = {"flag": command.flag_id, "papers": papers, "masked": command.is_masked}
        target = f"recommendation:{command.flag_id}"
        record(session, command.actor.act("paper_set.exported", target, command.competition_id, detail))
    return File(_plain(name), "application/zip", content)


def _written(session: Session, flag: Recommendation, command: ExportSet) -> Iterable[File]:
    """The papers that this system writes for the flag; none until a person has approved it."""
    competition, kind = competition_of(command.competition_id), KINDS[flag.benefit]
    everybody = approved_flags(session, competition, flag.benefit, is_masked=command.is_masked)
    own = [one for one in everybody if one.flag_id == flag.id]
    if own:
        document = paper(kind, contest_of(competition), own, known_packs(db.session()), is_masked=command.is_masked)
        for form, media in TYPES.items():
            content = filled(session, contest_of(competition), competition.id, form, own)
            yield File(f"{kind.title}.{form}", media, written(document, form) if content is None else content)


def _parts(flag: Recommendation, lines: Iterable[Line], forms: list[File]) -> Iterable[tuple[str, bytes]]:
    kept: list[tuple[str, bytes]] = []
    rows: list[list[Cell]] = [["序号", "材料", "状态", "文件", "审核人", "说明", "SHA-256"]]
    for form in forms:
        kept.append((f"00 {form.name}", form.content))
        rows.append(["0", "系统生成的表，签字盖章后另交", "", f"00 {form.name}", "", "", ""])
    for number, line in enumerate(lines, start=1):
        found = line.paper
        name = ""
        if found is not None and found.state is not PaperState.REFUSED:
            name = f"{number:02} {_plain(line.item.text)[:_LONGEST]}.{_ENDINGS[found.kind]}"
            kept.append((name, storing.read(found.stored_as, found.digest)))
        said = ["", "", ""] if found is None else [found.decided_by or "", found.reason, found.digest]
        rows.append([str(number), line.item.text, _STATES[line.state], name, *said])
    if not forms:
        rows.append(["", "推荐还没有审定同意，没有生成的表", "", "", "", "", ""])
    title: list[list[Cell]] = [[f"{flag.contestant.person.name} 申报材料目录"], *rows]
    widths = {0: 6.0, 1: 60.0, 2: 14.0, 3: 50.0, 4: 12.0, 5: 30.0, 6: 70.0}
    yield "目录.xlsx", write_xlsx([SheetPlan("目录", title, header_row=1, widths=widths)])
    yield from kept


def _zip(parts: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN_DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _plain(text: str) -> str:
    """A text as part of a file's name on any system."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", text).strip()
