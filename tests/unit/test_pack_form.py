"""The form of a rule file loses nothing: what it shows, posted back unchanged, is what the file said."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import pytest

from competitions.pack_editing.fields import Shown, shown_fields
from competitions.pack_editing.outline import PARTS, VALUES, read_part, show_part
from competitions.pack_editing.tree import read_tree, write_tree
from competitions.standards import read_pack
from competitions.standards.loader import pack_files
from competitions.standards.values import VALUES as KNOWN_VALUES

FILES = pack_files()


def posted(shown: Shown) -> dict[str, str]:
    """What a browser would send for a form that nobody touched."""
    found = {}
    for one in shown_fields(shown):
        if one.kind == "ticks":
            found |= {f"{one.name}.{key}": "on" for key in one.value.split("\n") if key}
        elif one.kind not in ("rows", "row", "group", "folded", "places", "span", "cite", "range", "holders", "kept"):
            found[one.name] = one.value
    return found


def untouched(name, draft):
    part = show_part(name, draft)
    sent = {"state": part.state}
    for shown in part.shown:
        sent |= posted(shown)
    return read_part(name, draft, sent)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_part_of_every_shipped_file_passes_through_the_form_unchanged(path):
    draft = read_tree(path.read_text("utf-8"), path.name)
    said = told(draft)
    for name in PARTS:
        assert told(untouched(name, draft)) == said, name


def told(draft):
    """All that a file says, but for the numbers of its lines."""
    pack = read_pack(write_tree(draft), "same")
    return plain(pack)


def plain(value):
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name != "id"}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_written_again_says_the_same(path):
    draft = read_tree(path.read_text("utf-8"), path.name)
    assert read_tree(write_tree(draft), "x") == draft
    read_pack(write_tree(draft), path.name)


def test_the_form_knows_every_value_that_the_strict_reading_knows():
    assert {name: set(keys) for name, keys in VALUES.items()} == {n: set(v) for n, v in KNOWN_VALUES.items()}
