"""Packing whose result depends on nothing but its input: the same bytes on every machine and in ten years.

The zlib library packs differently from version to version and from make to make. A certificate is made again from
its values whenever somebody asks for it, and has to be the file whose digest was recorded; so what goes into it is
packed here. One block, matches found by the last place where four bytes stood, codes by Huffman.

Source: RFC 1950 (zlib format), RFC 1951 (deflate).
"""

import heapq
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

_WINDOW = 32768
_SHORTEST, _LONGEST = 4, 258
_LONGEST_CODE = 15
_END = 256
_LITERALS, _DISTANCES = 286, 30
_HEADER = b"\x78\x9c"
_LENGTH_CODE_BITS = 4
# The lengths of the codes are themselves coded: the lengths 0 to 15 get four bits each, and no repeats are used.
_LENGTH_CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

Match = tuple[int, int]


def _spans(first: int, widths: Sequence[int]) -> list[tuple[int, int]]:
    """Give (base, extra bits) of consecutive codes."""
    spans = []
    for width in widths:
        spans.append((first, width))
        first += 1 << width
    return spans


# The code for 258 has no extra bits of its own, though the one before it could reach it.
_LENGTHS = [*_spans(3, [0] * 8 + [width for width in range(1, 6) for _ in range(4)])[:28], (258, 0)]
_OFFSETS = _spans(1, [0, 0] + [width for width in range(14) for _ in range(2)])
_LENGTH_SYMBOL = [0] * (_LONGEST + 1)
for _index, (_base, _width) in enumerate(_LENGTHS):
    for _length in range(_base, min(_base + (1 << _width), _LONGEST + 1)):
        _LENGTH_SYMBOL[_length] = _index


def deflate(data: bytes) -> bytes:
    """Pack data into the zlib format, which any reader of PDF unpacks.

    Args:
        data: up to some hundred kilobytes; a megabyte takes about a second.

    Returns:
        The packed data.
    """
    tokens = list(_tokens(data))
    symbols = [token if isinstance(token, int) else 257 + _LENGTH_SYMBOL[token[0]] for token in tokens]
    offsets = [_offset_symbol(token[1]) for token in tokens if not isinstance(token, int)]
    literal_lengths = _code_lengths(Counter([*symbols, _END]), _LITERALS)
    offset_lengths = _code_lengths(Counter(offsets or [0]), _DISTANCES)
    bits = _Bits()
    bits.add(1, 1)
    bits.add(2, 2)
    bits.add(_LITERALS - 257, 5)
    bits.add(_DISTANCES - 1, 5)
    bits.add(len(_LENGTH_CODE_ORDER) - 4, 4)
    for symbol in _LENGTH_CODE_ORDER:
        bits.add(_LENGTH_CODE_BITS if symbol < 16 else 0, 3)
    for length in (*literal_lengths, *offset_lengths):
        bits.add(_reversed(length, _LENGTH_CODE_BITS), _LENGTH_CODE_BITS)
    _add_tokens(bits, tokens, (literal_lengths, offset_lengths))
    return _HEADER + bits.packed() + struct.pack(">I", zlib.adler32(data))


def _tokens(data: bytes) -> Iterator[int | Match]:
    """Find repeats: literal bytes, or (length, distance)."""
    last: dict[bytes, int] = {}
    place, end = 0, len(data)
    while place < end:
        key = data[place : place + _SHORTEST]
        before = last.get(key)
        last[key] = place
        if before is None or place - before > _WINDOW or len(key) < _SHORTEST:
            yield data[place]
            place += 1
            continue
        length, most = _SHORTEST, min(_LONGEST, end - place)
        while length < most and data[before + length] == data[place + length]:
            length += 1
        yield length, place - before
        for inner in range(place + 1, min(place + length, end - _SHORTEST)):
            last[data[inner : inner + _SHORTEST]] = inner
        place += length


def _offset_symbol(distance: int) -> int:
    if distance <= 2:
        return distance - 1
    width = (distance - 1).bit_length() - 2
    return 2 * width + 2 + ((distance - 1) >> width & 1)


def _code_lengths(counts: Counter[int], size: int) -> list[int]:
    """Give the length of every symbol's code by Huffman, none above fifteen bits; ties go by symbol."""
    while True:
        lengths = [0] * size
        heap: list[tuple[int, int, tuple[int, ...]]] = [
            (count, symbol, (symbol,)) for symbol, count in sorted(counts.items())
        ]
        if len(heap) == 1:
            lengths[heap[0][1]] = 1
            return lengths
        heapq.heapify(heap)
        while len(heap) > 1:
            one, other = heapq.heappop(heap), heapq.heappop(heap)
            members = one[2] + other[2]
            for symbol in members:
                lengths[symbol] += 1
            heapq.heappush(heap, (one[0] + other[0], min(one[1], other[1]), members))
        if max(lengths) <= _LONGEST_CODE:
            return lengths
        counts = Counter({symbol: (count + 1) // 2 for symbol, count in counts.items()})


def _codes(lengths: Sequence[int]) -> list[int]:
    """Give the canonical codes, turned round as deflate writes them from the lowest bit."""
    codes = [0] * len(lengths)
    code, before = 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(lengths) if length):
        code <<= length - before
        codes[symbol] = _reversed(code, length)
        code, before = code + 1, length
    return codes


def _reversed(code: int, length: int) -> int:
    return int(f"{code:0{length}b}"[::-1], 2) if length else 0


class _Bits:
    """Numbers of some bits each, written from the lowest bit on."""

    def __init__(self) -> None:
        self._values: list[int] = []
        self._widths: list[int] = []

    def add(self, value: int, width: int) -> None:
        self._values.append(value)
        self._widths.append(width)

    def packed(self) -> bytes:
        widths = np.array(self._widths, dtype=np.int64)
        starts = np.repeat(np.cumsum(widths) - widths, widths)
        values = np.repeat(np.array(self._values, dtype=np.int64), widths)
        bits = values >> (np.arange(len(starts)) - starts) & 1
        return np.packbits(bits.astype(np.uint8), bitorder="little").tobytes()


def _add_tokens(bits: _Bits, tokens: Sequence[int | Match], lengths: tuple[list[int], list[int]]) -> None:
    (literal_lengths, offset_lengths), (literals, offsets) = lengths, tuple(map(_codes, lengths))
    for token in tokens:
        if isinstance(token, int):
            bits.add(literals[token], literal_lengths[token])
            continue
        length, distance = token
        index, offset = _LENGTH_SYMBOL[length], _offset_symbol(distance)
        bits.add(literals[257 + index], literal_lengths[257 + index])
        bits.add(length - _LENGTHS[index][0], _LENGTHS[index][1])
        bits.add(offsets[offset], offset_lengths[offset])
        bits.add(distance - _OFFSETS[offset][0], _OFFSETS[offset][1])
    bits.add(literals[_END], literal_lengths[_END])
