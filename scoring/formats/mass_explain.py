"""One contestant of a mass file unfolded: the place from columns, the course from the contestant's own lines only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.engine.marks import Marks, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import compares_field
from scoring.engine.ranking import Place, Ranking, rank, warned_of
from scoring.engine.scheme import Scheme
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.mass_csv import MassMarks
from scoring.formats.mass_results import MassResults, mass_results


def ranking_of_one(scheme: Scheme, mass: MassMarks, data: bytes, contestant: str) -> Ranking | None:
    """The ranking of a mass file as far as one contestant's unfolding needs it.

    Args:
        scheme: how.
        mass: what the file came to.
        data: the file.
        contestant: whose.

    Returns:
        None if only the whole field tells how the contestant's values came about.
    """
    results = None if compares_field(scheme) else mass_results(scheme, mass)
    if results is None:
        return None
    own = rank(evaluate_plainly(scheme, marks_of_one(data, scheme, contestant)))
    place = _place(results, own.by_contestant[contestant])
    medal = results.medals.get(mass.contestants.index(contestant), "")
    return Ranking(
        result=own.result,
        places=(place,),
        ties=(),
        cuts=(),
        warnings=results.warnings,
        by_contestant={contestant: place},
        medals={contestant: medal} if medal else {},
        warned=warned_of([(sentence, (contestant,)) for sentence, about in results.warned if contestant in about]),
    )


def _place(results: MassResults, alone: Place) -> Place:
    """The place in the field of somebody whose status and reason are known."""
    listed, row = results.listed, results.names.index(alone.contestant)
    position = int(np.flatnonzero(listed.rows == row)[0])
    group = range(int(listed.heads[position]), int(listed.ends[position]))
    number = listed.rank_of(row)
    return Place(
        contestant=alone.contestant,
        rank=number,
        award_rank=None if listed.scheme.demonstration else number,
        decided_by=listed.decided_by(position),
        tied_with=tuple(results.names[listed.rows[at]] for at in group if at != position),
        status=alone.status,
        reason=alone.reason,
        order=alone.order,
    )


def marks_of_one(data: bytes, scheme: Scheme, contestant: str) -> Marks:
    """The marks of one contestant of a plain file, in the order of its lines."""
    first = data.find(b"\n") + 1
    headings = data[:first].removeprefix(b"\xef\xbb\xbf").decode().removesuffix("\n").split(",")
    column = headings.index("contestant")
    lines = _lines_with(data, first, contestant.encode(), column)
    return collect_marks(scheme, read_mark_rows(data[:first] + b"\n".join(lines), "", scheme))


def _lines_with(data: bytes, first: int, name: bytes, column: int) -> Iterator[bytes]:
    """The lines with a name in a column."""
    place = first
    while (place := data.find(name, place)) >= 0:
        start = data.rfind(b"\n", 0, place) + 1
        stop = data.find(b"\n", place)
        stop = len(data) if stop < 0 else stop
        line = data[start:stop]
        if line.split(b",")[column] == name:
            yield line
        place = stop
