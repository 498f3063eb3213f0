"""What is packed unpacks to the same by any reader, and packs to the same bytes for ever."""

import hashlib
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.pdf.deflate import deflate

repetitive = st.lists(st.binary(max_size=40), max_size=6).flatmap(
    lambda parts: st.lists(st.sampled_from([*parts, b"0 0 m\n"]), max_size=200).map(b"".join)
)


@given(st.one_of(st.binary(max_size=2000), repetitive))
def test_every_reader_unpacks_what_was_packed(data: bytes) -> None:
    assert zlib.decompress(deflate(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\0" * 100_000,
        bytes(range(256)) * 300,
        b"abcd" + bytes(32_768 - 4) + b"abcd",
        b"abcd" + random.Random(1).randbytes(32_764) + b"abcd" + random.Random(2).randbytes(9) + b"abcd",
        random.Random(3).randbytes(70_000),
        b"".join(b"%d.%03d 0 l\n" % (i % 297, i * 7919 % 1000) for i in range(9000)),
    ],
    ids=["empty", "one", "zeros", "cycle", "window", "beyond the window", "noise", "numbers"],
)
def test_hard_cases_unpack(data: bytes) -> None:
    assert zlib.decompress(deflate(data)) == data


def test_steep_frequencies_keep_codes_within_fifteen_bits() -> None:
    counts, data = [1, 1], bytearray()
    while len(counts) < 24:
        counts.append(counts[-1] + counts[-2])
    for symbol, count in enumerate(counts):
        data += bytes([symbol]) * count
    shuffled = bytes(random.Random(5).sample(list(data), len(data)))
    assert zlib.decompress(deflate(shuffled)) == shuffled


def test_drawings_shrink_nearly_as_far_as_with_zlib() -> None:
    drawing = b"".join(b"%d.%d 12.5 m %d 7.25 l S\n" % (i % 97, i % 9, i % 31) for i in range(4000))
    assert len(deflate(drawing)) < 1.6 * len(zlib.compress(drawing, 9))


def test_the_packed_bytes_are_pinned() -> None:
    data = b"".join(b"%d %d l\n" % (i * i % 251, i % 17) for i in range(3000))
    digest = hashlib.sha256(deflate(data)).hexdigest()
    assert digest == PINNED


PINNED = "6e8977755d2feac77a5c3c61d30acbbb271673b08251fd644b7e3f2f40171cdb"
