from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from competitions.draws.chance import ChanceStream
from competitions.draws.draw import DrawEntrant, draw, replay

entrants = st.lists(
    st.builds(DrawEntrant, st.text(min_size=1, max_size=6), st.sampled_from(["", "石家庄市", "唐山市", "雄安新区"])),
    min_size=1,
    max_size=30,
    unique_by=lambda entrant: entrant.id,
)


@given(st.text(min_size=1), entrants, st.integers(1, 12), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_draw_is_a_permutation_in_even_batches_and_replays(seed, people, stations, spread):
    drawn = draw(seed, people, stations=stations, spread=spread)
    assert sorted(p.entrant for p in drawn.places) == sorted(e.id for e in people)
    assert [p.order for p in drawn.places] == list(range(1, len(people) + 1))
    sizes = Counter(p.batch for p in drawn.places)
    assert max(sizes.values()) <= stations
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert len({(p.batch, p.station) for p in drawn.places}) == len(people)
    assert replay(drawn.as_record()) == drawn


@given(st.text(min_size=1), entrants, st.integers(1, 12))
@settings(max_examples=80, deadline=None)
def test_spreading_gives_every_batch_its_share_of_every_delegation(seed, people, stations):
    drawn = draw(seed, people, stations=stations, spread=True)
    delegation = {entrant.id: entrant.delegation for entrant in people}
    batches = {place.batch for place in drawn.places}
    for name, count in Counter(delegation.values()).items():
        shares = [sum(delegation[p.entrant] == name for p in drawn.places if p.batch == b) for b in batches]
        if name:
            assert max(shares) <= -(-count // len(batches))
            assert min(shares) >= count // len(batches)


@given(st.text(), st.integers(1, 1 << 64))
def test_a_number_is_below_its_bound(seed, bound):
    assert 0 <= ChanceStream(seed, "test").below(bound) < bound


@given(st.text(), st.lists(st.integers(), max_size=40))
def test_a_shuffle_loses_and_doubles_nothing(seed, items):
    assert sorted(ChanceStream(seed, "test").shuffled(items)) == sorted(items)


def test_every_order_of_four_comes_about_equally_often():
    orders = Counter(tuple(ChanceStream(str(n), "test").shuffled("abcd")) for n in range(4800))
    assert len(orders) == 24
    # Chi-squared with 23 degrees of freedom passes 49.7 once in a thousand; the seeds are fixed, so is the outcome.
    assert sum((count - 200) ** 2 / 200 for count in orders.values()) < 49.7


def test_two_purposes_of_one_seed_have_nothing_in_common():
    first, second = ChanceStream("s", "a"), ChanceStream("s", "b")
    assert [first.below(10**9) for _ in range(4)] != [second.below(10**9) for _ in range(4)]


def test_a_spread_draw_favours_no_delegation_by_its_size():
    people = [DrawEntrant(f"big-{n}", "big") for n in range(4)] + [DrawEntrant(f"s{n}", f"small{n}") for n in range(8)]
    firsts = Counter(draw(str(n), people, stations=6, spread=True).places[0].entrant[:3] == "big" for n in range(600))
    # A third of the entrants is from the big one; 600 draws stray from 200 by 11.5 on average.
    assert 150 < firsts[True] < 250
