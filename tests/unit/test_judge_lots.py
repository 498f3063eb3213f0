import json
from datetime import UTC, datetime

import pytest

from competitions.draws.draw import DrawError, DrawRecordError, commitment, fingerprint, joint_seed
from competitions.judge_draws.checking import problem_of
from competitions.judge_draws.lots import Candidate, JudgeShortageError, Lots, PanelLots, Shortage, draw_seats, replay
from competitions.judge_draws.lots import shortage_of as shortage
from competitions.judge_draws.sittings import Hours, is_at_once, sittings_of

TWO = (PanelLots("A/1", 2, "1"), PanelLots("B/1", 2, "2", first=2))
PINNED = [("A/1", 1, "j1"), ("A/1", 2, "j0"), ("B/1", 2, "j2"), ("B/1", 3, "j5")]


def people(count, **over):
    return tuple(Candidate(f"j{number}", **over) for number in range(count))


def drawn(lots, seed="2026-10-18"):
    return [(seat.panel, seat.number, seat.judge) for seat in draw_seats(seed, lots).seats]


def test_the_result_of_a_known_seed_never_changes():
    # A record of today must replay in ten years: if this fails, the algorithm needs a new name beside the old one.
    assert drawn(Lots(TWO, people(6))) == PINNED


def test_another_seed_gives_another_result():
    assert drawn(Lots(TWO, people(20)), "a") != drawn(Lots(TWO, people(20)), "b")


def test_who_has_fewer_seats_is_drawn_before_who_has_more():
    busy = Candidate("busy", load=1)
    for seed in "abcdefgh":
        assert "busy" not in {judge for _, _, judge in drawn(Lots(TWO, (*people(4), busy)), seed)}
    at_once = tuple(PanelLots(panel.id, 2, "x") for panel in TWO)
    assert "busy" in {judge for _, _, judge in drawn(Lots(at_once, (*people(3), busy)))}


def test_a_judge_of_one_sitting_sits_once():
    at_once = (PanelLots("A/1", 2, "x"), PanelLots("B/1", 2, "x"))
    assert shortage(Lots(at_once, people(3))) == Shortage(("A/1", "B/1"), 4, 1)
    assert len({judge for _, _, judge in drawn(Lots(at_once, people(4)))}) == 4


def test_two_of_one_unit_sit_on_different_panels_where_that_is_wanted():
    pairs = tuple(Candidate(f"{unit}{n}", unit=unit) for unit in "uv" for n in (1, 2))
    for seed in "abcdefgh":
        seats = drawn(Lots(TWO, pairs, apart=True), seed)
        assert all(
            sorted(judge[0] for panel, _, judge in seats if panel == name) == ["u", "v"] for name in ("A/1", "B/1")
        )
    assert shortage(Lots(TWO, pairs[:2], apart=True)) == Shortage(("A/1", "B/1"), 4, 2)


def test_one_seat_a_judge_leaves_out_who_has_one():
    assert shortage(Lots(TWO, (*people(3), Candidate("busy", load=1)), one_only=True)) == Shortage(("A/1", "B/1"), 4, 1)
    assert len({judge for _, _, judge in drawn(Lots(TWO, people(4), one_only=True))}) == 4


def test_only_the_panel_that_lacks_judges_is_named():
    barred = tuple(Candidate(f"b{n}", kept_off=frozenset({"B/1"})) for n in range(5))
    assert shortage(Lots(TWO, (*barred, Candidate("free")))) == Shortage(("B/1",), 2, 1)
    with pytest.raises(JudgeShortageError) as refused:
        draw_seats("s", Lots(TWO, (*barred, Candidate("free"))))
    assert str(refused.value) == "B/1要抽 2 席，有 1 席没有人可坐"


def test_every_one_of_the_few_ways_comes_about():
    # Whoever takes A is alone with it: the lot that fills B first must not take the one judge who may judge A.
    lots = Lots((PanelLots("A", 1, "x"), PanelLots("B", 2, "x")), (*people(3, kept_off=frozenset("A")), Candidate("a")))
    ways = {frozenset((s.panel, s.judge) for s in draw_seats(str(n), lots).seats) for n in range(60)}
    assert ways == {
        frozenset({("A", "a"), ("B", first), ("B", second)})
        for first, second in (("j0", "j1"), ("j0", "j2"), ("j1", "j2"))
    }


@pytest.mark.parametrize(
    ("seed", "lots"),
    [
        ("", Lots(TWO, people(6))),
        ("s", Lots((), people(6))),
        ("s", Lots((PanelLots("A/1", 0, "x"),), people(6))),
        ("s", Lots((TWO[0], TWO[0]), people(6))),
        ("s", Lots(TWO, (*people(6), Candidate("j0")))),
    ],
)
def test_an_impossible_draw_is_refused(seed, lots):
    with pytest.raises(DrawError):
        draw_seats(seed, lots)


