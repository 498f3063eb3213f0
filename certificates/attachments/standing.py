"""How far the papers of flags are: each item with what was handed in for it, and what is still missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.attachments.checklist import Item, Own, items
from certificates.attachments.models import IN_FORCE, HandedInPaper, PaperState, WantedPaper
from certificates.models import Recommendation
from competitions.pack_editing.known import known_packs, pack_as_of
from competitions.standards import Pack


@dataclass(frozen=True, slots=True)
class Line:
    """One item and the paper in force for it."""

    item: Item
    paper: HandedInPaper | None

    @property
    def state(self) -> str:
        """missing, handed_in, accepted or refused."""
        return "missing" if self.paper is None else self.paper.state.value


@dataclass(frozen=True, slots=True)
class Standing:
    """The papers of one flag."""

    flag_id: int
    lines: tuple[Line, ...]

    def count(self, *states: str) -> int:
        """How many items are in one of these states."""
        return sum(line.state in states for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether everything on the list was accepted; a list without items is never complete."""
        return bool(self.lines) and self.count("accepted") == len(self.lines)


def standings(session: Session, competition_id: int, flags: Sequence[Recommendation]) -> dict[int, Standing]:
    """How far the papers of these flags are, by the flags' ids; a few queries, however many flags.

    A flag under an installation's own rules wants the papers of the version that it rests on, whatever came after.

    Args:
        session: for reading.
        competition_id: whose own demands count.
        flags: of this competition.
    """
    packs = {pack.id: pack for pack in known_packs(session)}
    own, papers = own_wanted(session, competition_id), _papers(session, {flag.contestant_id for flag in flags})
    editions = {_edition(flag) for flag in flags}
    rests_on = {edition: _rules(session, packs, *edition) for edition in editions}
    found = {}
    for flag in flags:
        wanted = items(flag.benefit, flag.name, rests_on[_edition(flag)], packs, own)
        handed_in = papers.get((flag.contestant_id, flag.pack_id, flag.benefit, flag.name), {})
        found[flag.id] = Standing(flag.id, tuple(Line(item, handed_in.get(item.text)) for item in wanted))
    return found


def _edition(flag: Recommendation) -> tuple[str, int | None]:
    """The rules that a flag rests on; of an installation's own the version that was used."""
    return flag.pack_id, flag.answer.get("pack_version")


def _rules(session: Session, packs: Mapping[str, Pack], pack_id: str, version: int | None) -> Pack | None:
    known = packs.get(pack_id)
    if version is None or (known is not None and known.version == version):
        return known
    return pack_as_of(session, pack_id, version)


def own_wanted(session: Session, competition_id: int) -> list[Own]:
    """The organiser's own demands, in the order in which they were made."""
    query = (
        select(WantedPaper)
        .where(WantedPaper.competition_id == competition_id, WantedPaper.removed_at.is_(None))
        .order_by(WantedPaper.id)
    )
    return [Own(row.id, row.benefit, row.item, row.source) for row in session.scalars(query)]


Key = tuple[int, str, str, str]


def _papers(session: Session, contestant_ids: Iterable[int]) -> Mapping[Key, Mapping[str, HandedInPaper]]:
    query = select(HandedInPaper).where(
        HandedInPaper.contestant_id.in_(sorted(contestant_ids)), HandedInPaper.state.in_(IN_FORCE)
    )
    found: dict[Key, dict[str, HandedInPaper]] = {}
    for paper in session.scalars(query):
        found.setdefault((paper.contestant_id, paper.pack_id, paper.benefit, paper.name), {})[paper.item] = paper
    return found


STATES = ("missing", *(state.value for state in PaperState))
