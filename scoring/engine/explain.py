"""A result unfolded as data: every mark used and dropped, each rule with its parameters, and what decided a tie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from core.messages import said
from scoring.engine.combining import Combined
from scoring.engine.exact import decimal_text, terminates
from scoring.engine.outcomes import Course, Result, courses_of
from scoring.engine.panel import PanelResult
from scoring.engine.ranking import STATUS_LABELS, Place, Ranking, rank_text, total_text
from scoring.engine.scheme import ROOT, Node, Panel, Scheme
from scoring.engine.wording import combine_words, panel_words, step_words


def explain(ranking: Ranking, contestant: str) -> dict[str, Any]:
    """The unfolding of one contestant's result.

    Returns:
        JSON-able data: the place with what decided it, and the tree; each node with its value and, under
        ``rules``, what happened in order. Numbers are decimal strings; a value without a finite expansion has
        its fraction beside it under a key ending in ``_exact``.

    Raises:
        KeyError: no such contestant.
    """
    return _explained(ranking, contestant, courses_of(ranking.result, [contestant])[contestant])


def explain_all(ranking: Ranking) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each contestant in the order of the places with the unfolding of `explain`; the field is reckoned once."""
    courses = courses_of(ranking.result)
    for place in ranking.places:
        yield place.contestant, _explained(ranking, place.contestant, courses[place.contestant])


def _explained(ranking: Ranking, contestant: str, course: Course) -> dict[str, Any]:
    result = ranking.result
    place = ranking.by_contestant[contestant]
    return {
        **_place_document(ranking, place),
        "warnings": list(ranking.warned.get(contestant, ())),
        "tree": _unfolded(result, result.scheme.root, contestant, course),
    }


def result_document(ranking: Ranking) -> dict[str, Any]:
    """The whole result as JSON-able data: places, and the tree of every contestant."""
    result = ranking.result
    return {
        **head_document(result.scheme),
        "is_final": ranking.is_final,
        "results": [
            {**_place_document(ranking, place), "tree": values_document(result, place.contestant)}
            for place in ranking.places
        ],
        "ties": [list(group) for group in ranking.ties],
        "cuts": [
            {"stage": cut.node, "to": cut.to, "going_on": list(cut.going_on), "undecided": list(cut.undecided)}
            for cut in ranking.cuts
        ],
        "warnings": list(ranking.warnings),
    }


def head_document(scheme: Scheme) -> dict[str, Any]:
    """What a result says of its scheme."""
    return {
        "title": scheme.title,
        "occupation": scheme.occupation,
        "demonstration": scheme.demonstration,
        "method": scheme.ranking.method,
    }


def values_document(result: Result, contestant: str) -> dict[str, Any]:
    """The value of every node of a contestant, as a tree."""
    return _values(result, result.scheme.root, contestant)


def node_document(node: Node) -> dict[str, Any]:
    """What a node is, whoever has a value there."""
    return {"code": node.code, "id": node.id, "label": node.label, "level": node.level, "kind": node.kind}


def _place_document(ranking: Ranking, place: Place) -> dict[str, Any]:
    result = ranking.result
    return {
        "contestant": place.contestant,
        "rank": rank_text(place.rank) or None,
        "award_rank": rank_text(place.award_rank) or None,
        "total": total_text(place, result) or None,
        "status": place.status,
        "status_label": STATUS_LABELS[place.status],
        "reason": place.reason,
        "decided_by": place.decided_by,
        "tied_with": list(place.tied_with),
        **({"medal": ranking.medals.get(place.contestant)} if result.scheme.ranking.medals else {}),
    }


def _values(result: Result, node: Node, contestant: str) -> dict[str, Any]:
    outcome = result.outcome(contestant, node.id)
    found: dict[str, Any] = {
        **node_document(node),
        "value": result.text(contestant, node.id) or None,
        "state": "empty" if outcome.bare else outcome.state,
    }
    if outcome.value is not None and not terminates(outcome.value):
        found["value_exact"] = str(outcome.value)
    if outcome.note:
        found["note"] = outcome.note
    if node.children:
        found["children"] = [_values(result, child, contestant) for child in node.children]
    return found


