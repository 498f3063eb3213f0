"""What the competition in Latin letters is made of: its scheme and marks, its prizes and rules, a roster, a picture."""

from typing import Any

SQUARE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000"
    "000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
"""A picture of one pixel."""
PRIZES = {
    "prizes": [
        {"name": "Gold", "number": 1},
        {"name": "Silver", "number": 1},
        {"name": "Bronze", "up_to_share": "0.5"},
    ],
    "rounding": "half_up",
    "tie": "hold",
    "minimum": 2,
}
BENCHMARKS = {"0": "below the standard", "1": "meets it", "2": "exceeds it in part", "3": "exceeds it throughout"}
SCHEME: dict[str, Any] = {
    "format": "1",
    "title": "Welding",
    "default_panel": {"judges": 3, "drop_high": 1, "drop_low": 1, "round": 2, "missing": "wait"},
    "weights": "percent",
    "max": 100,
    "round": 2,
    "children": [
        {"code": "T", "label": "Theory", "kind": "external", "max": 100, "step": "0.5", "weight": 30},
        {
            "code": "P",
            "label": "Practice",
            "level": "module",
            "weight": 70,
            "max": 100,
            "children": [
                {"code": "P1", "label": "Seam", "kind": "points", "max": 84, "step": "0.5"},
                {"code": "P2", "label": "Look", "kind": "judgement", "max": 6, "benchmarks": BENCHMARKS},
                {"code": "P3", "label": "Cleaned", "kind": "yes_no", "max": 4},
                {"code": "P4", "label": "Layers", "kind": "choice", "options": {"thorough": 6, "partly": 3, "none": 0}},
                {"code": "P5", "label": "Breach of safety", "kind": "deduction", "each": 2, "at_most": 10},
                {"code": "P6", "label": "Ground the seam", "kind": "disqualification"},
            ],
        },
    ],
    "ranking": {"ties": ["P"]},
}
EVERY_SEAT, FIRST_SEAT = {"P2": "2"}, {"P3": "是", "P4": "partly", "P5": "1"}
PRACTICE = (("76", "78", "80"), ("70", "72", "74"), ("70", "72", "74"), ("50", "52", "54"))
OWN_RULES = """
id: x
title: Port City Rules
jurisdiction: "130300"
level: city
confidence: C
effective: {from: 2026-01-01, until: null}
supersedes: null
applies: {by: region}
sources:
  One: {document: Order 1, issuer: unknown, number: unknown, dated: unknown, address: unknown, confidence: C,
        read_on: unknown, last_still_valid_on: unknown}
unknown: [classes, minimum_field, groups, repeat, ties, prizes, team_formula, papers, certificates, filing, content,
          shared_rewards, ratios]
promotion:
  rules:
    - {ranks: {single: [1, 3], team: [1, 1]}, to: 技师, if_has: {技师: 高级技师}, cite: {source: One, quote: words}}
honours:
  - {name: Port City Master, benefit: honour, ranks: [1, 1], verb: proposed, quota: "2", cite: {source: One, quote: w}}
scoring: {weights: {value: {理论: 40, 实操: 60}, cite: {source: One, quote: words}}}
notices: {appeal_hours: {value: 24, cite: {source: One, quote: words}}}
judges: {at_least: {value: 5, cite: {source: One, quote: words}}}
forms: {forms: {value: [single, team], cite: {source: One, quote: words}}}
"""
ROSTER = "姓名,身份证号码,参赛赛项,代表队,工作单位\nLi Lei,130102199003070417,Welding,Tangshan,Steel Works\n"
