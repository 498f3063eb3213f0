"""An archive from anybody: nothing is read that its manifest does not name, and never more than it names."""

import hashlib
import json
import random
import zipfile
from dataclasses import replace

import pytest

from core.backup.archive import new_archive, opened
from core.backup.manifest import BadArchiveError, Manifest, State, from_json, key_check, to_json
from core.checked_zip import CHUNK, Entry

STATE = State("0012", {0: (2, "a" * 64), 7: (40, "b" * 64)})
PHOTO = f"photos/ab/{'ab' * 32}.jpg"
CONTENT = {"database.sqlite3": b"rows " * 1000, PHOTO: b"\xff\xd8\xff picture"}


def manifest_of(content):
    files = tuple(Entry(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in content.items())
    return Manifest("0.1.0", "2026-10-18T08:00:00+00:00", "sqlite", key_check("k" * 40), STATE, files)


def written(path, content=None):
    content = content or CONTENT
    with new_archive(path) as writer:
        for name, data in content.items():
            writer.add(name, [data])
        writer.finish(replace(manifest_of(content), files=tuple(writer.entries)))
    return path


def forged(path, content, manifest, compression=zipfile.ZIP_DEFLATED):
    """An archive as somebody might make one by hand; `content` in pairs, so that names may be double."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content:
            archive.writestr(name, data)
        archive.writestr("manifest.json", manifest if isinstance(manifest, bytes) else to_json(manifest))
    return path


def refusal(path, folder=None):
    with pytest.raises(BadArchiveError) as refused:
        read(path, folder)
    return str(refused.value)


def read(path, folder):
    with opened(path) as archive:
        if folder is None:
            archive.check()
        else:
            for entry in archive.manifest.files:
                archive.extract(entry.path, folder)


def test_what_was_written_is_read_again_with_its_manifest(tmp_path):
    path = written(tmp_path / "b.zip")
    with opened(path) as archive:
        archive.check()
        assert archive.manifest == manifest_of(CONTENT)
        for entry in archive.manifest.files:
            made = archive.extract(entry.path, tmp_path / "out")
            assert made.read_bytes() == CONTENT[entry.path]
            assert made.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_archive_whose_writing_fails_leaves_nothing(tmp_path):
    with pytest.raises(TypeError), new_archive(tmp_path / "b.zip") as writer:
        writer.add("database.sqlite3", None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_copy_that_ended_early_is_refused(tmp_path, cut):
    path = written(tmp_path / "b.zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    assert "不是完整的备份" in refusal(path)


def test_one_changed_byte_of_a_file_is_found(tmp_path):
    path = written(tmp_path / "b.zip")
    data = path.read_bytes()
    path.write_bytes(data.replace(b" picture", b" pictvre"))
    assert "不是完整的备份" in refusal(path)


def test_a_file_exchanged_with_its_checksum_does_not_have_its_digest(tmp_path):
    other = CONTENT | {PHOTO: b"\xff\xd8\xff pictvre"}
    path = forged(tmp_path / "b.zip", other.items(), manifest_of(CONTENT))
    assert PHOTO in refusal(path)


@pytest.mark.parametrize(
    "name",
    [
        "../data_key", "photos/../../evil", "/etc/passwd", "photos\\..\\evil", "C:/evil", "photos/ab/evil.jpg",
        f"photos/ab/../ab/{'ab' * 32}.jpg", f"{PHOTO}\n", "tls/../x", "tls/.hidden", "secret_key", "static/x.js",
    ],
)  # fmt: skip
def test_a_path_that_leaves_its_place_is_refused_before_anything_is_written(tmp_path, name):
    content = CONTENT | {name: b"evil"}
    path = forged(tmp_path / "b.zip", content.items(), manifest_of(content))
    assert "路径" in refusal(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bomb_is_stopped_at_the_size_that_its_manifest_names(tmp_path):
    bomb = CONTENT | {PHOTO: b"\0" * (20 * CHUNK)}
    path = forged(tmp_path / "b.zip", bomb.items(), manifest_of(CONTENT))
    assert path.stat().st_size < 100_000
    read = []
    with opened(path) as archive, pytest.raises(BadArchiveError):
        archive.copy(PHOTO, read.append)
    assert read == []


def test_a_manifest_that_is_a_bomb_is_not_read(tmp_path):
    path = forged(tmp_path / "b.zip", (), b"[" + b" " * (65 << 20) + b"]")
    assert "清单过大" in refusal(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "content",
    [
        [*CONTENT.items(), ("photos/x", b"")],
        [*CONTENT.items(), (PHOTO, b"\xff\xd8\xff other")],
        list(CONTENT.items())[:1],
    ],
)
def test_files_more_or_fewer_or_double_are_refused(tmp_path, content):
    assert "清单不一致" in refusal(forged(tmp_path / "b.zip", content, manifest_of(CONTENT)))


def test_no_archive_at_all_is_said(tmp_path):
    (tmp_path / "b.zip").write_bytes("不是压缩包".encode())
    assert "不是完整的备份" in refusal(tmp_path / "b.zip")
    assert "找不到" in refusal(tmp_path / "none.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    assert "没有清单" in refusal(tmp_path / "other.zip")
    assert "压缩方法" in refusal(forged(tmp_path / "l.zip", CONTENT.items(), manifest_of(CONTENT), zipfile.ZIP_LZMA))


WRONG = [
    ("format", 2), ("version", None), ("database", "mysql"), ("database", []), ("migration", 12), ("chains", []),
    ("chains", {"x": [1, "a"]}), ("chains", {"0": [-1, "a"]}), ("chains", {"0": [1]}), ("files", {}), ("files", []),
    ("files", [["database.sqlite3", -1, "a" * 64]]), ("files", [["database.sqlite3", True, "a" * 64]]),
    ("files", [["database.sqlite3", 1.5, "a" * 64]]), ("files", [["database.sqlite3", 1, "A" * 64]]),
    ("files", [["database.sqlite3", 1, "a" * 64]] * 2), ("files", [["database.dump", 1, "a" * 64]]), ("files", 7),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_manifest_with_a_wrong_value_is_refused_in_a_sentence(name, value):
    record = json.loads(to_json(manifest_of(CONTENT))) | {name: value}
    with pytest.raises(BadArchiveError):
        from_json(json.dumps(record).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{}", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_manifest_is_refused_in_a_sentence(data):
    with pytest.raises(BadArchiveError):
        from_json(data)


def test_the_check_of_a_key_tells_keys_apart_and_not_the_key():
    assert key_check("a" * 40) != key_check("b" * 40)
    assert "k" * 40 not in to_json(manifest_of(CONTENT)).decode()
    assert len(key_check("a" * 40)) == 32


def test_a_broken_byte_anywhere_is_the_same_archive_or_a_refusal(tmp_path):
    path, chance = written(tmp_path / "b.zip"), random.Random(7)
    good = path.read_bytes()
    for _ in range(1500):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            with opened(path) as archive:
                archive.check()
        except BadArchiveError:
            continue
        assert archive.manifest == manifest_of(CONTENT)
