"""Programmes of a competition whose rules do not hold on its opening day, told before anybody is assessed."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from competitions.models import Competition, Programme
from competitions.pack_editing.known import known_packs
from competitions.pack_editing.owning import offered_to
from competitions.standards import CompetitionKey, Pack, find_packs, scope
from competitions.standards.validity import Lapse, lapse
from core.messages import Said, said


@dataclass(frozen=True, slots=True)
class ProgrammeLapse:
    """One programme and the rules that stand in need of being chosen anew."""

    programme: str
    pack_id: str
    is_chosen: bool
    """False where nobody has chosen rules and these are the nearest that were found."""
    lapse: Lapse | None
    """None for chosen rules that were withdrawn or never put in force."""
    opens_on: str

    @property
    def sentences(self) -> tuple[Said, ...]:
        """What is the matter, and which rules of the same programme hold instead."""
        found = self.lapse
        if found is None:
            return (
                said(
                    "“%(programme)s”所选的规则包“%(id)s”没有施行或已经停用。", programme=self.programme, id=self.pack_id
                ),
            )
        values = {"programme": self.programme, "title": found.pack.title, "id": found.pack.id, "day": self.opens_on}
        return (self._matter(found, values), found.why, *(_instead(other) for other in found.instead), *_none(found))

    def _matter(self, found: Lapse, values: dict[str, str]) -> Said:
        if not found.is_known:
            return said("不能确定“%(programme)s”的规则包“%(title)s”（%(id)s）在开幕日 %(day)s 是否有效", **values)
        if self.is_chosen:
            return said("为“%(programme)s”所选的规则包“%(title)s”（%(id)s）在开幕日 %(day)s 无效", **values)
        return said("“%(programme)s”没有选规则包，所找到的最接近的“%(title)s”（%(id)s）在开幕日 %(day)s 无效", **values)


def _instead(pack: Pack) -> Said:
    return said("同一系列在这一天有效的是“%(title)s”（%(id)s）", title=pack.title, id=pack.id)


def _none(found: Lapse) -> tuple[Said, ...]:
    return () if found.instead else (said("系统里没有同一系列在这一天有效的规则包"),)


def lapses_of(session: Session, competition: Competition) -> list[ProgrammeLapse]:
    """The programmes whose rules are not, or not surely, in force on the opening day.

    Args:
        session: for reading.
        competition: whose programmes, chosen rules and opening day count.

    Returns:
        In the order of the programmes; empty where all is well, and for a programme of which no rules speak at all.
    """
    known = known_packs(session)
    offered = offered_to(session, known, {competition.organisation_id})
    return [found for one in competition.programmes for found in _lapses(one, competition, known, offered)]


def _lapses(
    programme: Programme, competition: Competition, known: tuple[Pack, ...], offered: tuple[Pack, ...]
) -> list[ProgrammeLapse]:
    key = CompetitionKey(
        (programme.name,), (competition.jurisdiction,), competition.opens_on, programme.class_name or None
    )
    day, is_chosen = competition.opens_on.isoformat(), bool(programme.pack_id)
    by_id = {pack.id: pack for pack in known}
    if is_chosen and programme.pack_id not in by_id:
        return [ProgrammeLapse(programme.name, programme.pack_id, True, None, day)]
    # Own rules speak only where they are chosen.
    shipped = [pack for pack in known if pack.version is None and scope(pack, key, None) is True]
    asked = [by_id[programme.pack_id]] if is_chosen else find_packs(shipped, key, [None], None)
    found = ((pack, lapse(pack, offered, key)) for pack in asked)
    return [ProgrammeLapse(programme.name, pack.id, is_chosen, one, day) for pack, one in found if one is not None]
