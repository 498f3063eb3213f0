"""Chance that can be replayed: an endless stream of SHA-256 digests from a seed, without bias."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
_WORD_BITS = 64


class ChanceStream:
    """Uniform numbers from a seed. The same seed and purpose give the same numbers on every machine, for ever.

    Args:
        seed: any text; whoever knows it beforehand knows the draw.
        purpose: what the numbers are for, so that two uses of one seed have nothing in common.
    """

    def __init__(self, seed: str, purpose: str) -> None:
        self._key = hashlib.sha256(f"{purpose}\0{seed}".encode()).digest()
        self._blocks = 0
        self._words: list[int] = []

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1, each equally likely.

        Words that would make some numbers likelier than others are thrown away, which a plain remainder is not.

        Raises:
            ValueError: `bound` is not from 1 to 2**64.
        """
        if not 0 < bound <= 1 << _WORD_BITS:
            raise ValueError(f"bound must be between 1 and 2**{_WORD_BITS}, not {bound}")
        fair = (1 << _WORD_BITS) // bound * bound
        while (word := self._word()) >= fair:
            pass
        return word % bound

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in a random order, every order equally likely (Fisher and Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def best_of(self, tries: int, items: Iterable[T], faults: Callable[[list[T]], int]) -> list[T]:
        """The first of several random orders that has no faults, or the one with the fewest.

        Orders are thrown away whole, so that among those without faults every one is equally likely.
        """
        kept = list(items)
        best = self.shuffled(kept)
        fewest = faults(best)
        for _ in range(tries - 1):
            if not fewest:
                break
            order = self.shuffled(kept)
            found = faults(order)
            if found < fewest:
                best, fewest = order, found
        return best

    def _word(self) -> int:
        if not self._words:
            block = hashlib.sha256(self._key + self._blocks.to_bytes(8, "big")).digest()
            self._blocks += 1
            self._words = [int.from_bytes(block[place : place + 8], "big") for place in (24, 16, 8, 0)]
        return self._words.pop()
