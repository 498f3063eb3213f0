"""Drawing judges for seats: lot by lot from a seed, within what recusal, times and even load leave; replayable."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from competitions.draws.chance import ChanceStream
from competitions.draws.draw import DrawError, DrawRecordError, fingerprint
from competitions.judge_draws.flow import Network
from core.errors import InvalidInputError

ALGORITHM = "sha256-lots-by-seat/1"


class JudgeShortageError(InvalidInputError):
    """Too few judges for the seats that are to be drawn."""

    code = "judge_shortage"


@dataclass(frozen=True, slots=True)
class PanelLots:
    """A panel with seats to be drawn.

    Attributes:
        id: unchanging.
        seats: how many are drawn.
        sitting: panels of one sitting take place at one time or of one module: nobody sits on two of them.
        first: number of the first seat that is drawn; those before it are taken.
    """

    id: str
    seats: int
    sitting: str
    first: int = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A judge who takes part.

    Attributes:
        id: unchanging.
        load: seats that the judge has beside those that are drawn.
        unit: the same word for judges of one unit; empty for who comes from a unit alone.
        kept_off: ids of panels on which the judge must not sit.
    """

    id: str
    load: int = 0
    unit: str = ""
    kept_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lots:
    """All that a draw depends on, beside its seed.

    Attributes:
        apart: nobody sits on a panel together with somebody of the same unit.
        one_only: nobody gets a seat who has one, nor two.
    """

    panels: tuple[PanelLots, ...]
    candidates: tuple[Candidate, ...]
    apart: bool = False
    one_only: bool = False

    def in_order(self) -> "Lots":
        """The same by id, so that the order in which somebody wrote them down decides nothing."""
        return Lots(
            tuple(sorted(self.panels, key=lambda panel: panel.id)),
            tuple(sorted(self.candidates, key=lambda candidate: candidate.id)),
            self.apart,
            self.one_only,
        )


@dataclass(frozen=True, slots=True)
class DrawnSeat:
    """Who has drawn which seat of which panel."""

    panel: str
    number: int
    judge: str


@dataclass(frozen=True, slots=True)
class DrawnSeats:
    """A draw with everything needed to make it again; seats by panel and number."""

    algorithm: str
    seed: str
    lots: Lots
    seats: tuple[DrawnSeat, ...]

    def as_record(self) -> dict[str, Any]:
        """The draw as plain data for keeping and publishing, with its SHA-256 fingerprint."""
        record: dict[str, Any] = {
            "algorithm": self.algorithm,
            "seed": self.seed,
            "panels": [[one.id, one.seats, one.sitting, one.first] for one in self.lots.panels],
            "candidates": [[one.id, one.load, one.unit, sorted(one.kept_off)] for one in self.lots.candidates],
            "apart": self.lots.apart,
            "one_only": self.lots.one_only,
            "seats": [[seat.panel, seat.number, seat.judge] for seat in self.seats],
        }
        return record | {"fingerprint": fingerprint(record)}


@dataclass(frozen=True, slots=True)
class Shortage:
    """Panels that together want more judges than there are for them.

    Attributes:
        panels: their ids.
        wanted: seats to be drawn on these.
        lacking: how many of them nobody can take.
    """

    panels: tuple[str, ...]
    wanted: int
    lacking: int


@dataclass(slots=True)
class _Table:
    """The network of a draw, filled: from the source to panels, their units, judges at sittings, judges, the sink."""

    network: Network = field(default_factory=Network)
    panels: dict[str, int] = field(default_factory=dict)
    lots: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """Panel → for each judge who may sit there, in their order, the arc by which the judge is reached, and the id."""
    lacking: int = 0


def shortage_of(lots: Lots) -> Shortage | None:
    """What is lacking, or None where every seat can be filled. The same for every seed."""
    _require_drawable(lots)
    canonical = lots.in_order()
    return _shortage(canonical, _table(canonical))


def draw_seats(seed: str, lots: Lots) -> DrawnSeats:
    """Draw a judge for every seat.

    Seats come up in a random order. For each, one judge is drawn of all who may sit there and with whom every other
    seat can still be filled and load is still as even as it can be: each of these is equally likely. It is what comes
    of putting back a lot that cannot be used, without ever coming to an end that cannot be filled. Judges of whom
    everything that counts here is the same have therefore the same chance.

    Args:
        seed: text agreed on in public, such as `competitions.draws.draw.joint_seed` makes.
        lots: in any order.

    Raises:
        DrawError: no seed, nothing to draw, or an id twice.
        JudgeShortageError: too few judges, with the panels concerned.
    """
    if not seed:
        raise DrawError("抽签要有种子")
    _require_drawable(lots)
    canonical = lots.in_order()
    table = _table(canonical)
    shortage = _shortage(canonical, table)
    if shortage is not None:
        raise JudgeShortageError(
            "%(panels)s要抽 %(wanted)s 席，有 %(lacking)s 席没有人可坐",
            panels="、".join(shortage.panels),
            wanted=shortage.wanted,
            lacking=shortage.lacking,
        )
    stream = ChanceStream(seed, ALGORITHM)
    drawn = _lot_by_lot(canonical, table, stream)
    seats = []
    for panel in canonical.panels:
        judges = stream.shuffled(drawn[panel.id])
        seats += [DrawnSeat(panel.id, number, judge) for number, judge in enumerate(judges, start=panel.first)]
    return DrawnSeats(ALGORITHM, seed, canonical, tuple(seats))


