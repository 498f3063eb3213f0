"""Worked examples beside a pack: a case taken from its text, and the answer that must come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from certificates.eligibility.answer import Answer
from certificates.eligibility.assessing import assess
from certificates.eligibility.case import Case, read_case
from competitions.standards.model import Pack
from competitions.standards.nodes import Node, parse

_EXPECT_KEYS = ("contestant", "benefit", "name", "decision", "to_level", "verb", "authority", "missing", "answers")


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example."""

    name: str
    quote: str
    """The words of the text that it is taken from."""
    case: Case
    on: date | None
    expect: tuple[Mapping[str, Any], ...]
    place: str
    """File and line, for messages."""


def read_examples(text: str, file: str) -> list[Example]:
    """The worked examples of one file.

    Args:
        text: YAML with `base` (facts shared by all examples) and `examples`; see docs/formats/pack.md.
        file: its name, for messages.

    Raises:
        PackError: the file is not in the format.
        CaseError: a case in it is not.
    """
    top = parse(text, file).mapping(required=("base", "examples"))
    base = top["base"].mapping(required=("competition", "event", "contestant"))
    return [_example(node, base) for node in top["examples"].items()]


def _example(node: Node, base: Mapping[str, Node]) -> Example:
    keys = node.mapping(required=("name", "quote", "contestants", "expect"), optional=("competition", "event", "on"))
    rows = [{"id": str(n)} | _merged(base["contestant"], row) for n, row in enumerate(keys["contestants"].items(), 1)]
    data = {
        "competition": _merged(base["competition"], keys.get("competition")),
        "event": _merged(base["event"], keys.get("event")),
        "contestants": rows,
    }
    expect = [entry.mapping(required=("benefit",), optional=_EXPECT_KEYS) for entry in keys["expect"].items()]
    return Example(
        name=keys["name"].text(),
        quote=keys["quote"].text(),
        case=read_case(data),
        on=keys["on"].day() if "on" in keys else None,
        expect=tuple({name: value.plain() for name, value in entry.items()} for entry in expect),
        place=f"{node.file} 第 {node.line} 行",
    )


def _merged(base: Node, over: Node | None) -> dict[str, Any]:
    merged = {**base.plain(), **({} if over is None else over.plain())}
    return {key: value for key, value in merged.items() if value != "absent"}


def run_example(example: Example, pack: Pack) -> list[str]:
    """Hold an example against its pack.

    Returns:
        One Chinese sentence for every expectation that is not met; none when the example passes.
    """
    answers = assess(example.case, [pack], example.on)
    head = f"{example.place}：算例「{example.name}」"
    return [f"{head}{fault}" for wanted in example.expect for fault in _faults(wanted, answers)]


def _faults(wanted: Mapping[str, Any], answers: list[Answer]) -> list[str]:
    person, name = str(wanted.get("contestant", "1")), wanted.get("name")
    about = f"选手 {person} 的 {wanted['benefit']}{'' if name is None else name}"
    found = [
        answer
        for answer in answers
        if answer.contestant == person
        and answer.benefit == wanted["benefit"]
        and (name is None or answer.name == name)
        and ("decision" not in wanted or answer.decision == wanted["decision"] or len(answers) == 1)
    ]
    if "answers" in wanted:
        return [] if len(found) == wanted["answers"] else [f"{about}应有 {wanted['answers']} 条，现有 {len(found)} 条"]
    if not found:
        others = "、".join(a.decision for a in answers if (a.contestant, a.benefit) == (person, wanted["benefit"]))
        return [f"{about}应为 {wanted.get('decision')}，现为 {others or '没有'}"]
    answer = found[0]
    faults = []
    for key in ("decision", "to_level", "verb", "authority"):
        if key in wanted and getattr(answer, key) != wanted[key]:
            faults.append(f"{about}的 {key} 应为 {wanted[key]}，现为 {getattr(answer, key)}")
    if "missing" in wanted and not any(str(wanted["missing"]) in word for word in answer.missing):
        faults.append(f"{about}应尚需「{wanted['missing']}」，现为 {'、'.join(answer.missing) or '无'}")
    return faults
