"""Layers of work codes for any number of works, layers and seeds: they lead back, tell nothing, and notice slips."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competitions.draws.codes import (
    CODE_ALPHABET,
    CodeError,
    CodeLayer,
    DecodingNotAllowedError,
    decoded,
    encoded,
    read_work_code,
    require_separate,
    work_code_layer,
)

SEEDS = st.text(min_size=1, max_size=20)
WORKS = st.sets(st.integers(1, 10**6).map(str), min_size=1, max_size=60)


@st.composite
def layered(draw: st.DrawFn) -> tuple[list[str], list[CodeLayer]]:
    """Contestants and up to three layers, each with a seed of its own, as an event has them."""
    contestants = sorted(draw(WORKS))
    layers: list[CodeLayer] = []
    inner = contestants
    for number in range(1, draw(st.integers(1, 3)) + 1):
        layers.append(work_code_layer(str(number), f"保管人{number}", inner, seed=draw(SEEDS), length=3 + number))
        inner = [outer for _, outer in layers[-1].pairs]
    return contestants, layers


@given(layered())
@settings(max_examples=60)
def test_every_code_leads_back_to_one_contestant_and_all_are_reached(made: tuple[list[str], list[CodeLayer]]) -> None:
    contestants, layers = made
    require_separate(layers)
    present = {layer.name: layer.custodian for layer in layers}
    last = [outer for _, outer in layers[-1].pairs]
    back = [decoded(layers, code, present=present, supervisor="监督")[-1] for code in last]
    assert sorted(back) == contestants
    assert [encoded(layers, who)[-1] for who in back] == last


@given(layered())
@settings(max_examples=40)
def test_labels_of_two_layers_are_never_the_same(made: tuple[list[str], list[CodeLayer]]) -> None:
    labels = [outer for layer in made[1] for _, outer in layer.pairs]
    assert len(set(labels)) == len(labels)


@given(layered(), st.data())
@settings(max_examples=40)
def test_without_any_one_custodian_nothing_is_decoded(
    made: tuple[list[str], list[CodeLayer]], data: st.DataObject
) -> None:
    _, layers = made
    missing = data.draw(st.sampled_from([layer.name for layer in layers]))
    present = {layer.name: layer.custodian for layer in layers if layer.name != missing}
    with pytest.raises(DecodingNotAllowedError):
        decoded(layers, layers[-1].pairs[0][1], present=present, supervisor="监督")


@given(WORKS, SEEDS, SEEDS)
@settings(max_examples=40)
def test_codes_depend_on_the_seed_and_not_on_who_comes_first(works: set[str], seed: str, other: str) -> None:
    forward = work_code_layer("1", "甲", sorted(works), seed=seed, length=6)
    assert work_code_layer("1", "甲", sorted(works, reverse=True), seed=seed, length=6) == forward
    if seed != other:
        assert work_code_layer("1", "甲", works, seed=other, length=6) != forward


@given(WORKS, SEEDS, st.data())
@settings(max_examples=60)
def test_one_wrong_character_is_always_noticed(works: set[str], seed: str, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(work_code_layer("1", "甲", works, seed=seed, length=5).pairs))[1]
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([one for one in CODE_ALPHABET if one != code[place]]))
    with pytest.raises(CodeError):
        read_work_code(code[:place] + other + code[place + 1 :])
    assert read_work_code(f" {code.lower()} ") == code
