"""Ids that stand in documents and texts, where no foreign key says so: what they refer to, and how they are renamed."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

Ids = Mapping[str, Mapping[int, int]]
"""Table → id there → id here."""
Visit = Callable[[str, Any], Any]
"""Given a table and an id, the id that is to stand there."""

ACTORS = {
    "account": "account",
    "judge": "judge",
    "contestant": "contestant",
    "delegation": "enrolment_link",
    "program": "program",
}
"""Of a key such as ``judge:7``: whose table the number is of."""
_ACTOR = re.compile(r"(account|judge|contestant|delegation|program):([1-9][0-9]{0,17})")
_TARGET = re.compile(r"([a-z][a-z0-9_]*):([1-9][0-9]{0,17})")
_OTHER_NAMES = {"module_clock": "module", "occupation": "occupation_clearing"}
"""What audit lines call something else than its table is called."""
EARLIER = "earlier."
"""Stands before what refers to a row that has stayed behind, so that it is not taken for a row of this server."""

IDS_IN: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("clock_press", "entrants"): {"*": "entrant"},
    ("draw_record", "record"): {"renamed.*": "entrant"},
    ("enrolment_hand_in", "entries"): {"*.0": "enrolment_entry"},
    ("judge_draw", "record"): {"renamed.*": "judge"},
    ("layout", "materials"): {"seals.*.authorisation": "seal_authorisation"},
    ("recommendation", "answer"): {"contestant": "contestant"},
    ("substitution", "moved"): {"*": "score_sheet"},
    ("team_publication", "document"): {
        "results.*.event": "event",
        "results.*.snapshot": "result_snapshot",
        "places.*.counted.*.snapshot": "result_snapshot",
        "places.*.counted.*.entrant": "entrant",
    },
    ("work_layer", "codes"): {"renamed.*": "entrant"},
}
"""By table and column: where ids stand in a document (* is every element) and of which table they are."""
WITHOUT_IDS = frozenset(
    {
        ("award", "held_between"),
        ("certificate", "values"),
        ("enrolment_entry", "warnings"),
        ("event", "prize_rules"),
        ("held_fact", "remarks"),
        ("incoming_workbook", "counts"),
        ("layout", "document"),
        ("layout_version", "document"),
        ("level_certificate", "remarks"),
        ("number_series", "fields"),
        ("occupation_clearing", "levels"),
        ("paper_entry", "differing"),
        ("paper_entry", "marks"),
        ("paper_outcome", "decisions"),
        ("programme", "filed_with"),
        ("refused_save", "marks"),
        ("refused_save", "notes"),
        ("refused_save", "rounds"),
        ("refused_save", "times"),
        ("result_line", "columns"),
        ("result_line", "unfolding"),
        ("result_snapshot", "document"),
        ("revote", "aspects"),
        ("revote", "votes"),
        ("roster_import", "summary"),
        ("scheme_draft", "document"),
        ("scheme_draft", "warnings"),
        ("scheme_version", "document"),
        ("scheme_version", "warnings"),
        ("score_sheet", "reopened_for"),
        ("sheet_revision", "doubts"),
        ("sheet_revision", "marks"),
        ("sheet_revision", "notes"),
        ("sheet_revision", "rounds"),
        ("sheet_revision", "times"),
        ("statistics_terms", "document"),
        ("substitution", "seats"),
        ("timetable_change", "after"),
        ("timetable_change", "before"),
        ("work_layer", "record"),
    }
)
"""Documents of which somebody has made sure that no id of a row stands in them."""
CONFLICT_WORDS = ("seat", "conflict_known")
"""Words such as ``same_delegation:3:17``, see `renamed_word`."""


def visited(document: Any, path: str, visit: Callable[[Any], Any]) -> Any:
    """A copy of `document` in which what stands at `path` went through `visit`; what is not there is left."""
    if not path:
        return visit(document)
    step, _, rest = path.partition(".")
    if isinstance(document, dict):
        names = list(document) if step == "*" else [step]
        return document | {name: visited(document[name], rest, visit) for name in names if name in document}
    if isinstance(document, list):
        places = range(len(document)) if step == "*" else [int(step)] if step.isdigit() else []
        copy = list(document)
        for place in places:
            if place < len(copy):
                copy[place] = visited(copy[place], rest, visit)
        return copy
    return document


def renamed_document(table: str, column: str, document: Any, visit: Visit) -> Any:
    """A document with the ids that `visit` gives; numbers stay numbers and texts of digits stay texts."""
    if (table, column) == CONFLICT_WORDS:
        return None if document is None else [renamed_word(str(word), visit) for word in document]
    for path, target in IDS_IN.get((table, column), {}).items():
        document = visited(document, path, partial(_same_kind, visit, target))
    return document


def _same_kind(visit: Visit, target: str, value: Any) -> Any:
    if isinstance(value, str):
        return str(visit(target, int(value))) if value.isascii() and value.isdigit() else value
    return visit(target, value) if type(value) is int else value


def renamed_word(word: str, visit: Visit) -> str:
    """A word of `competitions.judges.conflicts`: a tie with a contestant, an entrant, a delegation or a judge."""
    tie, *rest = word.split(":")
    if len(rest) == 2 and rest[0] == "entrant":
        return f"{tie}:entrant:{_digits(rest[1], visit, 'entrant')}"
    if len(rest) == 2:
        return f"{tie}:{_digits(rest[0], visit, 'delegation')}:{_digits(rest[1], visit, 'entrant')}"
    if len(rest) == 1 and tie != "host_unit":
        return f"{tie}:{_digits(rest[0], visit, 'judge' if tie == 'panel_same_unit' else 'contestant')}"
    return word


def _digits(text: str, visit: Visit, target: str) -> str:
    return str(visit(target, int(text))) if text.isascii() and text.isdigit() else text


def actor_of(text: str) -> tuple[str, int] | None:
    """Table and id of a key such as ``judge:7``; None where the text is none."""
    found = _ACTOR.fullmatch(text)
    return None if found is None else (ACTORS[found[1]], int(found[2]))


def renamed_actor(text: str, ids: Ids) -> str:
    """A text; where it is somebody's key, with the id that the person has here."""
    found = actor_of(text)
    if found is None:
        return text
    table, old = found
    new = ids.get(table, {}).get(old)
    return f"{EARLIER}{text}" if new is None else f"{text.partition(':')[0]}:{new}"


def target_of(text: str) -> tuple[str, int] | None:
    """Table and id of what an audit line is about; None where it is no row."""
    found = _TARGET.fullmatch(text)
    return None if found is None else (_OTHER_NAMES.get(found[1], found[1]), int(found[2]))


def renamed_target(text: str, ids: Ids) -> str:
    """What an audit line is about, with the id that it has here."""
    found = target_of(text)
    if found is None:
        return text
    table, old = found
    new = ids.get(table, {}).get(old)
    return f"{EARLIER}{text}" if new is None else f"{text.partition(':')[0]}:{new}"


def renamed_detail(detail: Any, ids: Ids) -> Any:
    """Details of an audit line; texts in them that are somebody's key follow, all else stays as it was written."""
    if isinstance(detail, dict):
        return {name: renamed_detail(value, ids) for name, value in detail.items()}
    if isinstance(detail, list):
        return [renamed_detail(value, ids) for value in detail]
    return renamed_actor(detail, ids) if isinstance(detail, str) else detail
