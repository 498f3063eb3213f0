"""Files that anybody may hand in: what was written is read again, and whatever else they are, they are refused."""

import contextlib
import hashlib
import io
import json
import os
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from core.checked_zip import (
    LARGEST_MANIFEST,
    LARGEST_TEXT,
    NAME,
    CheckedZip,
    Entry,
    Kind,
    Refusals,
    digest_in,
    new_zip,
    opened_zip,
    require_paths,
    text_in,
    whole_in,
)
from core.errors import InvalidInputError

REGULAR = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


class OddError(InvalidInputError):
    """What this room says."""


REFUSALS = Refusals(OddError, "破损", "压缩", "无清单", "路径 %(path)s", "重复", "不一致", "改动 %(path)s")


@dataclass(frozen=True)
class Told:
    """The least that a manifest is."""

    files: tuple[Entry, ...]


def read(data: bytes) -> Told:
    try:
        files = tuple(Entry(text_in(p), whole_in(n), digest_in(d)) for p, n, d in json.loads(data))
    except (ValueError, TypeError) as error:
        raise OddError("清单读不懂") from error
    return Told(files)


def write(told: Told) -> bytes:
    return json.dumps([[entry.path, entry.size, entry.sha256] for entry in told.files]).encode()


def kind(**over) -> Kind[Told]:
    return Kind(read, write, re.compile(r".*\.jpg"), REFUSALS, **over)


