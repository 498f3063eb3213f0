"""An archive from anybody: manifest, zip, lock and lines are read with nothing in them believed."""

import hashlib
import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.archive.locking import Box, PassphraseError, new_lock
from certificates.archive.manifest import (
    CHAIN,
    BadArchiveError,
    Lock,
    Manifest,
    Verdict,
    from_json,
    to_json,
)
from certificates.archive.readme import readme
from certificates.archive.rows import lines
from certificates.archive.zip_file import new_archive, opened
from core.checked_zip import LARGEST_TEXT, NAME, Entry

PASSPHRASE = "红烧牛肉面加两个鸡蛋一根肠"
CONTENT = {CHAIN: b'{"chain":1}\n' * 500, "tables/event.jsonl": b"{}\n", f"photos/{'ab' * 32}.jpg": b"\xff\xd8 picture"}


def entry(path, data):
    return Entry(path, len(data), hashlib.sha256(data).hexdigest())


def manifest_of(content=CONTENT, **over):
    told = Manifest(
        program="0.1.0",
        made_at="2026-10-18T08:00:00+00:00",
        server="0123456789abcdef",
        address="https://city.example",
        competition=3,
        title="焊工大赛",
        chain_length=1,
        chain_end="a" * 64,
        lock=new_lock(b"salt"),
        counts={"event": 1},
        results=(Verdict(5, 7, True), Verdict(6, 8, None)),
        lost=("photos/x.jpg",),
        files=tuple(entry(path, data) for path, data in content.items()),
    )
    return replace(told, **over)


def made(path, content=CONTENT, **over):
    with path.open("w+b") as file, new_archive(file) as writer:
        for name, data in content.items():
            writer.add(name, [data[:5], data[5:]])
        writer.finish(manifest_of(files=tuple(writer.entries), **over))
    return path


