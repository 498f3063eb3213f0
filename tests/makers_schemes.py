"""Random schemes and marks for the engine's tests: any construct of the grammar may come up, from one seed."""

from random import Random

from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme_document import read_document

JUDGES = ("J1", "J2", "J3", "J4", "J5", "J6", "J7")
MODES = ("half_up", "half_even", "half_down", "half_ceiling", "half_floor", "up", "down", "ceiling", "floor")


class SchemeMaker:
    """One random scheme document; aspects are numbered, and remembered with how they are marked."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0
        self.codes: list[str] = []

    def code(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, low: int, high: int, steps: int = 4) -> str:
        value = self.random.randint(low * steps, high * steps)
        return f"{value // steps if value >= 0 else -(-value // steps)}" if value % steps == 0 else str(value / steps)

    def rounding(self):
        if self.chance(0.2):
            return {"to": self.random.choice(["0.05", "0.25", "0.5"]), "mode": self.random.choice(MODES)}
        return {"places": str(self.random.randint(0, 3)), "mode": self.random.choice(MODES)}

    def steps(self, depth: int = 2, field: bool = False):
        return [self.step(field) for _ in range(self.random.randint(0, depth))]

    def step(self, field: bool):
        pick, x = self.random.choice, self.number(-3, 9)
        factor = {"item": "factor", "default": "1.5"} if self.chance(0.5) else "factor"
        kinds = [
            {"round": self.rounding()},
            {"multiply": x},
            {"divide": pick(["3", "-7", "1.8", "0.25"])},
            {"add": x},
            {"subtract_from": x},
            {pick(["at_least", "at_most"]): x},
            {"multiply": factor},
            self.table(x),
            pick(["absolute", {"rate": {"target": "factor"}}, {"divide": "factor"}]),
            {"place": {"better": pick(["high", "low"]), "ties": pick(["shared", "average", "dense"])}},
            {"relative_to_best": {"points": "100", "better": pick(["high", "low"])}},
            {"standard_scale": {"form": pick(["median", "deviation"])}},
        ]
        return kinds[self.random.randint(0, len(kinds) - 1 if field else 8)]

    def table(self, x: str):
        bands = [{"from": x, "points": "2"}, {"above": "0", "below": x, "points": "1.5"}]
        if x.startswith("-") or x == "0":
            bands.pop()
        deviation = {"target": x, "start": "5", "per": "0.3", "over": "-0.7", "under": "0.2", "tolerance": "0.5"}
        return self.random.choice(
            [
                {"bands": {"table": bands, "otherwise": "0"}},
                {"piecewise": [["-2", "0"], ["1.5", "3"], ["6", "1"]]},
                {"deviation": deviation | {"partial": self.random.choice(["floor", "ceiling", "exact"])}},
                {"lookup": {"table": {"1": "4", "2": "-1"}, "otherwise": "3"}},
            ]
        )

    def panel(self):
        panel = {"combine": self.random.choice(["mean", "mean", "sum", "median", "max", "min"])}
        if self.chance(0.6):
            panel["judges"] = str(self.random.randint(3, 7))
            panel["missing"] = self.random.choice(["wait", "use_given", "mean_of_given"])
        panel["drop_high"] = str(self.random.randint(0, 1))
        panel["drop_low"] = str(self.random.randint(0, 1))
        if self.chance(0.15):
            del panel["drop_high"], panel["drop_low"]
            panel["drop"] = [{"from": "4", "high": "1", "low": "1"}, {"from": "6", "high": "2", "low": "2"}]
        if self.chance(0.2):
            panel["tolerance"] = self.random.choice(["1", [{"limit": "2"}, {"from": "5", "limit": "0.5"}]])
        if self.chance(0.15):
            panel["spread"] = self.random.choice(["2", "4"])
        if self.chance(0.5):
            panel["round"] = self.rounding()
        if self.chance(0.1):
            group = {"drop_high": "1", "combine": "sum"}
            return {
                "combine": self.random.choice(["sum", "mean"]),
                "groups": [
                    {"judges": list(JUDGES[:3]), "weight": "2", **group},
                    {"judges": list(JUDGES[3:]), "weight": "1", **group, "round": self.rounding()},
                ],
            }
        return panel

    def aspect(self, in_panel: bool):
        node = {"code": self.code("A")}
        self.codes.append(node["code"])
        kind = self.random.randint(0, 7)
        if kind == 0:
            node |= {"kind": "judgement", "max": self.number(1, 3)}
        elif kind == 1 and not in_panel:
            node |= {"kind": "deduction", "step": "0.5", "at_most": "9"}
        elif kind == 2:
            node |= {"kind": "count", "each": "0.5", "max": "4"}
        elif kind == 3:
            node |= {
                "kind": "measurement",
                "max": "10",
                "convert": {"piecewise": [["0", "0"], ["3", "8"], ["10", "10"]]},
            }
        elif kind == 4 and not in_panel:
            node |= {"kind": "indicator", "max": "10", "target": self.random.choice(["factor", "4"])}
        else:
            node |= {"max": "10", "min": "-5", "step": "0.25"}
        if not in_panel and node.get("kind") not in {"deduction", "indicator"} and self.chance(0.7):
            node["panel"] = self.panel()
        if self.chance(0.2):
            node["per_judge"] = self.steps(1, field=self.chance(0.1))
        node["steps"] = self.steps(2, field=not in_panel and self.chance(0.1))
        return node

    def group(self, depth: int, in_panel: bool):
        node = {"code": self.code("G")}
        return self.fill(node, depth, in_panel)

    def fill(self, node, depth: int, in_panel: bool):
        judged = not in_panel and self.chance(0.15)
        if judged:
            node["panel"] = self.panel()
        node["children"] = [self.child(depth - 1, in_panel or judged) for _ in range(self.random.randint(1, 4))]
        method = self.random.choice(["sum", "sum", "sum", "mean", "max", "min", "median", "product", "first", "last"])
        combine = {"method": method}
        if method in {"sum", "mean"} and self.chance(0.3):
            combine |= {"best": str(self.random.randint(1, 3))}
        if method not in {"first", "last"} and self.chance(0.2):
            combine |= {"drop_low": "1"}
        node["combine"] = combine
        if method == "sum" and self.chance(0.2):
            node["start"] = "5"
        if self.chance(0.3) and not (method == "mean" and len(combine) > 1):
            node["weights"] = {"by": "coefficient", **({"round": self.rounding()} if self.chance(0.5) else {})}
            for child in node["children"]:
                if child.get("counts", True):
                    child["weight"] = self.number(0, 3)
        node["better"] = self.random.choice(["high", "high", "low"])
        node["steps"] = self.steps(2, field=not in_panel and self.chance(0.15))
        return node

    def child(self, depth: int, in_panel: bool):
        if depth > 0 and self.chance(0.4):
            node = self.group(depth, in_panel)
        elif not in_panel and len(self.codes) > 2 and self.chance(0.1):
            node = {"code": self.code("R"), "value_of": self.random.choice(self.codes), "steps": self.steps(1)}
        elif not in_panel and self.chance(0.06):
            node = {"code": self.code("V"), "kind": "veto", "effect": "zero"}
            self.codes.append(node["code"])
            return node
        else:
            node = self.aspect(in_panel)
        node["missing"] = self.random.choice(["incomplete", "incomplete", "nothing", "zero"])
        if self.chance(0.1):
            node["counts"] = False
        return node


def make_scheme(random: Random):
    """A random scheme that the loader accepts."""
    while True:
        maker = SchemeMaker(random)
        document = maker.fill({"title": "随机方案"}, 3, False)
        document["ranking"] = {"ties": [random.choice(maker.codes)]} if maker.codes and random.random() < 0.5 else {}
        scheme, problems = read_document(document)
        if scheme is not None:
            return scheme
        assert problems


def make_marks(scheme, random: Random, contestants: int = 12):
    """Random marks of a scheme; many are missing."""
    rows = []
    for number in range(contestants):
        who = f"C{number:03}"
        rows.append(MarkRow(who, status=random.choice(["", "", "", "", "", "", "absent"])))
        gap = random.choice([0, 0, 0, 0.1, 0.5, 1])
        for aspect in scheme.aspects():
            rows += _aspect_rows(scheme, aspect, who, gap, random)
    return collect_marks(scheme, rows)


def _aspect_rows(scheme, aspect, who, gap, random):
    panel = scheme.panel_of(aspect)
    judges = [""]
    if panel is not None:
        number = panel.judges or random.randint(1, 7)
        names = panel.names or tuple(name for group in panel.groups for name in group.names)
        judges = list(names) or list(JUDGES[:number])
    used = {node for users in scheme.items.values() for node in users}
    items = {}
    if aspect.id in used and random.random() < 0.9:
        items = {"factor": random.choice(["2", "0.7", "3.25", "1"])}
    return [
        MarkRow(who, aspect.id, judge, _value(aspect, random), items=items)
        for judge in judges
        if random.random() >= gap
    ]


def _value(aspect, random):
    entry = aspect.entry
    if entry.options:
        return random.choice(["是", "否", "否", "否"])
    step = entry.step or 1
    low = entry.low if entry.low is not None else 0
    high = entry.high if entry.high is not None else 10
    value = low + random.randint(0, int((high - low) / step)) * step
    hundredths = value * 100
    return f"{'-' if hundredths < 0 else ''}{abs(int(hundredths)) // 100}.{abs(int(hundredths)) % 100:02d}"
