"""What keeps a chief judge busy in the half-marked event: votes too far apart, a doubt, pictures, a clock."""

import io
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw
from sqlalchemy import select

from core.auth import Actor
from core.db import db
from demo.building import JUDGES_PER_PANEL, Demo, judged_modules
from demo.course import Course
from demo.people import SEED
from scoring.jury.contestant_signing import SetContestantSigning, set_contestant_signing
from scoring.jury.models import ContestantSigns
from scoring.jury.revoting import AskRevote, ask_revote
from scoring.models import ScoreSheet, SheetRevision
from scoring.photos.adding import AddPhoto, add_photo
from scoring.sheets.saving import SaveMarks, SubmitSheet, save_marks, submit_sheet
from scoring.timing.keeping import SetTiming, set_timing

VOTED = "Q1.1"
"""灰缝: a judgement whose votes may lie one step apart."""
MINUTES = 180
PICTURE = (640, 480)
JUDGE_INK = "M60 120 L90 60 L120 130 L150 70 L200 110 L260 80 L300 120 L360 90"
CONTESTANT_INK = "M80 100 L130 60 L150 140 L210 80 L250 130 L320 70 L380 110 L430 90"


@dataclass(frozen=True, slots=True)
class _Bench:
    """The half-marked event: its module, its judges by seat and the contestants whose sheets are not handed in."""

    module_id: int
    judges: list[int]
    entrants: list[int]


def build(demo: Demo, course: Course, chief: Actor, photos: Path) -> None:
    """Give the chief judge's board of the half-marked event one of everything that it can show.

    Args:
        demo: whose third event is half marked.
        course: whose judges are at work.
        chief: who asks for the vote.
        photos: folder of pictures.
    """
    event_id = demo.event_ids[2]
    seats = demo.judge_ids[2 * JUDGES_PER_PANEL : 3 * JUDGES_PER_PANEL]
    everybody = course.entrants(event_id)
    (module_id,) = judged_modules(event_id)
    bench = _Bench(module_id, seats, everybody[len(everybody) // 2 :])
    hands = _Hands(course, bench)
    signed, doubted, voted_again, held = bench.entrants[:4]
    signing = ContestantSigns.FIRST_SEAT.value
    set_contestant_signing(SetContestantSigning(demo.competition_id, event_id, signing, demo.organiser))
    set_timing(SetTiming(demo.competition_id, module_id, seats[0], MINUTES, demo.organiser))
    hands.submit(signed, 1)
    hands.doubt(doubted, 3, photos)
    for entrant in (voted_again, held):
        hands.disagree(entrant)
    reason = "分差超过一档，请对照评分标准重新评议"
    ask_revote(AskRevote(demo.competition_id, module_id, voted_again, VOTED, reason, chief))


class _Hands:
    """What judges of the bench do at their tablets."""

    def __init__(self, course: Course, bench: _Bench) -> None:
        self._course, self._bench = course, bench
        self._dice = random.Random(SEED + 7)  # noqa: S311  keys of invented saves, nothing secret

    def _key(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)

    def _sheet(self, entrant: int, seat: int) -> ScoreSheet:
        query = select(ScoreSheet).where(
            ScoreSheet.module_id == self._bench.module_id,
            ScoreSheet.entrant_id == entrant,
            ScoreSheet.seat_number == seat,
        )
        return db.session.scalars(query).one()

    def _save(self, entrant: int, seat: int, marks: dict[str, str], **more: object) -> None:
        sheet = self._sheet(entrant, seat)
        query = select(SheetRevision).where(SheetRevision.sheet_id == sheet.id, SheetRevision.number == sheet.revision)
        before = db.session.scalars(query).one().marks
        save = SaveMarks(sheet.id, self._key(), before | marks, sheet.revision, **more)  # type: ignore[arg-type]
        save_marks(save, self._course.judge(self._bench.judges[seat - 1]))

    def submit(self, entrant: int, seat: int) -> None:
        """The judge hands in and signs; on the first seat's sheet the contestant signs, too."""
        sheet = self._sheet(entrant, seat)
        ink = CONTESTANT_INK if seat == 1 else ""
        command = SubmitSheet(sheet.id, self._key(), sheet.revision, signature=JUDGE_INK, contestant_signature=ink)
        submit_sheet(command, self._course.judge(self._bench.judges[seat - 1]))

    def doubt(self, entrant: int, seat: int, photos: Path) -> None:
        """The judge is not sure of an aspect, says why, and shows it."""
        notes = {VOTED: "下沿第三皮灰缝有一处瞎缝，是否按整面扣？"}
        self._save(entrant, seat, {}, notes=notes, doubts=[VOTED])
        actor = self._course.judge(self._bench.judges[seat - 1])
        for shade in (0, 24):
            add_photo(AddPhoto(self._sheet(entrant, seat).id, self._key(), _wall(shade), VOTED), actor, photos)

    def disagree(self, entrant: int) -> None:
        """One judge gives two steps less than the others; all hand in."""
        for seat in range(1, JUDGES_PER_PANEL + 1):
            self._save(entrant, seat, {VOTED: "1" if seat == 2 else "3"})
            self.submit(entrant, seat)


def _wall(shade: int) -> bytes:
    """A picture of a brick wall with a blind joint, as a tablet would send it."""
    picture = Image.new("RGB", PICTURE, (206 - shade, 200 - shade, 190 - shade))
    pen = ImageDraw.Draw(picture)
    for row in range(12):
        for column in range(-1, 8):
            left, top = column * 84 + (row % 2) * 42, row * 40
            gap = 0 if (row, column) == (8, 4) else 6
            pen.rectangle(
                (left, top, left + 84 - gap, top + 40 - gap), fill=(158 - shade, 74 + row * 2, 52 + column * 3)
            )
    pen.ellipse((330, 300, 450, 380), outline=(255, 214, 10), width=5)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()
