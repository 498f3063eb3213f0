"""What a record says, apart from where it is read and how it is shown. It knows neither pages nor database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a final result; `source` is where it stands."""

    rank: str
    """As the result says it; empty without a place."""
    status: str
    """Why there is no place, in the engine's word; empty for the ranked."""
    field: int
    """How many had a place."""
    total: str
    prize: str
    """Empty without one, or while a tie is to be decided."""
    snapshot: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """A recommendation and what a person decided; never that something was granted."""

    benefit: str
    """promotion, honour or medal."""
    name: str
    """The honour's name, or for a promotion the level's digit."""
    decision: str
    """flagged, needs_facts or not_eligible."""
    state: str
    """open, approved or rejected."""
    decided_at: datetime | None
    decided_by: str
    reason: str
    clause: str
    document: str
    """The text that the first reason quotes."""
    pack_id: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate of a prize that this system issued."""

    number: str
    code: str
    prize: str
    issued_on: date
    state: str
    """valid, revoked or replaced."""


@dataclass(frozen=True, slots=True)
class Level:
    """A skill level and how it is known. 1 is the highest."""

    day: date
    level: int
    number: str
    """The certificate's number, exactly as given; empty where none is known."""
    is_issued: bool
    """Came back from the authority after a competition; else stated at registration."""
    competition: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What is recorded of a title or a promotion, on whose word. Nothing of it comes from the result itself."""

    kind: str
    """held, not_granted, none_else, promoted or not_promoted."""
    words: str
    """The kind in words."""
    matter: str
    """The title, or the level of a promotion; empty for a denial of all."""
    is_document: bool
    """Stands on an authority's document; else on somebody's statement."""
    source: str
    on: date | None
    recorded_at: datetime
    withdrawn: str = ""
    """Who took it back, when and why; empty while it is in force."""

    @property
    def is_title(self) -> bool:
        """A title that is held and not taken back."""
        return self.kind == "held" and not self.withdrawn


@dataclass(frozen=True, slots=True)
class Made:
    """An innovation in which the person had a part."""

    name: str
    kind: str
    """In words."""
    stage: str
    """In words."""
    unit: str
    benefit: str | None
    """In 万元; None where nobody stated it."""
    basis: str
    on: date | None
    document: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of one competition in which the person took part."""

    competition_id: int
    contestant_id: int
    competition: str
    competition_level: str
    host: str
    opens_on: date
    event: str
    occupation: str
    delegation: str
    unit: str
    identity: str
    status: str
    """The entrant's status: registered, present, absent, withdrawn, disqualified."""
    place: Place | None
    """Empty while the result is not final."""
    stated_level: int | None
    stated_certificate: str
    issued: tuple[Level, ...]
    outcomes: tuple[Outcome, ...]
    papers: tuple[Paper, ...]
    facts: tuple[Fact, ...] = ()
    made: tuple[Made, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at the record or took it as a file."""

    at: datetime
    who: str
    is_export: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is known of one person, the newest first."""

    name: str
    document: str
    """Masked; empty for an erased person."""
    is_erased: bool
    entries: tuple[Entry, ...]
    looks: tuple[Look, ...] = ()

    @property
    def competitions(self) -> int:
        """In how many competitions."""
        return len({entry.competition_id for entry in self.entries})

    @property
    def prizes(self) -> int:
        """How many prizes of final results."""
        return sum(1 for entry in self.entries if entry.place is not None and entry.place.prize)

    @property
    def titles(self) -> tuple[Fact, ...]:
        """Titles that are held, the newest first; one without a day comes last."""
        held = [fact for entry in self.entries for fact in entry.facts if fact.is_title]
        return tuple(sorted(held, key=lambda fact: fact.on or date.min, reverse=True))

    @property
    def innovations(self) -> tuple[tuple[Entry, Made], ...]:
        """What the person improved or invented, each with the competition in which it was recorded."""
        return tuple((entry, made) for entry in self.entries for made in entry.made)

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every level that is known, the newest first; a level stated again without news is told once."""
        return tuple(reversed(_told_once(sorted(_levels(self.entries), key=lambda level: level.day))))

    @property
    def highest(self) -> Level | None:
        """The highest level that is known; of several equal ones the one on the authority's word, then the first."""
        return min(self.levels, key=lambda found: (found.level, not found.is_issued, found.day), default=None)


def _levels(entries: Iterable[Entry]) -> Iterable[Level]:
    for entry in entries:
        if entry.stated_level is not None:
            stated = entry.stated_level
            yield Level(
                entry.opens_on, stated, entry.stated_certificate, is_issued=False, competition=entry.competition
            )
        yield from entry.issued


def _told_once(levels: Iterable[Level]) -> list[Level]:
    kept: list[Level] = []
    for level in levels:
        known = any((one.level, one.number) == (level.level, level.number) for one in kept)
        if level.is_issued or not known:
            kept.append(level)
    return kept
