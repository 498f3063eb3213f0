"""The line by which people go on to the next stage: the first so many, a place, or a score. Pure.

None of the three is the usual one: invitations write 「前30名」, 「第30名以内」 and 「60分以上」 side by side.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import InvalidInputError
from core.messages import Said, message, said

_WHOLE = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_SCORE = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


class Measure(StrEnum):
    """By what a line is drawn."""

    NUMBER = "number"
    RANK = "rank"
    SCORE = "score"


MEASURE_NAMES = {
    Measure.NUMBER: message("前若干名（按人数）"),
    Measure.RANK: message("名次在某名以内"),
    Measure.SCORE: message("总分达到某分"),
}
_SENTENCES = {
    Measure.NUMBER: message("前 %(value)s 名晋级"),
    Measure.RANK: message("第 %(value)s 名以内都晋级"),
    Measure.SCORE: message("总分 %(value)s 分及以上都晋级"),
}


class LineError(InvalidInputError):
    """What was written is no number, place or score."""

    code = "stage_line"


@dataclass(frozen=True, slots=True)
class Line:
    """Where the line is drawn; `value` is a decimal string, whole for a number or a place."""

    measure: Measure
    value: str

    def __str__(self) -> str:
        """By which two lines are compared: ``number:30``."""
        return f"{self.measure.value}:{self.value}"

    @property
    def sentence(self) -> Said:
        """The line in words."""
        return said(_SENTENCES[self.measure], value=self.value)


def line_of(measure: Measure, text: str) -> Line:
    """The line that somebody has written.

    Raises:
        LineError: not a whole number from 1, or not a score.
    """
    value = text.strip()
    pattern = _SCORE if measure is Measure.SCORE else _WHOLE
    if not pattern.fullmatch(value):
        raise LineError("晋级线应为正整数（按总分的可带小数），不能是“%(text)s”", text=value[:20])
    return Line(measure, value)
