import json
from itertools import pairwise

import pytest

from competitions.draws.draw import (
    DrawEntrant,
    DrawError,
    DrawRecordError,
    commitment,
    draw,
    fingerprint,
    joint_seed,
    replay,
)

PINNED = [("e001", 1, 1), ("e003", 1, 2), ("e005", 1, 3), ("e002", 2, 1), ("e004", 2, 2), ("e000", 2, 3)]


def make_entrants(count=12, delegations=4):
    return [DrawEntrant(f"e{number:03}", f"d{number % delegations}") for number in range(count)]


def test_the_result_of_a_known_seed_never_changes():
    # A record of today must replay in ten years: if this fails, the algorithm needs a new name beside the old one.
    drawn = draw("2026-10-18", make_entrants(6), stations=3)
    assert [(place.entrant, place.batch, place.station) for place in drawn.places] == PINNED
    assert drawn.as_record()["fingerprint"] == fingerprint(drawn.as_record())


def test_the_order_of_typing_decides_nothing():
    entrants = make_entrants()
    assert draw("s", entrants, stations=5) == draw("s", entrants[::-1], stations=5)


def test_another_seed_gives_another_order():
    assert draw("a", make_entrants(), stations=5).places != draw("b", make_entrants(), stations=5).places


def test_a_record_replays_after_a_way_through_json():
    drawn = draw("seed", make_entrants(), stations=5, spread=True)
    assert replay(json.loads(json.dumps(drawn.as_record()))) == drawn


def _swapped(record):
    record["places"][0][0], record["places"][1][0] = record["places"][1][0], record["places"][0][0]


@pytest.mark.parametrize(
    "tamper",
    [
        _swapped,
        lambda record: record.update(seed="other"),
        lambda record: record["entrants"].pop(),
        lambda record: record["entrants"].append(["e999", ""]),
        lambda record: record.update(stations=4),
        lambda record: record.update(fingerprint="0" * 64),
    ],
)
def test_a_changed_record_is_found_out(tamper):
    record = json.loads(json.dumps(draw("seed", make_entrants(), stations=5).as_record()))
    tamper(record)
    with pytest.raises(DrawRecordError):
        replay(record)


def test_a_swap_is_found_even_when_the_fingerprint_is_made_anew():
    record = json.loads(json.dumps(draw("seed", make_entrants(), stations=5).as_record()))
    _swapped(record)
    record["fingerprint"] = fingerprint(record)
    with pytest.raises(DrawRecordError):
        replay(record)


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.pop("seed"),
        lambda record: record.update(algorithm="dice"),
        lambda record: record.update(entrants=[["only"]]),
        lambda record: record.update(places=None),
        lambda record: record.update(stations="many"),
    ],
)
def test_a_record_that_is_none_is_refused_with_a_sentence(damage):
    record = draw("seed", make_entrants(), stations=5).as_record()
    damage(record)
    with pytest.raises(DrawError) as refused:
        replay(record)
    assert "抽签" in str(refused.value)


@pytest.mark.parametrize(
    ("seed", "entrants", "stations"),
    [
        ("", make_entrants(), 5),
        ("s", [], 5),
        ("s", make_entrants(), 0),
        ("s", [*make_entrants(), DrawEntrant("e001")], 5),
    ],
)
def test_an_impossible_draw_is_refused(seed, entrants, stations):
    with pytest.raises(DrawError):
        draw(seed, entrants, stations=stations)


def test_fourteen_delegations_of_three_are_kept_apart():
    entrants = [DrawEntrant(f"{d:02}-{n}", f"d{d:02}") for d in range(14) for n in range(3)]
    drawn = draw("spread", entrants, stations=14, spread=True)
    delegation = {entrant.id: entrant.delegation for entrant in entrants}
    for batch in (1, 2, 3):
        members = [delegation[place.entrant] for place in drawn.places if place.batch == batch]
        assert len(set(members)) == len(members) == 14


def test_neighbours_of_one_delegation_are_avoided_in_a_single_batch():
    entrants = [DrawEntrant(f"{d}-{n}", f"d{d}") for d in range(8) for n in range(2)]
    drawn = draw("one batch", entrants, stations=16, spread=True)
    row = [place.entrant[0] for place in drawn.places]
    assert all(a != b for a, b in pairwise(row))


def test_entrants_without_a_delegation_are_not_kept_apart_from_each_other():
    drawn = draw("s", [DrawEntrant(str(n)) for n in range(9)], stations=3, spread=True)
    assert sorted(place.entrant for place in drawn.places) == [str(n) for n in range(9)]


def test_the_seed_depends_on_everybody_and_on_the_secret_that_was_committed():
    assert joint_seed("secret", ["17", "4"]) != joint_seed("secret", ["4", "17"])
    assert joint_seed("secret", ["17"]) != joint_seed("other", ["17"])
    assert joint_seed("secret", ["1", "74"]) != joint_seed("secret", ["17", "4"])
    assert commitment("secret") not in (joint_seed("secret", ["1"]), commitment("Secret"))


def test_the_organiser_alone_makes_no_seed():
    with pytest.raises(DrawError, match="见证人"):
        joint_seed("secret", ["", " "])