def forged(path, content, manifest, compression=zipfile.ZIP_DEFLATED):
    """An archive as somebody might make one by hand; `content` in pairs, so that names may be double."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content:
            archive.writestr(name, data)
        archive.writestr(NAME, manifest if isinstance(manifest, bytes) else to_json(manifest))
    return path


def refusal(path):
    with pytest.raises(BadArchiveError) as refused, opened(path) as archive:
        archive.check()
    return str(refused.value)


def test_what_was_written_is_read_again(tmp_path):
    with opened(made(tmp_path / "a.zip")) as archive:
        assert {path: archive.read(path) for path in archive.entries} == CONTENT
        assert archive.manifest == manifest_of()
        assert archive.names("tables") == ["tables/event.jsonl"]
        archive.check()


def test_a_manifest_is_what_it_was_after_a_way_through_json():
    assert from_json(to_json(manifest_of())) == manifest_of()
    assert from_json(to_json(manifest_of(lock=None))).lock is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "something"}, "清单里的格式是“something”"),
        ({"version": 3}, "版本是 3，本程序只认识 1–2；请先升级"),
        ({"version": 0}, "版本是 0"),
        ({"version": "2"}, "清单读不懂"),
        ({"files": 7}, "清单读不懂"),
        ({"competition": -1}, "清单读不懂"),
        ({"competition": True}, "清单读不懂"),
        ({"chain_end": "xyz"}, "清单读不懂"),
        ({"title": None}, "清单读不懂"),
        ({"results": [{"event": 1, "snapshot": 1, "agrees": "yes"}]}, "清单读不懂"),
        ({"lock": {"n": 1}}, "清单读不懂"),
        ({"files": []}, "缺少审计链"),
    ],
)
def test_a_manifest_that_is_none_is_told(change, sentence):
    record = json.loads(to_json(manifest_of())) | change
    with pytest.raises(BadArchiveError, match=sentence):
        from_json(json.dumps(record).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"3", b"{}", b'{"format":', b"[" * 100_000])
def test_bytes_that_are_no_manifest_are_told(data):
    with pytest.raises(BadArchiveError, match="读不懂"):
        from_json(data)


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "tables/../x.jsonl", "tables\\x.jsonl", "photos/x.jpg", "files/" + "A" * 64,
     "earlier/0/ids.json", "earlier/1/other.json", "tables/Event.jsonl", "C:evil", "packs/../a.yaml", "x.jsonl\n"],
)  # fmt: skip
def test_no_place_is_written_to_or_read_that_no_archive_has(path):
    told = manifest_of(files=(*manifest_of().files, entry(path, b"x")))
    with pytest.raises(BadArchiveError, match="不该有的路径"):
        from_json(to_json(told))


def test_what_the_manifest_does_not_name_is_no_part_of_an_archive(tmp_path):
    pairs = [*CONTENT.items(), ("more.txt", b"x")]
    assert "与清单不一致" in refusal(forged(tmp_path / "a.zip", pairs, manifest_of()))
    assert "与清单不一致" in refusal(forged(tmp_path / "b.zip", list(CONTENT.items())[:2], manifest_of()))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused(tmp_path):
    pairs = [*CONTENT.items(), ("tables/event.jsonl", b"other")]
    assert "与清单不一致" in refusal(forged(tmp_path / "a.zip", pairs, manifest_of()))
    twice = (*manifest_of().files, manifest_of().files[0])
    assert "重复" in refusal(forged(tmp_path / "b.zip", CONTENT.items(), manifest_of(files=twice)))


def test_a_bomb_is_read_no_further_than_the_manifest_says(tmp_path):
    bomb = b"\0" * (64 << 20)
    told = manifest_of(CONTENT | {"tables/event.jsonl": b"small"})
    path = forged(tmp_path / "a.zip", (CONTENT | {"tables/event.jsonl": bomb}).items(), told)
    assert path.stat().st_size < 1 << 20
    with opened(path) as archive:
        seen = []
        with pytest.raises(BadArchiveError, match="大小或摘要不符"):
            archive.copy("tables/event.jsonl", seen.append)
        assert sum(map(len, seen)) <= 5


def test_a_text_that_would_fill_the_memory_is_refused_unread(tmp_path):
    files = (*manifest_of({CHAIN: CONTENT[CHAIN]}).files, Entry("tables/event.jsonl", LARGEST_TEXT + 1, "0" * 64))
    path = forged(tmp_path / "a.zip", [(CHAIN, CONTENT[CHAIN]), ("tables/event.jsonl", b"")], manifest_of(files=files))
    with opened(path) as archive, pytest.raises(BadArchiveError, match="过大"):
        archive.read("tables/event.jsonl")


def test_an_archive_that_claims_to_be_larger_than_any_disk_is_refused(tmp_path):
    files = (*manifest_of({CHAIN: CONTENT[CHAIN]}).files, Entry("tables/event.jsonl", 1 << 60, "0" * 64))
    path = forged(tmp_path / "a.zip", [(CHAIN, CONTENT[CHAIN]), ("tables/event.jsonl", b"")], manifest_of(files=files))
    assert "解开后超过" in refusal(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(tmp_path, compression):
    assert "压缩方法不认识" in refusal(forged(tmp_path / "a.zip", CONTENT.items(), manifest_of(), compression))


def test_what_is_no_zip_or_has_no_manifest_is_told(tmp_path):
    assert "找不到文件" in refusal(tmp_path / "none.zip")
    (tmp_path / "a.zip").write_bytes(b"hello")
    assert "不是完整的存档文件" in refusal(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("x.txt", b"x")
    assert "没有清单" in refusal(tmp_path / "b.zip")


def test_damage_anywhere_is_a_sentence_and_never_a_crash(tmp_path):
    whole = made(tmp_path / "a.zip").read_bytes()
    chance = random.Random(7)
    for number in range(150):
        data = bytearray(whole)
        if number % 3:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        else:
            del data[chance.randrange(len(data)) :]
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        try:
            with opened(path) as archive:
                assert {name: archive.read(name) for name in archive.entries} == CONTENT
        except BadArchiveError:
            pass


def test_a_missing_file_is_named(tmp_path):
    with opened(made(tmp_path / "a.zip")) as archive, pytest.raises(BadArchiveError, match="缺少“files/x”"):
        archive.read("files/x")


@pytest.mark.parametrize("data", [b"[]\n", b"{\n", b"\xff\n", b'{"a":1}\n7\n'])
def test_a_line_that_is_no_row_is_named(data):
    with pytest.raises(BadArchiveError, match=r"第 \d 行读不懂"):
        list(lines("tables/x.jsonl", data))


def test_the_same_bytes_under_the_same_name_are_sealed_alike_and_under_another_not():
    box = Box(PASSPHRASE, new_lock(b"salt"))
    assert box.seal("a", b"x") == box.seal("a", b"x")
    assert box.seal("a", b"x")[:12] != box.seal("b", b"x")[:12] != box.seal("b", b"y")[:12]
    with pytest.raises(PassphraseError, match="口令不对"):
        box.open("b", box.seal("a", b"x"))


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_again(data, name):
    box = Box(PASSPHRASE, Lock(2, 8, 1, "00"))
    assert box.open(name, box.seal(name, data)) == data


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 40])
def test_changed_bytes_do_not_open(sealed):
    with pytest.raises(PassphraseError):
        Box(PASSPHRASE, new_lock(b"salt")).open("a", sealed)


@pytest.mark.parametrize("lock", [Lock(1 << 30, 8, 1, "00"), Lock(3, 8, 1, "00"), Lock(2, 8, 99, "00"),
                                  Lock(0, 0, 1, "00"), Lock(1 << 14, 8, 1, "no hex")])  # fmt: skip
def test_a_lock_that_no_archive_has_is_refused_before_it_costs_anything(lock):
    with pytest.raises(BadArchiveError, match="加密参数不认识"):
        Box(PASSPHRASE, lock)


def test_a_short_passphrase_is_refused():
    with pytest.raises(PassphraseError, match="至少要 12 个字符"):
        Box("elevenchars", new_lock(b"salt"))


def test_who_opens_it_without_the_program_is_told_what_is_what():
    told = readme(manifest_of())
    assert "焊工大赛" in told
    assert "a" * 64 in told
    assert "口令" in told
    assert "没有导出" in readme(manifest_of(lock=None))
    assert "2026-10-18" not in told


def test_the_writer_needs_no_clock(tmp_path):
    one, other = io.BytesIO(), io.BytesIO()
    for file in (one, other):
        with new_archive(file) as writer:
            writer.add(CHAIN, [b"x"])
            writer.finish(manifest_of(files=tuple(writer.entries)))
    assert one.getvalue() == other.getvalue()
