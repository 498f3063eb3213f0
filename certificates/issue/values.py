"""What stands on a certificate: the values of a layout's variables, for one prize of one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.issue.numbering import CODE_LENGTH, grouped_code
from certificates.models import Award
from competitions.models import Contestant, Event, Form

HONORIFICS = {"学生": "同学", "教师": "老师"}
DEFAULT_HONORIFIC = "同志"
DEFAULT_CITATION = "技艺精湛、成绩优异"
DEFAULT_LAYOUT = "huiwen-gold"
DEFAULT_PATTERN = "{year}-{competition}-{event}-{serial:4}"
MOST_ISSUERS = 3
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that all certificates of an issue share."""

    issuers: tuple[str, ...]
    """Who signs, one to three."""
    issued_on: date
    citation: str = DEFAULT_CITATION


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organiser chooses for one issue."""

    layout: str
    """Name of the layout."""
    pattern: str
    """Of the number, as `numbering.NumberPattern` reads it."""
    wording: Wording
    honorific: str = ""
    """How people are addressed; empty for 同学, 老师 or 同志 by who they are."""
    key_id: int | None = None
    """The registered key that signs the files; None for unsigned ones."""


def issuers_of(host: str) -> tuple[str, ...]:
    """The bodies that sign, from the hosts of a competition, which are separated by 、."""
    return tuple(name.strip() for name in host.split("、") if name.strip())[:MOST_ISSUERS]


def chinese_date(day: date) -> str:
    """A date as certificates write it: 二〇二六年十月二十日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    words = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return words + (_DIGITS[ones] if ones else "")


def shared_values(competition_title: str, event: Event, wording: Wording) -> dict[str, str]:
    """What all certificates of an issue have in common, but for the prize."""
    issuers = {f"issuer.{n}.name": name for n, name in enumerate(wording.issuers, start=1)}
    return issuers | {
        "competition.title": competition_title,
        "event.name": event.name,
        "event.group": event.group_name,
        "award.citation": wording.citation,
        "issue.date": chinese_date(wording.issued_on),
        "issue.day": wording.issued_on.isoformat(),
    }


def personal_values(award: Award, contestant: Contestant, honorific: str) -> dict[str, str]:
    """What is said of one person and prize."""
    entrant = award.entrant
    members = entrant.members if award.event.form is not Form.SINGLE else []
    return {
        "recipient.name": contestant.person.name,
        "recipient.honorific": honorific or HONORIFICS.get(contestant.identity, DEFAULT_HONORIFIC),
        "recipient.unit": contestant.unit,
        "recipient.delegation": entrant.delegation.name,
        "recipient.members": "、".join(member.person.name for member in members),
        "award.title": award.prize,
        "award.place": f"第{award.contest_rank}名" if award.contest_rank else "",
    }


def number_values(number: str, code: str, base_url: str) -> dict[str, str]:
    """Number, code and address of the page that verifies the certificate."""
    host = base_url.split("://", 1)[-1]
    return {
        "cert.number": number,
        "cert.code": code,
        "cert.url": f"{base_url}/v/{code}",
        "cert.url_short": f"{host}/v/{grouped_code(code)}",
    }


def sample_numbers(number: str, base_url: str) -> dict[str, str]:
    """Numbers of the length that an issue will have, for a check or preview before there are any."""
    return number_values(number, "8" * CODE_LENGTH, base_url)


def number_fields(competition_id: int, event: Event, prize: str, issued_on: date) -> dict[str, str]:
    """What the words in a number's pattern stand for: year of issue, competition, event and prize as digits."""
    return {
        "year": str(issued_on.year),
        "competition": f"{competition_id:04}",
        "event": f"{event.position:02}",
        "award": str(_prize_position(event.prize_rules.get("prizes", []), prize)),
    }


def _prize_position(prizes: Sequence[Mapping[str, object]], prize: str) -> int:
    names = [entry["name"] for entry in prizes]
    return names.index(prize) + 1 if prize in names else 0
