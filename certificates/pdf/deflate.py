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
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WINDOW = 32768
_SHORTEST, _LONGEST = 4, 258
_LONGEST_CODE = 15
_END = 256
_LITERALS, _DISTANCES = 286, 30
_HEADER = b"\x78\x9c"
_LENGTH_CODE_BITS = 4
# The lengths of the codes are themselves coded: the lengths 0 to 15 get four bits each, and no repeats are used.
_LENGTH_CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

Numbers = NDArray[np.int64]


def _bases(first: int, widths: Sequence[int]) -> Numbers:
    """Give the first value of consecutive codes, each followed by so many extra bits."""
    return np.array([first + sum(1 << width for width in widths[:i]) for i in range(len(widths))], dtype=np.int64)


# The code for 258 has no extra bits of its own, though the one before it could reach it.
_LENGTH_WIDTHS = np.array([0] * 8 + [width for width in range(1, 6) for _ in range(4)] + [0], dtype=np.int64)
_LENGTH_BASES = np.append(_bases(3, _LENGTH_WIDTHS[:-1].tolist()), _LONGEST)
_OFFSET_WIDTHS = np.array([0, 0] + [width for width in range(14) for _ in range(2)], dtype=np.int64)
_OFFSET_BASES = _bases(1, _OFFSET_WIDTHS.tolist())


def deflate(data: bytes) -> bytes:
    """Pack data into the zlib format, which any reader of PDF unpacks.

    Args:
        data: up to some hundred kilobytes; a megabyte takes about a second.

    Returns:
        The packed data.
    """
    values, lengths = _tokens(data)
    is_match = lengths > 0
    length_index = np.searchsorted(_LENGTH_BASES, lengths, "right") - 1
    offset_index = np.where(is_match, np.searchsorted(_OFFSET_BASES, values, "right") - 1, 0)
    symbols = np.where(is_match, 257 + length_index, values)
    literal_lengths = _code_lengths(np.append(symbols, _END), _LITERALS)
    offset_lengths = _code_lengths(offset_index[is_match] if is_match.any() else np.zeros(1, np.int64), _DISTANCES)
    literals, offsets = _codes(literal_lengths), _codes(offset_lengths)
    # Four fields a token: code, extra bits of the length, code of the distance, its extra bits. Literals have one.
    fields = (
        (literals[symbols], literal_lengths[symbols]),
        (lengths - _LENGTH_BASES[length_index], np.where(is_match, _LENGTH_WIDTHS[length_index], 0)),
        (offsets[offset_index], np.where(is_match, offset_lengths[offset_index], 0)),
        (values - _OFFSET_BASES[offset_index], np.where(is_match, _OFFSET_WIDTHS[offset_index], 0)),
    )
    table = _table(literal_lengths, offset_lengths)
    codes = np.concatenate([table[0], np.stack([f[0] for f in fields], 1).ravel(), literals[_END:][:1]])
    widths = np.concatenate([table[1], np.stack([f[1] for f in fields], 1).ravel(), literal_lengths[_END:][:1]])
    return _HEADER + _packed_bits(codes, widths) + struct.pack(">I", zlib.adler32(data))


def _tokens(data: bytes) -> tuple[Numbers, Numbers]:
    """Find repeats; gives for every token a literal byte and 0, or a distance and the length of the match."""
    values: list[int] = []
    lengths: list[int] = []
    last: dict[bytes, int] = {}
    place, end = 0, len(data)
    while place < end:
        key = data[place : place + _SHORTEST]
        before = last.get(key)
        last[key] = place
        if before is None or place - before > _WINDOW or len(key) < _SHORTEST:
            values.append(data[place])
            lengths.append(0)
            place += 1
            continue
        length, most = _SHORTEST, min(_LONGEST, end - place)
        while length < most and data[before + length] == data[place + length]:
            length += 1
        values.append(place - before)
        lengths.append(length)
        for inner in range(place + 1, min(place + length, end - _SHORTEST)):
            last[data[inner : inner + _SHORTEST]] = inner
        place += length
    return np.array(values, dtype=np.int64), np.array(lengths, dtype=np.int64)


def _code_lengths(symbols: Numbers, size: int) -> Numbers:
    """Give the length of every symbol's code by Huffman, none above fifteen bits; ties go by symbol."""
    counts = Counter(dict(enumerate(np.bincount(symbols).tolist())))
    while True:
        lengths = [0] * size
        heap: list[tuple[int, int, tuple[int, ...]]] = [(n, symbol, (symbol,)) for symbol, n in counts.items() if n]
        if len(heap) == 1:
            lengths[heap[0][1]] = 1
            return np.array(lengths, dtype=np.int64)
        heapq.heapify(heap)
        while len(heap) > 1:
            one, other = heapq.heappop(heap), heapq.heappop(heap)
            members = one[2] + other[2]
            for symbol in members:
                lengths[symbol] += 1
            heapq.heappush(heap, (one[0] + other[0], min(one[1], other[1]), members))
        if max(lengths) <= _LONGEST_CODE:
            return np.array(lengths, dtype=np.int64)
        counts = Counter({symbol: (count + 1) // 2 for symbol, count in counts.items()})


def _codes(lengths: Numbers) -> Numbers:
    """Give the canonical codes, turned round as deflate writes them from the lowest bit."""
    codes = np.zeros(len(lengths), dtype=np.int64)
    code, before = 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(lengths.tolist()) if length):
        code <<= length - before
        codes[symbol] = _reversed(code, length)
        code, before = code + 1, length
    return codes


def _reversed(code: int, length: int) -> int:
    return int(f"{code:0{length}b}"[::-1], 2)


def _table(literal_lengths: Numbers, offset_lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Write the head of the block: the last one, its kind, and the lengths of all codes."""
    fields = [(1, 1), (2, 2), (_LITERALS - 257, 5), (_DISTANCES - 1, 5), (len(_LENGTH_CODE_ORDER) - 4, 4)]
    fields += [(_LENGTH_CODE_BITS if symbol < 16 else 0, 3) for symbol in _LENGTH_CODE_ORDER]
    for length in (*literal_lengths.tolist(), *offset_lengths.tolist()):
        fields.append((_reversed(length, _LENGTH_CODE_BITS), _LENGTH_CODE_BITS))
    table = np.array(fields, dtype=np.int64)
    return table[:, 0], table[:, 1]


def _packed_bits(values: Numbers, widths: Numbers) -> bytes:
    """Write numbers of some bits each, from the lowest bit on."""
    starts = np.repeat(np.cumsum(widths) - widths, widths)
    bits = np.repeat(values, widths) >> (np.arange(len(starts)) - starts) & 1
    return np.packbits(bits.astype(np.uint8), bitorder="little").tobytes()