def _unfolded(
    result: Result, node: Node, contestant: str, course: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    found = _values(result, node, contestant)
    found.pop("children", None)
    found["max"] = None if node.max is None else decimal_text(node.max)
    if node.source:
        found["source"] = _source(result.scheme, node.source)
    found["rules"] = [_rule(node, entry, result.scheme) for entry in course.get(node.id, [])]
    if node.children:
        found["children"] = [_unfolded(result, child, contestant, course) for child in node.children]
    return found


def _source(scheme: Scheme, name: str) -> dict[str, str]:
    return {"id": name, **scheme.sources.get(name, {})}


def _number(key: str, value: Fraction | None) -> dict[str, str | None]:
    if value is None:
        return {key: None}
    found: dict[str, str | None] = {key: decimal_text(value)}
    if not terminates(value):
        found[f"{key}_exact"] = str(value)
    return found


_OTHER_RULES = {"value_of": said("引用"), "veto": said("一票否决"), "status": said("状态")}


def _rule(node: Node, entry: Mapping[str, Any], scheme: Scheme) -> dict[str, Any]:
    rule = entry["rule"]
    if rule == "panel":
        return _panel_rule(entry["panel"], entry["result"], entry["is_shared"], scheme)
    if rule == "combine":
        return _combine_rule(node, entry["combined"], entry.get("judge", ""))
    if rule == "step":
        return _step_rule(entry)
    if rule == "marks":
        marks = [{"judge": judge, "value": decimal_text(value)} for judge, value in entry["marks"].items()]
        return {"rule": "marks", "text": said("原始评分"), "marks": marks}
    found: dict[str, Any] = {"rule": rule}
    for key, value in entry.items():
        found.update(_number(key, value) if isinstance(value, Fraction) else {key: value})
    found["text"] = _OTHER_RULES.get(rule, rule)
    return found


def _step_rule(entry: Mapping[str, Any]) -> dict[str, Any]:
    own = next(iter(entry["operands"].values()), None)
    found: dict[str, Any] = {
        "rule": type(entry["step"]).__name__.lower(),
        "text": step_words(entry["step"], own),
        **_number("before", entry["before"]),
        **_number("after", entry["after"]),
    }
    if entry["judge"]:
        found["judge"] = entry["judge"]
    return found


def _panel_rule(panel: Panel, result: PanelResult, is_shared: bool, scheme: Scheme) -> dict[str, Any]:
    words = panel_words(panel, len(result.used) + len(result.dropped))
    found: dict[str, Any] = {
        "rule": "panel",
        "text": said("%(rule)s（仅供参考，不计入合成）", rule=words) if is_shared else words,
        "combine": panel.combine,
        "used": [{"judge": judge, **_number("value", mark)} for judge, mark in result.used],
        "dropped": [{"judge": judge, **_number("value", mark), "why": why} for judge, mark, why in result.dropped],
        **_number("value", result.course[0] if result.course else result.value),
        "steps": [
            {"text": step_words(step), **_number("before", before), **_number("after", after)}
            for step, before, after in zip(panel.steps, result.course, result.course[1:], strict=False)
        ],
        **_number("after", result.value),
    }
    if result.note:
        found["note"] = result.note
    if panel.source:
        found["source"] = _source(scheme, panel.source)
    return found


def _combine_rule(node: Node, combined: Combined, judge: str) -> dict[str, Any]:
    parts = [
        {
            "code": part.code,
            "label": part.label,
            **_number("value", part.value),
            **_number("coefficient", part.coefficient),
            **_number("contribution", part.contribution),
            "note": part.note,
        }
        for part in combined.parts
    ]
    found: dict[str, Any] = {"rule": "combine", "text": combine_words(node.combine), "parts": parts}
    if node.start:
        found.update(_number("start", node.start))
    found.update(_number("after", combined.value))
    if judge:
        found["judge"] = judge
    return found


def explain_text(ranking: Ranking, contestant: str) -> str:
    """The unfolding for people: one line a rule, indented by depth.

    Raises:
        KeyError: no such contestant.
    """
    document = explain(ranking, contestant)
    head = f"选手 {contestant}　名次 {document['rank'] or '—'}　总分 {document['total'] or '—'}"
    lines = [head]
    lines += [f"状态：{document['status_label']} {document['reason']}".rstrip()] if document["reason"] else []
    lines += [f"名次依据：{document['decided_by']}"] if document["decided_by"] else []
    if document["tied_with"]:
        lines.append(f"并列：{'、'.join(document['tied_with'])}（规则未能区分）")
    lines += document["warnings"]
    lines += _lines(document["tree"], 0)
    return "\n".join(lines)


def _lines(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    note = f"（{node['note']}）" if node.get("note") else ""
    name = node["label"] if node["id"] in {ROOT, node["label"]} else f"{node['label']} [{node['id']}]"
    yield f"{indent}{name}：{node['value'] or '未评'}{note}"
    for rule in node["rules"]:
        yield f"{indent}  · {_rule_line(rule)}"
        for step in rule.get("steps", []):
            yield f"{indent}    · {step['text']}：{step['before']} → {step['after']}"
    for child in node.get("children", []):
        yield from _lines(child, depth + 1)


def _rule_line(rule: Mapping[str, Any]) -> str:
    who = f"裁判 {rule['judge']}：" if rule.get("judge") else ""
    if rule["rule"] == "marks":
        return "原始评分 " + "、".join(f"{m['judge']} {m['value']}".strip() for m in rule["marks"])
    if rule["rule"] == "panel":
        used = "、".join(f"{m['judge']} {m['value']}".strip() for m in rule["used"])
        dropped = "；".join(f"{m['why']} {m['judge']} {m['value']}" for m in rule["dropped"])
        return f"{rule['text']}：采用 {used}{'；' + dropped if dropped else ''} → {rule['value'] or '—'}"
    if rule["rule"] == "combine":
        parts = "、".join(_part_line(part) for part in rule["parts"])
        start = f"起评 {rule['start']}，" if "start" in rule else ""
        return f"{who}{rule['text']}：{start}{parts} → {rule['after'] or '—'}"
    if "before" in rule:
        return f"{who}{rule['text']}：{rule.get('before') or '—'} → {rule['after']}"
    return f"{rule['text']}：{rule.get('label', '')} {rule.get('value') or rule.get('status') or ''}".strip()


def _part_line(part: Mapping[str, Any]) -> str:
    if part["contribution"] is None:
        return f"{part['code']} {part['value'] or '—'}（{part['note']}）"
    if part["coefficient"] == "1":
        return f"{part['code']} {part['contribution']}" + (f"（{part['note']}）" if part["note"] else "")
    return f"{part['code']} {part['value'] or '—'}×{part['coefficient']}＝{part['contribution']}"
