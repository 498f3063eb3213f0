"""A competition's plan as a JSON file, for holding it against rule packs without a database."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from competitions.alignment.comparing import Plan, PlannedPrize
from competitions.standards import CompetitionKey
from competitions.standards.model import FORMS, LEVELS
from core.errors import InvalidInputError

_COUNTS = (
    "entrants",
    "teams",
    "pass_mark",
    "judges",
    "drop_each_end",
    "announced_days_before",
    "appeal_hours",
    "publicity_working_days",
    "query_working_days",
    "minimum_age",
)
_FLAGS = ("preliminary_carried", "shared_places")
_LISTS = ("tie_order", "filed_with")
_KEYS = {"form", "group", "weights", "written_at_level", "prizes", *_COUNTS, *_FLAGS, *_LISTS}


class PlanError(InvalidInputError):
    """A plan that cannot be read, with the place of the fault."""


def read_plan(data: object) -> tuple[CompetitionKey, Plan]:
    """A competition and the plan of one event from the parsed JSON of docs/formats/plan.md.

    Args:
        data: the parsed document: `competition` and `plan`.

    Raises:
        PlanError: a part is missing, a key of the plan is unknown, or a value has the wrong form.
    """
    top = _mapping(data, "文件")
    competition = _mapping(top.get("competition"), "competition")
    plan = _mapping(top.get("plan"), "plan")
    unknown = sorted(set(plan) - _KEYS)
    if unknown:
        raise PlanError("plan 有不认识的键「%(key)s」", key=unknown[0])
    return _key(competition), _plan(plan)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PlanError("%(where)s应为一个对象", where=where)
    return value


def _fault(key: str, expected: str, value: object) -> PlanError:
    return PlanError("「%(key)s」应为%(expected)s，现为 %(value)s", key=key, expected=expected, value=repr(value))


def _key(competition: Mapping[str, Any]) -> CompetitionKey:
    opened = competition.get("opened_on")
    try:
        day = None if opened is None else date.fromisoformat(str(opened))
    except ValueError:
        raise _fault("opened_on", "日期（YYYY-MM-DD）", opened) from None
    return CompetitionKey(
        programmes=_words(competition, "programme") or (),
        jurisdictions=_words(competition, "jurisdiction") or (),
        opened_on=day,
        class_word=competition.get("class"),
    )


def _words(data: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    value = data.get(key)
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in values):
        raise _fault(key, "文字或文字的列表", value)
    return tuple(values)


def _plan(plan: Mapping[str, Any]) -> Plan:
    facts: dict[str, Any] = {key: _count(plan, key) for key in _COUNTS}
    facts |= {key: _flag(plan, key) for key in _FLAGS}
    facts |= {key: _words(plan, key) for key in _LISTS}
    form, level = plan.get("form"), plan.get("written_at_level")
    if form is not None and form not in FORMS:
        raise _fault("form", "、".join(FORMS) + " 之一", form)
    if level is not None and level not in LEVELS.values():
        raise _fault("written_at_level", "1—5 的等级数字（1 最高）", level)
    return Plan(
        form=form,
        group=plan.get("group"),
        written_at_level=level,
        weights=_weights(plan.get("weights")),
        prizes=_prizes(plan.get("prizes")),
        **facts,
    )


def _count(plan: Mapping[str, Any], key: str) -> int | None:
    value = plan.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise _fault(key, "不小于 0 的整数", value)
    return value


def _flag(plan: Mapping[str, Any], key: str) -> bool | None:
    value = plan.get(key)
    if value is not None and not isinstance(value, bool):
        raise _fault(key, "true 或 false", value)
    return value


def _weights(value: object) -> dict[str, int] | None:
    if value is None:
        return None
    weights = _mapping(value, "weights")
    if not all(isinstance(share, int) for share in weights.values()) or sum(weights.values()) != 100:
        raise _fault("weights", "和为 100 的整数百分比", value)
    return dict(weights)


def _prizes(value: object) -> tuple[PlannedPrize, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise _fault("prizes", "一个列表", value)
    return tuple(_prize(_mapping(entry, "prizes 的每一项")) for entry in value)


def _prize(entry: Mapping[str, Any]) -> PlannedPrize:
    name, number, share = entry.get("name"), entry.get("number"), entry.get("share")
    if not isinstance(name, str) or (number is None) == (share is None):
        raise _fault("prizes", "name 与 number、share 之一", dict(entry))
    if number is not None and (not isinstance(number, int) or number < 1):
        raise _fault("number", "正整数", number)
    return PlannedPrize(name, number, None if share is None else _share(share))


def _share(value: object) -> Fraction:
    text = str(value)
    if not re.fullmatch(r"\d+%|\d+/\d+", text):
        raise _fault("share", "30% 或 1/2", value)
    share = Fraction(int(text[:-1]), 100) if text.endswith("%") else _ratio(text)
    if not 0 < share <= 1:
        raise _fault("share", "0 与 1 之间的比例", value)
    return share


def _ratio(text: str) -> Fraction:
    above, below = text.split("/")
    return Fraction(int(above), int(below)) if int(below) else Fraction(0)
