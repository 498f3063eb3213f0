"""The prizes of an event between its stored document and the lines of a form."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.errors import InvalidInputError
from core.messages import joined, said


def prize_rules(lines: Sequence[Mapping[str, str]], rounding: str, tie: str, minimum: int) -> dict[str, Any]:
    """The document that is stored with an event.

    Args:
        lines: name, measure (number, share, up_to_share) and value; shares in percent. Empty lines are left out.
        rounding: down, half_up or up.
        tie: hold, include_all or exclude.
        minimum: the smallest field that is awarded at all.

    Returns:
        ``{"prizes": [{"name": "一等奖", "share": "3/20"}, …], "rounding": …, "tie": …, "minimum": …}``; a prize
        carries exactly one of ``number`` (whole), ``share`` or ``up_to_share`` (fractions as text). Empty if there
        are no prizes.

    Raises:
        InvalidInputError: a prize without a value, a value without a prize, or a part of a person.
    """
    prizes = [_prize(line) for line in lines if line["name"].strip() or line["value"].strip()]
    return {"prizes": prizes, "rounding": rounding, "tie": tie, "minimum": minimum} if prizes else {}


def _prize(line: Mapping[str, str]) -> dict[str, Any]:
    name, text = line["name"].strip(), line["value"].strip()
    if not name:
        raise InvalidInputError("数量为“%(value)s”的奖项没有填写名称", value=text)
    if not text:
        raise InvalidInputError("奖项“%(prize)s”没有填写数量", prize=name)
    value = Fraction(text)
    if line["measure"] == "number" and value.denominator != 1:
        raise InvalidInputError("奖项“%(prize)s”的名额“%(value)s”不是整数", prize=name, value=text)
    if line["measure"] == "number":
        return {"name": name, "number": int(value)}
    return {"name": name, line["measure"]: str(value / 100)}


def prize_lines(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of the form for a stored document; shares in percent."""
    lines = []
    for prize in document.get("prizes", []):
        measure = next(key for key in ("number", "share", "up_to_share") if key in prize)
        value = Fraction(str(prize[measure])) * (1 if measure == "number" else 100)
        lines.append({"name": prize["name"], "measure": measure, "value": _decimal(value)})
    return lines


def _decimal(value: Fraction) -> str:
    """A terminating decimal without needless zeros; four places at most, as the form takes them."""
    whole, rest = divmod(value.numerator * 10_000 // value.denominator, 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


def prizes_in_words(document: Mapping[str, Any]) -> str:
    """The prizes in one line, as the list of events shows them: 一等奖 3 名、二等奖 15%."""
    words: list[str] = []
    for line in prize_lines(document):
        if line["measure"] == "number":
            words.append(said("%(prize)s %(n)s 名", prize=line["name"], n=line["value"]))
        elif line["measure"] == "up_to_share":
            words.append(said("%(prize)s至 %(share)s%%", prize=line["name"], share=line["value"]))
        else:
            words.append(f"{line['name']} {line['value']}%")
    return joined(words)
