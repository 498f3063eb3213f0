from collections import Counter
from dataclasses import replace
from itertools import combinations, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from competitions.judge_draws.lots import Candidate, Lots, PanelLots, draw_seats, replay, shortage_of

PANEL_IDS = ("A/1", "A/2", "B/1", "C/1")
panels = st.lists(
    st.builds(PanelLots, st.sampled_from(PANEL_IDS), st.integers(1, 3), st.sampled_from("xy"), st.integers(1, 3)),
    min_size=1,
    max_size=3,
    unique_by=lambda panel: panel.id,
).map(tuple)
candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 9).map(str),
        st.integers(0, 2),
        st.sampled_from(["", "", "u", "v"]),
        st.frozensets(st.sampled_from(PANEL_IDS), max_size=2),
    ),
    max_size=7,
    unique_by=lambda candidate: candidate.id,
).map(tuple)
problems = st.builds(Lots, panels, candidates, st.booleans(), st.booleans())


def ways_of(lots):
    """Every way of filling all seats as evenly as can be, by trying all: panel and judge of each seat."""
    found, loads = [], {one.id: one.load for one in lots.candidates}
    sitting = {panel.id: panel.sitting for panel in lots.panels}

    def fill(place, taken):
        if place == len(lots.panels):
            found.append(frozenset(taken))
            return
        panel = lots.panels[place]
        for people in combinations([one for one in lots.candidates if panel.id not in one.kept_off], panel.seats):
            units = [one.unit for one in people if one.unit]
            is_apart = not lots.apart or len(set(units)) == len(units)
            at_once = {judge for other, judge in taken if sitting[other] == panel.sitting}
            if is_apart and not at_once.intersection(one.id for one in people):
                fill(place + 1, [*taken, *((panel.id, one.id) for one in people)])

    def unevenness(way):
        seats = Counter(judge for _, judge in way)
        return sum((loads[judge] + more) for judge, count in seats.items() for more in range(1, count + 1))

    fill(0, [])
    if lots.one_only:
        found = [way for way in found if len({j for _, j in way}) == len(way) and not any(loads[j] for _, j in way)]
    least = min(map(unevenness, found), default=0)
    return {way for way in found if unevenness(way) == least}


def way_of(drawn):
    return frozenset((seat.panel, seat.judge) for seat in drawn.seats)


@given(st.text(min_size=1), problems)
@settings(max_examples=300, deadline=None)
def test_every_seat_is_filled_by_the_rules_or_it_is_said_that_it_cannot_be(seed, lots):
    ways, shortage = ways_of(lots), shortage_of(lots)
    assert (shortage is None) == bool(ways)
    if not ways:
        return
    drawn = draw_seats(seed, lots)
    assert way_of(drawn) in ways
    numbers = {panel.id: list(range(panel.first, panel.first + panel.seats)) for panel in lots.panels}
    for panel in lots.panels:
        assert [seat.number for seat in drawn.seats if seat.panel == panel.id] == numbers[panel.id]


@given(st.text(min_size=1), problems)
@settings(max_examples=100, deadline=None)
def test_the_result_depends_on_seed_and_inputs_alone_and_replays(seed, lots):
    if shortage_of(lots) is not None:
        return
    backwards = replace(lots, panels=lots.panels[::-1], candidates=lots.candidates[::-1])
    drawn = draw_seats(seed, lots)
    assert draw_seats(seed, backwards) == drawn
    assert replay(drawn.as_record()) == drawn


@given(problems)
@settings(max_examples=200, deadline=None)
def test_panels_that_lack_judges_are_named_and_others_could_be_filled(lots):
    shortage = shortage_of(lots)
    if shortage is None:
        return
    short = tuple(panel for panel in lots.panels if panel.id in shortage.panels)
    assert short
    assert shortage.wanted == sum(panel.seats for panel in short)
    assert 0 < shortage.lacking <= shortage.wanted
    # So many more who may do anything, and it can be drawn; one fewer, where nobody takes two seats, and it cannot.
    more = [Candidate(f"new-{n}") for n in range(shortage.lacking)]
    assert shortage_of(replace(lots, candidates=(*lots.candidates, *more))) is None
    if lots.one_only or len({panel.sitting for panel in lots.panels}) == 1:
        assert shortage_of(replace(lots, candidates=(*lots.candidates, *more[1:]))) is not None


@given(problems)
@settings(max_examples=25, deadline=None)
def test_every_way_that_the_rules_leave_can_come_about(lots):
    ways = ways_of(lots)
    if 0 < len(ways) <= 6:
        assert {way_of(draw_seats(str(number), lots)) for number in range(150)} == ways


def chi_squared(counts, kinds, tries):
    expected = tries / kinds
    return sum((count - expected) ** 2 / expected for count in counts.values()) + (kinds - len(counts)) * expected


def test_without_ties_every_order_of_judges_is_equally_likely():
    lots = Lots((PanelLots("A/1", 2, "a"), PanelLots("B/1", 1, "a")), tuple(Candidate(name) for name in "1234"))
    orders = Counter(tuple(s.judge for s in draw_seats(str(n), lots).seats) for n in range(4800))
    assert set(orders) == set(permutations("1234", 3))
    # Chi-squared with 23 degrees of freedom passes 49.7 once in a thousand; the seeds are fixed, so is the outcome.
    assert chi_squared(orders, 24, 4800) < 49.7


def test_judges_of_whom_all_that_counts_is_the_same_have_the_same_chance():
    # 1 and 2 come from one unit, 3 and 4 may not judge B, 5, 6 and 7 may do anything.
    people = [Candidate("1", unit="u"), Candidate("2", unit="u")]
    people += [Candidate(name, kept_off=frozenset({"B/1"})) for name in "34"] + [Candidate(name) for name in "567"]
    lots = Lots((PanelLots("A/1", 2, "a"), PanelLots("B/1", 2, "b")), tuple(people), apart=True)
    tries = 3000
    drawn = Counter((s.panel, s.judge) for n in range(tries) for s in draw_seats(f"c{n}", lots).seats)
    for alike in ("12", "34", "567"):
        for panel in ("A/1", "B/1"):
            counts = {judge: drawn[panel, judge] for judge in alike}
            whole = sum(counts.values())
            # Two degrees of freedom at most: 13.8 is passed once in a thousand.
            assert not whole or chi_squared(counts, len(alike), whole) < 13.8


def test_who_was_once_put_back_is_not_favoured_for_the_first_seat():
    lots = Lots(
        (PanelLots("A/1", 3, "a"),), tuple(Candidate(str(n), unit="u" if n < 3 else "") for n in range(6)), True
    )
    firsts = Counter(draw_seats(str(n), lots).seats[0].judge for n in range(1800))
    alike = {str(n): firsts[str(n)] for n in range(3)}
    assert chi_squared(alike, 3, sum(alike.values())) < 13.8


def test_a_large_competition_is_drawn_within_the_rules():
    plan = tuple(PanelLots(f"{n:02}", 5, str(n // 2)) for n in range(12))
    people = tuple(Candidate(f"{n:03}", n % 2, f"u{n % 40}", frozenset({f"{n % 12:02}"})) for n in range(100))
    drawn = draw_seats("large", Lots(plan, people, apart=True))
    assert len(drawn.seats) == 60
    assert max(Counter(seat.judge for seat in drawn.seats).values()) == 1
    # Fifty have no seat yet: all of them are drawn before anybody who has one gets another, as far as rules allow.
    assert sum(int(seat.judge) % 2 == 0 for seat in drawn.seats) == 50
    assert all(seat.panel != f"{int(seat.judge) % 12:02}" for seat in drawn.seats)
