"""The panels of which judges are drawn: those that are there and those that are made, and who sits on them already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from competitions.models import Module, ModuleKind
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import joined, said

MOST_PANELS, MOST_SEATS = 9, 31


class SeatsOpenError(InvalidInputError):
    """Nobody says how many judges a panel is to have."""

    code = "seats_open"


class PanelsDifferError(ConflictError):
    """Panels that are to be the same people are not, or are too large."""

    code = "panels_differ"


@dataclass(frozen=True, slots=True)
class Size:
    """How many panels a module is to have, and seats on each where no scheme says."""

    panels: int
    seats: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A panel of a module, which may not be there yet.

    Attributes:
        seats: how many it is to have.
        kept: who sits there and stays, seat 1 first.
    """

    module: Module
    name: str
    seats: int
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """People who are drawn together: for one panel, or for one of each of several modules."""

    id: str
    places: tuple[Place, ...]
    kept: tuple[int, ...]

    @property
    def label(self) -> str:
        """The modules and the panel, as people call it."""
        return said(
            "“%(modules)s”%(panel)s", modules=joined(one.module.name for one in self.places), panel=self.places[0].name
        )

    @property
    def seats(self) -> int:
        """How many people it has; a smaller panel of it are the first of them."""
        return max(place.seats for place in self.places)

    @property
    def open_seats(self) -> int:
        """How many are still to be drawn."""
        return self.seats - len(self.kept)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How groups are made.

    Attributes:
        sizes: module's id → what was asked for.
        wanted: code of a module → judges that the scheme asks for, 0 or missing where it leaves that open.
        joint: whether the first panels of all modules are the same people, the second ones, and so on.
        keep: whether who sits there stays.
        new_name: name of a panel that is made, with %(n)s for its number.
    """

    sizes: Mapping[int, Size]
    wanted: Mapping[str, int]
    joint: bool
    keep: bool
    new_name: str


def groups_of(modules: Sequence[Module], wishes: Wishes) -> tuple[Group, ...]:
    """What is drawn, in the order of modules and panels.

    Args:
        modules: all of the event, in order.
        wishes: how.

    Raises:
        InvalidInputError: no module, or too many panels.
        SeatsOpenError: the scheme says nothing of how many judges, and nobody else does.
        PanelsDifferError: more people sit there than are wanted, or others where they should be the same.
        NotFoundError: a module that is no judged one of this event.
    """
    chosen = [module for module in modules if module.id in wishes.sizes and module.kind is ModuleKind.JUDGED]
    if len(chosen) < len(wishes.sizes):
        raise NotFoundError("没有这个模块")
    if not chosen:
        raise InvalidInputError("请至少勾选一个模块")
    rows = [_places(module, wishes) for module in chosen]
    if not wishes.joint:
        return tuple(
            Group(f"{row[0].module.code}/{number}", (place,), place.kept)
            for row in rows
            for number, place in enumerate(row, start=1)
        )
    most = max(len(row) for row in rows)
    # A module with fewer panels than the others gets as many: the same people judge them all.
    rows = [[*row, *_new(row[0].module, row, most - len(row), wishes)] for row in rows]
    return tuple(_joint(number, [row[number - 1] for row in rows]) for number in range(1, most + 1))


def _places(module: Module, wishes: Wishes) -> list[Place]:
    size = wishes.sizes[module.id]
    if not 0 < size.panels <= MOST_PANELS:
        raise InvalidInputError("“%(module)s”的组数应为 1 到 %(most)s", module=module.name, most=MOST_PANELS)
    seats = _seats(module, wishes)
    there = []
    for panel in module.panels:
        kept = tuple(seat.judge_id for seat in panel.seats) if wishes.keep else ()
        if len(kept) > seats:
            raise PanelsDifferError(
                "“%(module)s”%(panel)s已坐 %(n)s 名，只要 %(seats)s 名；请先撤下多的，或选“全部重新抽”",
                module=module.name,
                panel=panel.name,
                n=len(kept),
                seats=seats,
            )
        there.append(Place(module, panel.name, seats, kept))
    return [*there, *_new(module, there, size.panels - len(there), wishes)]


def _seats(module: Module, wishes: Wishes) -> int:
    asked = wishes.wanted.get(module.code) or wishes.sizes[module.id].seats or 0
    if not 0 < asked <= MOST_SEATS:
        raise SeatsOpenError(
            "评分方案没有规定“%(module)s”要几名裁判，请填写每组人数（1 到 %(most)s）",
            module=module.name,
            most=MOST_SEATS,
        )
    return asked


def _new(module: Module, there: Sequence[Place], count: int, wishes: Wishes) -> Iterator[Place]:
    """Panels to be made, with names that are not taken."""
    taken = {place.name for place in there}
    number = len(there)
    while count > 0:
        number += 1
        name = wishes.new_name % {"n": number}
        if name not in taken:
            yield Place(module, name, _seats(module, wishes))
            count -= 1


def _joint(number: int, places: Sequence[Place]) -> Group:
    kept = max((place.kept for place in places), key=len)
    for place in places:
        if place.kept != kept[: place.seats]:
            raise PanelsDifferError(
                "各模块要由同一组裁判评，但“%(module)s”%(panel)s现在坐的人与别的模块不同；请分模块抽，或选“全部重新抽”",
                module=place.module.name,
                panel=place.name,
            )
    return Group(f"*/{number}", tuple(places), kept)
