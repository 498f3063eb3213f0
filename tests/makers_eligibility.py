"""Makers of packs and cases for the tests of eligibility: everything known, nothing in the way, unless overridden."""

from pathlib import Path
from typing import Any

from certificates.eligibility import Answer, Case, assess, read_case
from competitions.standards import Pack, load_packs, read_pack

GOOD = Path(__file__).parent / "data" / "bad-packs" / "good.pack.2024.yaml"
"""省级一类：前3名晋升技师（已有技师晋升高级技师），第4—10名晋升高级工；第1名技术能手。"""


def make_pack(*changes: tuple[str, str]) -> Pack:
    """The good test pack with parts of its text replaced."""
    text = GOOD.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the test pack"
        text = text.replace(old, new)
    return read_pack(text, GOOD.name)


def shipped(pack_id: str) -> Pack:
    """A pack that the product ships."""
    return next(pack for pack in load_packs() if pack.id == pack_id)


def make_case(
    *people: dict[str, Any], competition: dict[str, Any] | None = None, event: dict[str, Any] | None = None
) -> Case:
    """A case with everything known; `...` as a value takes a fact away."""
    base = {
        "rank": 1,
        "identity": "职工",
        "current_level": 4,
        "birth": "1990-05-01",
        "member": "main",
        "listed": 1,
        "home": "130300",
        "sex": "男",
        "held": [],
        "promoted_on": [],
    }
    rows = [_known({"id": str(n)} | base | person) for n, person in enumerate(people or ({},), start=1)]
    return read_case(
        {
            "competition": _known(
                {
                    "programme": "河北省职业技能大赛",
                    "class": "一类",
                    "jurisdiction": "130000",
                    "opened_on": "2025-05-08",
                    "filed_with": [],
                }
                | (competition or {})
            ),
            "event": _known(
                {
                    "name": "焊接",
                    "occupation_code": "6-18-02-04",
                    "kind": "single",
                    "group": "职工",
                    "entrants": 24,
                    "teams": 12,
                    "top_level": 1,
                    "written_at_level": 3,
                }
                | (event or {})
            ),
            "contestants": rows,
        }
    )


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value is not ...}


def answer(
    pack: Pack, benefit: str = "promotion", name: str | None = None, *, case: Case | None = None, **person: Any
) -> Answer:
    """The one answer for one contestant and benefit."""
    answers = assess(case or make_case(person), [pack])
    found = [a for a in answers if a.benefit == benefit and a.contestant == "1" and (name is None or a.name == name)]
    assert len(found) == 1, [(a.benefit, a.name, a.decision) for a in answers]
    return found[0]
