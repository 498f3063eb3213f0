"""Ten thousand contestants held against twenty-four packs at once, every answer with its reasons; bound: 5 s.

All twenty-four are taken as in force, so that every rule is really worked through; as shipped, most packs hold for one
year only and are answered at once.
"""

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date

from benchmarks.table import Figure, time_against
from certificates.eligibility import Case, assess_each, read_case
from competitions.standards import Pack, load_packs
from competitions.standards.model import Effective

CONTESTANTS = 10_000
PACKS = 24
BOUND = 5.0


def case_of(count: int) -> Case:
    """One event with `count` contestants of mixed identity, level, age and record; some facts are missing."""
    chance = random.Random(20240912)
    people = [
        {
            "id": str(rank),
            "rank": rank,
            "totals": {"理论": f"{chance.randrange(4000, 10000) / 100:.2f}", "实操": "91.0"},
            "identity": chance.choice(["职工", "职工", "职工", "学生", "教师"]),
            "current_level": chance.choice([5, 4, 3, 2, 1, None]),
            "birth": f"{chance.randrange(1965, 2008)}-05-01",
            "member": "main",
            "listed": 1,
            "home": chance.choice(["130300", "130682", "120114", "440100"]),
            "sex": chance.choice(["男", "女"]),
            "held": chance.choice([[], [], [{"name": "河北省技术能手", "occupation_code": "6-18-02-04"}]]),
            "promoted_on": chance.choice([[], [], ["2025-03-01"]]),
        }
        for rank in range(1, count + 1)
    ]
    competition = {
        "programme": "河北省职业技能大赛",
        "class": "一类",
        "jurisdiction": "130000",
        "opened_on": "2025-05-08",
    }
    event = {
        "name": "焊接",
        "occupation_code": "6-18-02-04",
        "kind": "single",
        "group": "职工",
        "entrants": count,
        "teams": 14,
        "top_level": 1,
        "written_at_level": 3,
    }
    return read_case({"competition": competition | {"filed_with": []}, "event": event, "contestants": people})


def packs_in_force() -> list[Pack]:
    """The first packs that lead to promotions or honours, with their dates opened."""
    always = Effective(start=date(2000, 1, 1), end=None, reported=None, year=None)
    fitting = [pack for pack in load_packs() if (pack.promotion or pack.honours) and pack.applies.by != "home"]
    return [replace(pack, effective=always) for pack in fitting[:PACKS]]


def run() -> list[Figure]:
    """Measure; the answers are counted so that none can be skipped."""
    case, packs = case_of(CONTESTANTS), packs_in_force()
    decisions: Counter[str] = Counter()
    start = time.perf_counter()
    for _, answers in assess_each(case, packs):
        decisions.update(answer.decision for answer in answers)
    seconds = time.perf_counter() - start
    number = sum(decisions.values())
    load_packs.cache_clear()
    start = time.perf_counter()
    loaded = len(load_packs())
    loading = time.perf_counter() - start
    what = f"{CONTESTANTS} 名选手 × {len(packs)} 个规则包（{number} 条答复，{decisions['flagged']} 条建议）"
    return [
        time_against(what, seconds, "上限（秒）", BOUND, wanted=1.0),
        Figure("每条答复", seconds / number * 1e6, "微秒"),
        time_against(f"严格读取 {loaded} 个规则包", loading, "上限（秒）", 2.0, wanted=1.0),
    ]