def record_of(lots=None, called_out=("7", "42")):
    """A whole record, as the use case keeps it."""
    seed = joint_seed("secret", called_out)
    kept = draw_seats(seed, lots or Lots(TWO, people(6))).as_record()
    kept |= {"secret": "secret", "commitment": commitment("secret"), "called_out": list(called_out)}
    kept["groups"] = [["A/1", [["A", "第1组", 2]]], ["B/1", [["B", "第1组", 3]]]]
    by_panel = {panel: [judge for at, _, judge in kept["seats"] if at == panel] for panel in ("A/1", "B/1")}
    kept["seated"] = [["A", "第1组", by_panel["A/1"]], ["B", "第1组", ["kept", *by_panel["B/1"]]]]
    return json.loads(json.dumps(kept))


def test_a_true_record_replays_after_a_way_through_json():
    assert problem_of(record_of()) == ""
    assert problem_of(record_of(Lots(TWO, people(6, unit="u"), one_only=True))) == ""


def _with_new_fingerprint(kept):
    kept["seats"][0][2], kept["seats"][1][2] = kept["seats"][1][2], kept["seats"][0][2]
    pure = ("algorithm", "seed", "panels", "candidates", "apart", "one_only", "seats")
    kept["fingerprint"] = fingerprint({name: kept[name] for name in pure})


@pytest.mark.parametrize(
    ("tamper", "word"),
    [
        (lambda kept: kept["seats"].reverse(), "改动过"),
        (lambda kept: kept["candidates"].pop(), "改动过"),
        (lambda kept: kept["candidates"][0].__setitem__(1, 4), "改动过"),
        (lambda kept: kept.update(apart=True), "改动过"),
        (_with_new_fingerprint, "改动过"),
        (lambda kept: kept.update(called_out=["8", "42"]), "报数不一致"),
        (lambda kept: kept.update(commitment=commitment("other")), "承诺值"),
        (lambda kept: kept["seated"][0][2].reverse(), "席位与抽签的结果不一致"),
        (lambda kept: kept["seated"][1][2].pop(), "席位与抽签的结果不一致"),
        (lambda kept: kept["seated"].append(["C", "第1组", ["j0"]]), "席位与抽签的结果不一致"),
        (lambda kept: kept["seated"].pop(), "不完整"),
        (lambda kept: kept.pop("secret"), "不完整"),
        (lambda kept: kept.update(panels=None), "不完整"),
        (lambda kept: kept.update(algorithm="dice"), "不认识"),
    ],
)
def test_a_changed_record_is_found_out(tamper, word):
    kept = record_of()
    tamper(kept)
    assert word in problem_of(kept)


def test_a_swap_is_found_by_the_replay_itself():
    kept = record_of()
    _with_new_fingerprint(kept)
    with pytest.raises(DrawRecordError):
        replay(kept)


class Part:
    """A module of an event, as far as times are concerned."""

    def __init__(self, number, event=1):
        self.id, self.event_id = number, event


def span(begins, ends):
    return datetime(2026, 10, 18, begins, tzinfo=UTC), datetime(2026, 10, 18, ends, tzinfo=UTC)


def hours(*sessions):
    found = Hours()
    for event, module, begins, ends in sessions:
        found.add(event, module, span(begins, ends))
    return found


@pytest.mark.parametrize(
    ("sessions", "clash"),
    [
        ([(1, 1, 9, 11), (1, 2, 10, 12)], True),
        ([(1, 1, 9, 11), (1, 2, 11, 12)], False),
        ([(1, 1, 9, 11)], False),
        ([(1, None, 9, 17), (1, 2, 10, 12)], False),
        ([(1, 1, 9, 10), (1, 1, 14, 16), (1, 2, 10, 11), (1, 2, 15, 17)], True),
    ],
)
def test_modules_of_one_event_are_judged_at_once_where_their_own_sessions_overlap(sessions, clash):
    assert is_at_once(Part(1), Part(2), hours(*sessions)) is clash


def test_what_concerns_a_whole_event_keeps_its_judges_from_others():
    planned = hours((1, None, 9, 17), (2, 5, 16, 18), (3, 6, 17, 18))
    assert is_at_once(Part(1, 1), Part(5, 2), planned)
    assert not is_at_once(Part(1, 1), Part(6, 3), planned)
    assert not is_at_once(Part(1, 1), Part(1, 1), planned)


def test_modules_that_a_third_holds_together_have_one_sitting():
    planned = hours((1, 1, 9, 10), (1, 2, 9, 17), (1, 3, 16, 17), (1, 4, 18, 19))
    found = sittings_of([Part(1), Part(3), Part(2), Part(4)], planned)
    assert found[1] == found[2] == found[3] != found[4]
