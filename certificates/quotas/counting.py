"""A batch of flags held against the number that a text allows; a quota says nothing about any single person. Pure."""

import re
from dataclasses import dataclass

from competitions.standards.model import Citation
from core.messages import said

_NUMBER = re.compile(r"(\d+)\s*[名人枚]")


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One title's quota and the people who stand for it."""

    pack: str
    name: str
    text: str
    """The quota in the text's own words."""
    citation: Citation
    approved: int
    waiting: int
    """Flagged, and not decided yet."""

    @property
    def number(self) -> int | None:
        """How many the text allows; None where its words do not come down to one number."""
        return quota_number(self.text)

    @property
    def held(self) -> bool | None:
        """Whether all fit; None where the number is not known, or where it depends on who is still approved."""
        if self.number is None:
            return None
        if self.approved > self.number:
            return False
        return True if self.approved + self.waiting <= self.number else None

    @property
    def sentence(self) -> str:
        """What a person has to do."""
        if self.number is None:
            return said("名额不是一个确定的人数，须由人核对")
        if self.held is False:
            return said("已同意 %(n)s 人，超出名额 %(more)s 人", n=self.approved, more=self.approved - self.number)
        left = self.number - self.approved
        if self.held is None:
            return said("还可同意 %(left)s 人，符合条件而待审定的有 %(n)s 人，须择优", left=left, n=self.waiting)
        return said("没有超出名额，还余 %(left)s 人", left=left - self.waiting)


def quota_number(text: str) -> int | None:
    """The number of people that a quota's words allow.

    Args:
        text: 12, 12名, 22个赛区共12名 …

    Returns:
        None where the words give several numbers, none, or one for each of something (每个工种2名).
    """
    plain = text.strip()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    found = _NUMBER.findall(plain)
    return int(found[0]) if len(found) == 1 and "每" not in plain and "各" not in plain else None
