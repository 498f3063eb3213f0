"""Every piece of a scheme that the documentation shows is read by the engine as it stands there."""

import re
import textwrap
from pathlib import Path

import pytest

from scoring.engine.scheme_document import scheme_from_document
from scoring.formats.yaml_scheme import load_scheme

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "formats" / "scheme.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def whole(block):
    if not block.startswith("- "):
        return block
    return "title: 片段\nchildren:\n" + textwrap.indent(block, "  ")


def test_there_is_an_example_for_every_section_with_a_grammar():
    assert len(BLOCKS) >= 15


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_page_shows_nothing_that_is_refused(block):
    scheme = load_scheme(whole(block), "scheme.md")

    assert scheme_from_document(scheme.to_document()) == scheme


@pytest.mark.parametrize("path", sorted((DOCS / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_survives_being_stored_as_data(path):
    import json

    scheme = load_scheme(path.read_bytes(), path.name)
    stored = json.loads(json.dumps(scheme.to_document()))

    assert scheme_from_document(stored) == scheme


def test_every_key_of_the_grammar_stands_on_the_page():
    sources = [path.read_text(encoding="utf-8") for path in (DOCS.parent / "scoring/engine").glob("*_document.py")]
    asked = set(
        re.findall(
            r"\.(?:text|number|positive|whole|flag|one_of|sub|items|each|names|raw|has)\(\s*\"(\w+)\"", "".join(sources)
        )
    )

    missing = {key for key in asked if f"`{key}" not in PAGE and f"{key}:" not in PAGE and f", {key}" not in PAGE}

    assert missing == set()