def replay(record: Mapping[str, Any]) -> DrawnSeats:
    """Make a recorded draw again and compare.

    Args:
        record: as `DrawnSeats.as_record` gave it, also after a way through JSON, also with more beside it.

    Raises:
        DrawError: the record is incomplete or of another algorithm.
        DrawRecordError: the recorded seats or the fingerprint are not those of this seed and these inputs.
    """
    try:
        if record["algorithm"] != ALGORITHM:
            raise DrawError("不认识抽签算法“%(algorithm)s”", algorithm=record["algorithm"])
        panels = tuple(
            PanelLots(str(id_), int(seats), str(at), int(first)) for id_, seats, at, first in record["panels"]
        )
        candidates = tuple(
            Candidate(str(id_), int(load), str(unit), frozenset(map(str, off)))
            for id_, load, unit, off in record["candidates"]
        )
        lots = Lots(panels, candidates, bool(record["apart"]), bool(record["one_only"]))
        recorded, kept, seed = [list(seat) for seat in record["seats"]], record["fingerprint"], str(record["seed"])
    except (KeyError, TypeError, ValueError) as error:
        raise DrawError("抽签记录不完整，无法重放") from error
    again = draw_seats(seed, lots)
    remade = again.as_record()
    if recorded != remade["seats"] or kept != remade["fingerprint"]:
        raise DrawRecordError("抽签记录与重放的结果不一致：记录在抽签后被改动过")
    return again


def digest(rows: Iterable[object]) -> str:
    """SHA-256 of plain data in canonical JSON: two who look at the same have the same; 64 hex digits."""
    text = json.dumps(list(rows), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _require_drawable(lots: Lots) -> None:
    if not lots.panels or any(panel.seats < 1 for panel in lots.panels):
        raise DrawError("没有要抽的席位")
    ids = [panel.id for panel in lots.panels], [candidate.id for candidate in lots.candidates]
    repeated = [id_ for kind in ids for id_, count in Counter(kind).items() if count > 1]
    if repeated:
        raise DrawError("参加抽签的编号重复：%(ids)s", ids="、".join(repeated))


def _table(lots: Lots) -> _Table:
    """Everything that may be drawn, filled as far as can be and as evenly as can be."""
    table = _Table()
    network = table.network
    source, sink = network.node(), network.node()
    for panel in lots.panels:
        table.panels[panel.id] = network.node()
        network.add(source, table.panels[panel.id], panel.seats)
    units: dict[tuple[str, str, str], int] = {}
    for candidate in lots.candidates:
        judge, sittings = network.node(), dict[str, int]()
        for panel in lots.panels:
            if panel.id in candidate.kept_off:
                continue
            if panel.sitting not in sittings:
                sittings[panel.sitting] = network.node()
                network.add(sittings[panel.sitting], judge)
            unit = candidate.unit if lots.apart else ""
            side = (panel.id, unit, "" if unit else candidate.id)
            if side not in units:
                units[side] = network.node()
                network.add(table.panels[panel.id], units[side])
            table.lots[panel.id].append((network.add(units[side], sittings[panel.sitting]), candidate.id))
        for more in range(1, _most(lots, candidate, len(sittings)) + 1):
            # Each further seat is dearer than the one before: the lowest price is the most even load.
            network.add(judge, sink, 1, candidate.load + more)
    table.lacking = sum(panel.seats for panel in lots.panels) - network.fill(source, sink)
    return table


def _most(lots: Lots, candidate: Candidate, sittings: int) -> int:
    if not lots.one_only:
        return sittings
    return 0 if candidate.load else min(1, sittings)


def _shortage(lots: Lots, table: _Table) -> Shortage | None:
    """The panels that hold all who could sit on any of them, and want more."""
    if not table.lacking:
        return None
    reached = table.network.reached(0)
    short = [panel for panel in lots.panels if table.panels[panel.id] in reached]
    return Shortage(tuple(panel.id for panel in short), sum(panel.seats for panel in short), table.lacking)


def _lot_by_lot(lots: Lots, table: _Table, stream: ChanceStream) -> dict[str, list[str]]:
    """Panel → who is drawn for it."""
    network, worth = table.network, table.network.worths()
    drawn: dict[str, list[str]] = {panel.id: [] for panel in lots.panels}
    for panel in stream.shuffled(one.id for one in lots.panels for _ in range(one.seats)):
        options = _options(table, panel, worth)
        arc, judge = options[stream.below(len(options))]
        if not network.room[arc ^ 1]:
            start, end = network.ends[arc ^ 1], network.ends[arc]
            network.push([arc, *network.even_way(end, start, worth)])
        network.freeze(arc)
        drawn[panel].append(judge)
    return drawn


def _options(table: _Table, panel: str, worth: list[int]) -> list[tuple[int, str]]:
    """The lots with which the panel's next seat can be filled, and all seats after it without loss."""
    network = table.network
    to_panel = network.leading_to(table.panels[panel], worth)
    to_unit: dict[int, set[int]] = {}
    found = []
    for arc, judge in table.lots[panel]:
        unit, sitting = network.ends[arc ^ 1], network.ends[arc]
        if not network.room[arc ^ 1] and not network.is_even(arc, worth):
            continue
        if not network.room[arc ^ 1] and unit not in to_unit:
            # Nobody of the unit sits there yet: whoever comes, comes over the panel. Else somebody has to give way.
            entry = network.leaving[unit][0] ^ 1
            to_unit[unit] = to_panel if network.is_even(entry, worth) else network.leading_to(unit, worth)
        if network.room[arc ^ 1] or sitting in to_unit[unit]:
            found.append((arc, judge))
    return found
