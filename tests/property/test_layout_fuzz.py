"""Whatever an organiser writes into a layout, it is either refused in a sentence or it can be drawn."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.layouts.loading import builtin_layouts, builtin_source, load_layout
from certificates.layouts.reader import LayoutError
from certificates.pdf.measuring import measured
from certificates.pdf.rendering import check, render
from certificates.pdf.scene import Severity
from core.errors import DomainError

Made = TypeVar("Made")
SOURCES = {name: json.loads(builtin_source(name)) for name in builtin_layouts()}
strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 400),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text("{}<>/&;ab.王 \n?!", max_size=12),
    st.sampled_from(["#000000", "kai", "title", "recipient.name", "!issuer.2.name", "{award.title}", "none", ""]),
    st.lists(st.integers(-10, 300), max_size=5),
    st.dictionaries(st.text("abc", max_size=3), st.integers(), max_size=2),
)


def tried(make: Callable[[], Made], refusals: type[Exception]) -> tuple[Made | None, str]:
    """What was made, or the sentence with which it was refused."""
    try:
        return make(), ""
    except refusals as error:
        return None, str(error)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in entries for place in places(value, (*path, key)))]


def replaced(data: Any, path: tuple[Any, ...], value: Any, *, drop: bool) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    if drop and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = replaced(data[path[0]], path[1:], value, drop=drop)
    return copy


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_a_spoilt_layout_is_refused_in_a_sentence_or_can_be_drawn(name: str, data: st.DataObject) -> None:
    source = SOURCES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(source)[1:]))
        source = replaced(source, place, data.draw(strange), drop=data.draw(st.booleans()))
        if not isinstance(source, dict):
            return
    layout, refusal = tried(lambda: load_layout(source), LayoutError)
    assert (layout is None) is bool(refusal)
    if layout is None:
        return
    values = layout.samples()
    has_errors = any(problem.severity is Severity.ERROR for problem in check(layout, values))
    assert len(measured(layout, values)) <= len(layout.items)
    pdf, refusal = tried(lambda: render(layout, values), DomainError)
    if pdf is None:
        assert refusal
        assert has_errors or layout.background_asset
    else:
        assert pdf.startswith(b"%PDF")


@given(st.text(max_size=200))
def test_text_that_is_no_layout_is_refused_in_a_sentence(text: str) -> None:
    layout, refusal = tried(lambda: load_layout(text), LayoutError)
    assert layout is None
    assert refusal
