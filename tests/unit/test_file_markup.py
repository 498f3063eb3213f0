"""No template shows a bare file field, which would speak the browser's language instead of the page's."""

import re

import pytest
from installation import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WRAPPED = re.compile(r"\{% call ui\.file\(\) %\}<input [^>]*type=\"file\"[^>]*>\{% endcall %\}")
OWN_LABEL = {"certificates/verify.html"}
"""The whole of its dashed area is the field's label."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_file_field_lies_under_words_of_the_page(path) -> None:
    text = path.read_text("utf-8")
    left = WRAPPED.sub("", text)
    if str(path.relative_to(ROOT / "templates")) not in OWN_LABEL:
        assert 'type="file"' not in left
    assert not re.search(r"\bform\.file\(", left)
