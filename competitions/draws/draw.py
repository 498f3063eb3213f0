"""The draw of an event: order, batch and station of every entrant from a seed, replayable by anyone from its record."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from competitions.draws.chance import ChanceStream
from core.errors import InvalidInputError

ALGORITHM = "sha256-fisher-yates/1"
_SPREAD_TRIES = 500


class DrawError(InvalidInputError):
    """A draw that cannot be made, or a record that is none."""

    code = "draw"


class DrawRecordError(InvalidInputError):
    """A record whose result does not follow from its seed and its entrants."""

    code = "draw_record"


@dataclass(frozen=True, slots=True)
class DrawEntrant:
    """Who takes part in the draw: an unchanging id, and the delegation if entrants of one are to be kept apart."""

    id: str
    delegation: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What an entrant has drawn, all counted from 1. `order` runs through the batches one after the other."""

    entrant: str
    order: int
    batch: int
    station: int


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """A draw with everything needed to make it again; places in order."""

    algorithm: str
    seed: str
    entrants: tuple[DrawEntrant, ...]
    stations: int
    is_spread: bool
    places: tuple[Place, ...]

    def as_record(self) -> dict[str, Any]:
        """The draw as plain data for keeping and publishing, with its SHA-256 fingerprint."""
        record: dict[str, Any] = {
            "algorithm": self.algorithm,
            "seed": self.seed,
            "entrants": [[entrant.id, entrant.delegation] for entrant in self.entrants],
            "stations": self.stations,
            "spread": self.is_spread,
            "places": [[place.entrant, place.order, place.batch, place.station] for place in self.places],
        }
        return record | {"fingerprint": fingerprint(record)}


def draw(seed: str, entrants: Sequence[DrawEntrant], *, stations: int, spread: bool = False) -> DrawnOrder:
    """Draw an order, a batch and a station for every entrant.

    Args:
        seed: text agreed on in public, such as `joint_seed` makes.
        entrants: in any order; they are brought into the order of their ids first, so that the order in which
            somebody typed them decides nothing.
        stations: how many compete at the same time; batches differ in size by one at most.
        spread: spread each delegation as evenly over the batches as can be, and within a batch keep neighbours of
            one delegation apart where 500 shuffles find a way; otherwise the order with the fewest such neighbours.

    Returns:
        Every entrant exactly once.

    Raises:
        DrawError: no seed, no entrants, an id twice, or no stations.
    """
    _require_drawable(seed, entrants, stations)
    canonical = tuple(sorted(entrants, key=lambda entrant: entrant.id))
    stream = ChanceStream(seed, ALGORITHM)
    batch_count = -(-len(canonical) // stations)
    order = stream.shuffled(canonical)
    batches = _spread_batches(order, batch_count, stream) if spread else _even_batches(order, batch_count)
    places: list[Place] = []
    for number, batch in enumerate(batches, start=1):
        for station, entrant in enumerate(batch, start=1):
            places.append(Place(entrant.id, len(places) + 1, number, station))
    return DrawnOrder(ALGORITHM, seed, canonical, stations, spread, tuple(places))


def replay(record: Mapping[str, Any]) -> DrawnOrder:
    """Make a recorded draw again and compare.

    Args:
        record: as `DrawnOrder.as_record` gave it, also after a way through JSON.

    Returns:
        The draw.

    Raises:
        DrawError: the record is incomplete or of another algorithm.
        DrawRecordError: the recorded places or the fingerprint are not those of this seed and these entrants.
    """
    try:
        if record["algorithm"] != ALGORITHM:
            raise DrawError("不认识抽签算法“%(algorithm)s”", algorithm=record["algorithm"])
        entrants = [DrawEntrant(str(entrant), str(delegation)) for entrant, delegation in record["entrants"]]
        again = draw(str(record["seed"]), entrants, stations=int(record["stations"]), spread=bool(record["spread"]))
        recorded = [list(place) for place in record["places"]]
        kept = record["fingerprint"]
    except (KeyError, TypeError, ValueError) as error:
        raise DrawError("抽签记录不完整，无法重放") from error
    remade = again.as_record()
    if recorded != remade["places"] or kept != remade["fingerprint"]:
        raise DrawRecordError("抽签记录与重放的结果不一致：记录在抽签后被改动过")
    return again


def places_here(record: Mapping[str, Any]) -> list[tuple[int, int, int, int]]:
    """Entrant's id, order, batch and station of everybody whom a record places.

    A record is kept as it was drawn, since it is replayed with the ids of then; where the competition has come from
    another server since, `renamed` beside it says which id each entrant has now.
    """
    renamed = record.get("renamed", {})
    return [
        (int(renamed.get(entrant, entrant)), order, batch, station)
        for entrant, order, batch, station in record["places"]
    ]


def fingerprint(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record in canonical JSON, its own fingerprint left out; 64 hex digits."""
    kept = {key: value for key, value in record.items() if key != "fingerprint"}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def commitment(secret: str) -> str:
    """What the organiser publishes before the draw: the secret cannot be found from it, nor changed after it."""
    return hashlib.sha256(f"commitment\0{secret}".encode()).hexdigest()


def joint_seed(secret: str, called_out: Sequence[str]) -> str:
    """A seed that neither the organiser nor the delegations choose alone.

    Args:
        secret: the organiser's, published as `commitment` beforehand and itself afterwards.
        called_out: what leaders of delegations or witnesses call out at the draw, in that order.

    Returns:
        64 hex digits.

    Raises:
        DrawError: nobody called out anything, so the organiser alone would decide.
    """
    if not any(word.strip() for word in called_out):
        raise DrawError("至少要有一位领队或见证人现场报数")
    parts = "\0".join([secret, *(word.strip() for word in called_out)])
    return hashlib.sha256(f"joint-seed\0{parts}".encode()).hexdigest()


def _require_drawable(seed: str, entrants: Sequence[DrawEntrant], stations: int) -> None:
    if not seed:
        raise DrawError("抽签要有种子")
    if not entrants:
        raise DrawError("没有参加抽签的选手")
    if stations < 1:
        raise DrawError("至少要有一个工位")
    repeated = [id_ for id_, count in Counter(entrant.id for entrant in entrants).items() if count > 1]
    if repeated:
        raise DrawError("参加抽签的编号重复：%(ids)s", ids="、".join(repeated))


def _even_batches(order: Sequence[DrawEntrant], count: int) -> list[list[DrawEntrant]]:
    size, rest = divmod(len(order), count)
    batches, start = [], 0
    for number in range(count):
        end = start + size + (number < rest)
        batches.append(list(order[start:end]))
        start = end
    return batches


def _spread_batches(order: Sequence[DrawEntrant], count: int, stream: ChanceStream) -> list[list[DrawEntrant]]:
    """Deal the delegations out like cards, one delegation after the other: no batch gets more than its share."""
    hands: dict[str, list[DrawEntrant]] = {}
    for entrant in order:
        hands.setdefault(entrant.delegation or f"\0{entrant.id}", []).append(entrant)
    dealt = [entrant for hand in hands.values() for entrant in hand]
    batches = [dealt[number::count] for number in range(count)]
    # The first batches are the larger ones, and were dealt to first: which is called first is a draw of its own.
    return [stream.best_of(_SPREAD_TRIES, batch, _neighbours) for batch in stream.shuffled(batches)]


def _neighbours(batch: list[DrawEntrant]) -> int:
    return sum(a.delegation == b.delegation != "" for a, b in pairwise(batch))
