"""Results out: CSV for tables, JSON for programs, XLSX for offices. Every number is a decimal string or cell text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from scoring.engine.delegation_document import standings_document, standings_left_out
from scoring.engine.explain import result_document
from scoring.engine.ranking import Ranking, rank_text, total_text
from scoring.engine.scheme import Scheme
from scoring.formats.text_workbook import text_workbook

SHEET = "成绩"
"""The sheet of a workbook of results."""


def table(ranking: Ranking) -> list[list[str]]:
    """Headings and rows: rank, contestant, total, a column for each stage and module, what decided, status."""
    result = ranking.result
    columns = result.scheme.columns()
    with_medals = result.scheme.ranking.medals is not None
    rows = [headings(result.scheme)]
    for place in ranking.places:
        who = place.contestant
        rows.append(
            [
                rank_text(place.rank),
                who,
                total_text(place, result),
                *(_value(ranking, who, node.id) for node in columns),
                _decided(place.decided_by, place.tied_with),
                place.status,
                *([ranking.medals.get(who, "")] if with_medals else []),
            ]
        )
    return rows


def headings(scheme: Scheme) -> list[str]:
    """The headings of a result list."""
    with_medals = scheme.ranking.medals is not None
    own = [node.id for node in scheme.columns()]
    return ["rank", "contestant", "total", *own, "decided_by", "status", *(["medal"] if with_medals else [])]


def _value(ranking: Ranking, who: str, node: str) -> str:
    """A node's value; what the scheme starts with is not shown for somebody without any mark."""
    result = ranking.result
    root = result.outcome(who)
    nothing_marked = root.bare or root.state == "empty"
    return "" if nothing_marked and result.outcome(who, node).bare else result.text(who, node)


def _decided(words: str, tied_with: tuple[str, ...]) -> str:
    return "；".join(part for part in (words, tie_words(tied_with) if tied_with else "") if part)


def tie_words(others: Sequence[str]) -> str:
    """With whom a place is shared."""
    return f"与 {'、'.join(others)} 并列，规则未能区分"


def to_csv(ranking: Ranking) -> bytes:
    """The result list as CSV in UTF-8, headings first."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(table(ranking))
    return out.getvalue().encode()


def to_json(ranking: Ranking) -> bytes:
    """The whole tree of every contestant; numbers as decimal strings."""
    document = result_document(ranking)
    if ranking.result.scheme.delegations:
        document["delegations"] = standings_document(ranking)
        if left_out := standings_left_out(ranking.result.scheme):
            document["delegations_left_out"] = left_out
    return as_json(document)


def as_json(document: Any) -> bytes:
    """Data as indented JSON in UTF-8."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def to_xlsx(ranking: Ranking) -> bytes:
    """The result list as a workbook; numbers are text, so that no program rounds them.

    Raises:
        TooManyRowsError: more contestants than a sheet has rows.
    """
    return text_workbook(SHEET, table(ranking))
