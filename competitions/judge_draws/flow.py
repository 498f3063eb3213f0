"""Filling as many places as can be, at the lowest price, and in how many other ways of that price: a small network."""

from collections import deque
from collections.abc import Iterator


class Network:
    """Nodes from 0 on, and arcs with room for whole units at a price each. Arc `k ^ 1` is arc `k` walked backwards."""

    def __init__(self) -> None:
        self.ends: list[int] = []
        self.room: list[int] = []
        self.price: list[int] = []
        self.leaving: list[list[int]] = []

    def node(self) -> int:
        """Another node; returns its number."""
        self.leaving.append([])
        return len(self.leaving) - 1

    def add(self, start: int, end: int, room: int = 1, price: int = 0) -> int:
        """An arc and its way back, which has no room yet; returns its number."""
        arc = len(self.ends)
        for out, to, units, cost in ((start, end, room, price), (end, start, 0, -price)):
            self.leaving[out].append(len(self.ends))
            self.ends.append(to)
            self.room.append(units)
            self.price.append(cost)
        return arc

    def fill(self, source: int, sink: int) -> int:
        """Send as many units from `source` to `sink` as can be, so that all together cost least; returns how many."""
        sent = 0
        while way := self._cheapest(source, sink):
            self.push(way)
            sent += 1
        return sent

    def push(self, way: list[int]) -> None:
        """Send one unit along arcs that follow one another."""
        for arc in way:
            self.room[arc] -= 1
            self.room[arc ^ 1] += 1

    def freeze(self, arc: int) -> None:
        """What flows through an arc stays there from now on."""
        self.room[arc] = self.room[arc ^ 1] = 0

    def reached(self, source: int) -> set[int]:
        """The nodes to which another unit could come from `source`."""
        found, waiting = {source}, [source]
        while waiting:
            for arc in self._open(waiting.pop()):
                if self.ends[arc] not in found:
                    found.add(self.ends[arc])
                    waiting.append(self.ends[arc])
        return found

    def worths(self) -> list[int]:
        """For each node a worth, such that no arc with room leads to a gain, once all is filled at the lowest price.

        What is sent round along arcs without gain or loss (`is_even`) alone leaves the price as it is.
        """
        worth = [0] * len(self.leaving)
        waiting, is_waiting = deque(range(len(worth))), [True] * len(worth)
        while waiting:
            node = waiting.popleft()
            is_waiting[node] = False
            for arc in self._open(node):
                end, value = self.ends[arc], worth[node] + self.price[arc]
                if value < worth[end]:
                    worth[end] = value
                    if not is_waiting[end]:
                        is_waiting[end] = True
                        waiting.append(end)
        return worth

    def is_even(self, arc: int, worth: list[int]) -> bool:
        """Whether another unit may flow through an arc without loss, by the worths."""
        return bool(self.room[arc]) and worth[self.ends[arc ^ 1]] + self.price[arc] == worth[self.ends[arc]]

    def leading_to(self, target: int, worth: list[int]) -> set[int]:
        """The nodes from which arcs without loss lead to `target`."""
        found, waiting = {target}, [target]
        while waiting:
            for back in self.leaving[waiting.pop()]:
                start = self.ends[back]
                if start not in found and self.is_even(back ^ 1, worth):
                    found.add(start)
                    waiting.append(start)
        return found

    def even_way(self, start: int, end: int, worth: list[int]) -> list[int]:
        """Arcs without loss from `start` to `end`, of which the caller knows that there are."""
        came: dict[int, int] = {start: -1}
        waiting = deque([start])
        while end not in came:
            for arc in self.leaving[waiting.popleft()]:
                if self.ends[arc] not in came and self.is_even(arc, worth):
                    came[self.ends[arc]] = arc
                    waiting.append(self.ends[arc])
        return self._back(came, end)

    def _open(self, node: int) -> Iterator[int]:
        return (arc for arc in self.leaving[node] if self.room[arc])

    def _cheapest(self, source: int, sink: int) -> list[int]:
        """The cheapest way that still has room, by Bellman and Ford; empty where there is none."""
        cost: dict[int, int] = {source: 0}
        came: dict[int, int] = {source: -1}
        waiting, is_waiting = deque([source]), {source}
        while waiting:
            node = waiting.popleft()
            is_waiting.discard(node)
            for arc in self._open(node):
                end, value = self.ends[arc], cost[node] + self.price[arc]
                if end not in cost or value < cost[end]:
                    cost[end], came[end] = value, arc
                    if end not in is_waiting:
                        is_waiting.add(end)
                        waiting.append(end)
        return self._back(came, sink) if sink in came else []

    def _back(self, came: dict[int, int], end: int) -> list[int]:
        way = []
        while (arc := came[end]) != -1:
            way.append(arc)
            end = self.ends[arc ^ 1]
        return way[::-1]
