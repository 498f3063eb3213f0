"""Every link of the tie chain gives, over columns, the places that it gives contestant by contestant."""

from random import Random

import pytest

from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import field_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.ranking import rank
from scoring.formats.yaml_scheme import load_scheme

LINKS = (
    "{places: [A, B, O]}",
    "{places: G}",
    "{sorted: [A, B, Z]}",
    "{sorted: G}",
    "{judges: O}",
    "{judges: P}",
    "{majority: O}",
    "{majority: P}",
    "{majority: N}",
    "{node: [A, B]}",
    "{node: B, better: low}",
    "{time: low}",
    "{time: low, of: [A, B]}",
    "{place: P}",
    "{node: O, panel: {combine: sum}}",
    "{node: [O, P], panel: {drop_high: 1, combine: median}}",
    "Z",
)


def scheme_of(random):
    links = ", ".join(random.sample(LINKS, random.randint(1, 4)))
    method = random.choice(["standard", "dense", "average", "no_ties"])
    stages = random.random() < 0.3
    first = f"{{by: total, ties: [{links}]}}, {{by: B, ties: [{random.choice(LINKS)}]}}"
    ranking = f"stages: [{first}]" if stages else f"ties: [{links}]"
    better = random.choice(["high", "low"])
    return load_scheme(
        f"""
title: 同分
children:
  - code: G
    children:
      - {{code: A, max: 3, missing: nothing, better: {better}}}
      - {{code: B, max: 3, missing: nothing}}
  - {{code: Z, max: 2, counts: false, missing: nothing, steps: [{{divide: factor}}]}}
  - {{code: O, max: 9, counts: false, missing: nothing, panel: {{}}, better: low}}
  - {{code: P, max: 4, counts: false, missing: nothing, per_judge: [place: {{ties: average}}], panel: {{}}}}
  - {{code: N, max: 4, min: -9, counts: false, missing: nothing, per_judge: [{{divide: factor}}], panel: {{}}}}
ranking: {{method: {method}, {ranking}, statuses: {{disqualified: last}}}}
"""
    )


def marks_of(scheme, random):
    rows = []
    for who in range(random.randint(1, 25)):
        code = f"C{who}"
        items = {"factor": random.choice(["1", "2", "3", "-0.7"])}
        time = {"time": random.choice(["60", "61"])} if random.random() < 0.8 else {}
        rows.append(MarkRow(code, items=items, status=random.choice(["", "", "", "", "", "disqualified", "absent"])))
        rows += [
            MarkRow(code, part, value=str(random.randint(1, 2)), items=time) for part in "AB" if random.random() < 0.9
        ]
        rows += [MarkRow(code, "Z", value=str(random.randint(0, 2)))] * (random.random() < 0.8)
        for part in "OPN":
            judges = [f"J{judge}" for judge in range(random.choice([3, 4, 4, 5]))]
            rows += [MarkRow(code, part, judge, str(random.randint(1, 4))) for judge in judges if random.random() < 0.9]
    return collect_marks(scheme, rows)


@pytest.mark.parametrize("block", range(5))
def test_places_by_random_chains_are_the_same_both_ways(block):
    for seed in range(block * 50, block * 50 + 50):
        random = Random(seed)
        scheme = scheme_of(random)
        marks = marks_of(scheme, random)

        places = rank(evaluate_plainly(scheme, marks))
        columns = rank_field(scheme, field_marks(marks))

        halves = 2 if columns.is_halved else 1
        for row, who in enumerate(marks.books):
            place = places.by_contestant[who]
            assert columns.rank[row] == (place.rank or 0) * halves, (seed, who)
            assert bool(columns.is_tied[row]) == bool(place.tied_with), (seed, who)


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_the_link_that_separates_is_the_one_that_the_ranking_names(seed):
    random = Random(seed)
    scheme = scheme_of(random)
    marks = marks_of(scheme, random)

    places = rank(evaluate_plainly(scheme, marks))
    columns = rank_field(scheme, field_marks(marks), with_links=True)

    names = list(marks.books)
    for tier in columns.tiers:
        chain = scheme.ranking.orders[tier.order].ties
        for head, link in list(zip(tier.rows[tier.starts], tier.links, strict=True))[1:]:
            words = places.by_contestant[names[head]].decided_by
            assert words.startswith("同分") == bool(link), (seed, names[head])
            assert link == 0 or f"比较{chain[link - 1].label}" in words, (seed, names[head])