KIND = kind()
NAMES = st.lists(st.text("abz09-字", min_size=1, max_size=6), min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(NAMES, st.binary(max_size=200), max_size=5).filter(
    lambda files: not any(one.startswith(f"{other}/") for one in files for other in files)
)


def entry(path: str, data: bytes) -> Entry:
    return Entry(path, len(data), hashlib.sha256(data).hexdigest())


def manifest(files) -> Told:
    return Told(tuple(entry(path, data) for path, data in files.items()))


def made(files) -> bytes:
    target = io.BytesIO()
    with new_zip(target, KIND) as writer:
        for path, data in files.items():
            writer.add(path, [data[:3], data[3:]])
        writer.finish(Told(tuple(writer.entries)))
    return target.getvalue()


def forged(members, told: Told) -> bytes:
    """As somebody might make one by hand; `members` in pairs, so that names may be double."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, data in members:
            archive.writestr(one, data)
        archive.writestr(NAME, write(told))
    return target.getvalue()


def content(path: Path, data: bytes) -> dict[str, bytes]:
    """Everything in it, or a refusal."""
    path.write_bytes(data)
    with opened_zip(path, KIND) as archive:
        archive.check()
        return {name: archive.read(name) for name in archive.entries}


@REGULAR
@given(FILES)
def test_what_was_written_is_read_again_and_is_the_same_bytes_each_time(tmp_path, files):
    data = made(files)
    assert content(tmp_path / "a.zip", data) == files
    assert made(files) == data


@REGULAR
@given(FILES, st.data())
def test_a_copy_that_ended_early_is_refused(tmp_path, files, data):
    whole = made(files)
    with pytest.raises(OddError):
        content(tmp_path / "a.zip", whole[: data.draw(st.integers(0, len(whole) - 1))])


@settings(REGULAR, max_examples=300)
@given(FILES, st.data())
def test_a_changed_byte_is_the_same_content_or_a_refusal(tmp_path, files, data):
    whole = bytearray(made(files))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(OddError):
        assert content(tmp_path / "a.zip", bytes(whole)) == files


@settings(REGULAR, max_examples=200)
@given(st.binary(max_size=400))
def test_bytes_that_are_nothing_are_refused(tmp_path, data):
    with pytest.raises(OddError):
        content(tmp_path / "a.zip", data)


@REGULAR
@given(FILES.filter(bool), NAMES, st.binary(max_size=50), st.sampled_from(["more", "fewer", "other name"]))
def test_a_member_that_the_manifest_does_not_name_or_lacks_is_refused(tmp_path, files, name, data, how):
    assume(name not in files)
    members, told = dict(files), manifest(files)
    if how != "more":
        members.popitem()
    if how != "fewer":
        members[name] = data
    with pytest.raises(OddError, match="不一致"):
        content(tmp_path / "a.zip", forged(members.items(), told))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@REGULAR
@given(FILES.filter(bool), st.binary(max_size=50), st.data())
def test_a_member_that_is_there_twice_is_refused(tmp_path, files, other, data):
    name = data.draw(st.sampled_from(sorted(files)))
    members = [*files.items(), (name, other)]
    with pytest.raises(OddError, match="不一致"):
        content(tmp_path / "a.zip", forged(members, manifest(files)))
    with pytest.raises(OddError, match="不一致"):
        content(tmp_path / "a.zip", forged([*files.items(), (NAME, b"[]")], manifest(files)))
    told = manifest(files).files
    with pytest.raises(OddError, match="不一致"):
        content(tmp_path / "a.zip", forged(files.items(), Told((*told, told[0]))))


@REGULAR
@given(FILES.filter(bool), st.binary(max_size=60), st.data())
def test_other_bytes_than_the_manifest_tells_are_refused_and_never_more_than_it_tells_are_read(
    tmp_path_factory, files, other, data
):
    here = tmp_path_factory.mktemp("here")
    name = data.draw(st.sampled_from(sorted(files)))
    assume(other != files[name])
    path = here / "a.zip"
    path.write_bytes(forged((files | {name: other}).items(), manifest(files)))
    with opened_zip(path, KIND) as archive:
        seen = []
        with pytest.raises(OddError, match="改动"):
            archive.copy(name, seen.append)
        assert sum(map(len, seen)) <= len(files[name])
        with pytest.raises(OddError, match="改动"):
            archive.check()
        with pytest.raises(OddError, match="改动"):
            archive.extract(name, here / "out")
        assert not [one for one in (here / "out").rglob("*") if one.is_file()]


@REGULAR
@given(st.integers(0, 60), st.integers(4 << 20, 8 << 20))
def test_a_bomb_is_stopped_at_the_size_that_its_manifest_names(tmp_path, told, size):
    path = tmp_path / "a.zip"
    path.write_bytes(forged([("a", b"\0" * size)], manifest({"a": b"\0" * told})))
    assert path.stat().st_size < 20_000
    with opened_zip(path, KIND) as archive:
        seen = []
        with pytest.raises(OddError, match="改动"):
            archive.copy("a", seen.append)
        assert sum(map(len, seen)) <= told


def test_members_that_lie_upon_one_another_are_refused(tmp_path):
    """A few bytes that a thousand entries point to would be a thousand times as much, each with its digest right."""
    picture = bytes(range(256)) * 4000
    data = bytearray(forged([("a0", picture), ("a1", b"")], manifest({"a0": picture, "a1": picture})))
    end = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    second = data.index(b"PK\x01\x02", start + 4)
    data[second + 10 : second + 28] = data[start + 10 : start + 28]  # packing, checksum and sizes of the first
    data[second + 42 : second + 46] = data[start + 42 : start + 46]  # and its place
    with pytest.raises(OddError, match="破损"):
        content(tmp_path / "a.zip", bytes(data))


def test_what_is_larger_than_any_of_its_kind_is_refused_unread(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(forged([("a", b"")], Told((Entry("a", 3 << 30, "0" * 64),))))
    with pytest.raises(OddError, match="超过 2 GB"), opened_zip(path, kind(most_total=2 << 30)):
        pass
    with opened_zip(path, kind(most_total=3 << 30)) as archive, pytest.raises(OddError, match="“a”过大"):
        archive.read("a")
    assert LARGEST_TEXT < 3 << 30


def test_a_manifest_that_is_a_bomb_is_not_read(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, b"[" + b" " * LARGEST_MANIFEST + b"]")
    with pytest.raises(OddError, match="无清单"):
        content(tmp_path / "a.zip", target.getvalue())


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packing_and_passwords_are_refused(tmp_path, compression):
    info = zipfile.ZipInfo("a")
    info.compress_type = compression
    with pytest.raises(OddError, match="压缩"):
        content(tmp_path / "a.zip", forged([(info, b"x")], manifest({"a": b"x"})))
    data = bytearray(made({"a": b"x"}))
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    with pytest.raises(OddError, match="压缩"):
        content(tmp_path / "a.zip", bytes(data))


PIECES = st.sampled_from(["..", ".", "", "a", "b.txt", "~", "字", "link"])
TRICKS = st.lists(PIECES, min_size=1, max_size=5).map("/".join).filter(bool)


@settings(REGULAR, max_examples=300)
@given(TRICKS, st.binary(max_size=10))
@example("../escaped", b"x")
@example("/tmp/../../escaped", b"x")
@example("a/../../escaped", b"x")
@example("link/escaped", b"x")
def test_nothing_is_ever_written_outside_the_folder(tmp_path_factory, path, data):
    here = tmp_path_factory.mktemp("here")
    (here / "outside").mkdir()
    folder = here / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(here / "outside")
    (here / "a.zip").write_bytes(forged([(path, data)], manifest({path: data})))
    before = sorted(here.rglob("*"))
    try:
        with opened_zip(here / "a.zip", KIND) as archive:
            target = archive.extract(path, folder)
    except (OddError, OSError):  # the system itself refuses what is a folder's name
        target = None
    new = [one for one in sorted(here.rglob("*")) if one not in before]
    assert all(one.resolve().is_relative_to(folder.resolve()) for one in new)
    if target is not None:
        assert target.read_bytes() == data


@REGULAR
@given(FILES.filter(bool))
def test_what_is_extracted_is_for_nobody_else_and_never_over_something(tmp_path_factory, files):
    here = tmp_path_factory.mktemp("here")
    (here / "a.zip").write_bytes(made(files))
    with opened_zip(here / "a.zip", KIND) as archive:
        for name, data in files.items():
            target = archive.extract(name, here / "out")
            assert target.read_bytes() == data
            assert target.stat().st_mode & 0o777 == 0o600
            with pytest.raises(FileExistsError):
                archive.extract(name, here / "out")


def test_a_member_that_says_that_it_is_a_link_becomes_a_plain_file(tmp_path):
    info = zipfile.ZipInfo("a")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    target = str(tmp_path / "secret").encode()
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "a.zip").write_bytes(forged([(info, target)], manifest({"a": target})))
    with opened_zip(tmp_path / "a.zip", KIND) as archive:
        made_file = archive.extract("a", tmp_path / "out")
    assert not made_file.is_symlink()
    assert made_file.read_bytes() == target
    assert (tmp_path / "secret").read_text() == "kept"


def test_a_file_that_is_not_named_is_not_read(tmp_path):
    (tmp_path / "a.zip").write_bytes(made({"a": b"x"}))
    with opened_zip(tmp_path / "a.zip", KIND) as archive:
        for use in (archive.read, lambda path: archive.copy(path, len), lambda path: archive.extract(path, tmp_path)):
            with pytest.raises(OddError, match="缺少“b”"):
                use("b")
            with pytest.raises(OddError, match=f"缺少“{NAME}”"):
                use(NAME)
    assert sorted(os.listdir(tmp_path)) == ["a.zip"]
    with pytest.raises(OddError, match="找不到文件"), opened_zip(tmp_path / "none.zip", KIND):
        pass


def test_places_that_a_kind_does_not_have_are_told():
    files, allowed = manifest({"a": b"", "b": b""}).files, re.compile("a|b")
    require_paths(files, allowed, REFUSALS, needed="a")
    for odd in ("c", "a\n", "../a", "a" * 500):
        with pytest.raises(OddError, match="路径") as refused:
            require_paths((*files, entry(odd, b"")), allowed, REFUSALS, needed="a")
        assert len(str(refused.value)) < 120
    for few in (files[1:], (*files, files[0])):
        with pytest.raises(OddError, match="重复"):
            require_paths(few, allowed, REFUSALS, needed="a")


@given(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(max_value=-1), st.binary(), st.lists(st.integers()))
)
def test_a_value_of_another_kind_is_no_text_no_count_and_no_digest(value):
    for reading in (text_in, whole_in, digest_in):
        with pytest.raises((TypeError, ValueError)):
            reading(value)


@given(st.text(max_size=70))
def test_a_text_is_a_digest_only_if_it_is_sixty_four_small_digits(text):
    assert text_in(text) == text
    with pytest.raises((TypeError, ValueError)):
        digest_in(text)
    assert digest_in(hashlib.sha256(text.encode()).hexdigest())


def test_the_reader_is_of_the_kind_that_was_asked_for(tmp_path):
    (tmp_path / "a.zip").write_bytes(made({"a/b": b"x", "c": b""}))
    with opened_zip(tmp_path / "a.zip", KIND) as archive:
        assert isinstance(archive, CheckedZip)
        assert archive.manifest == manifest({"a/b": b"x", "c": b""})
        assert archive.manifest_bytes == write(archive.manifest)
        assert archive.names("a") == ["a/b"]
