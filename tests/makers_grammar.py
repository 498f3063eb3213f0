"""Random schemes over the whole grammar, with rankings, gates, stages and statuses, from one seed."""

from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme_document import read_document
from tests.makers_schemes import JUDGES, SchemeMaker

LINKS = ("node", "sum", "time", "sorted", "places", "place", "panel", "judges", "majority")


class GrammarMaker(SchemeMaker):
    """Everything that `SchemeMaker` makes and the rest: see the chapters of docs/formats/scheme.md."""

    def operand(self):
        """A number, an item value, or another node's value."""
        pick = self.random.random()
        if pick < 0.35:
            return self.number(1, 9)
        if pick < 0.5 and self.codes:
            return {"node": self.random.choice(self.codes)}
        return {"item": "weight", "default": "0.3"} if pick < 0.75 else self.random.choice(["factor", "weight"])

    def step(self, field: bool):
        """One step; most by the simpler maker."""
        if self.chance(0.6):
            return super().step(field)
        names = ("divide", "divide_into", "add", "subtract", "subtract_from", "multiply", "at_least", "at_most")
        forms = ("actual_by_target", "target_by_actual", "complement")
        deviation = {"target": self.operand(), "start": "5", "per": "0.7", "over": "0.25", "under": "-1"}
        return self.random.choice(
            [
                {self.random.choice(names): self.operand()},
                {"rate": {"target": self.operand(), "form": self.random.choice(forms)}},
                {"deviation": deviation | {"partial": self.random.choice(["floor", "ceiling", "exact"])}},
                {"bands": [{"below": "3", "points": "1"}, {"from": "3", "up_to": "7", "points": self.number(0, 5)}]},
                {"scale": {"from": "7", "to": "10"}},
            ]
        )

    def panel(self):
        """A panel; some with steps of their own, named judges or a least number."""
        panel = super().panel()
        if self.chance(0.3):
            panel["multiply"] = self.operand()
        if self.chance(0.2):
            panel["steps"] = [self.step(False)]
        if "groups" in panel and self.chance(0.5):
            panel["groups"][0]["multiply"] = self.operand()
        elif "judges" in panel and self.chance(0.3):
            panel["judges"] = list(JUDGES[: int(panel["judges"])])
        elif self.chance(0.2):
            panel["at_least"] = "2"
        return panel

    def aspect(self, in_panel: bool):
        """An aspect; some of the kinds that the simpler maker leaves out."""
        if in_panel or self.chance(0.75):
            return super().aspect(in_panel)
        node = {"code": self.code("A")}
        self.codes.append(node["code"])
        bonus = {"bonus_max": "14"} if self.chance(0.5) else {"may_exceed_max": True}
        convert = {"deviation": {"target": "100", "start": "10", "per": "10", "over": "0.5", "under": "-0.5"}}
        kinds = [
            {"kind": "yes_no", "max": "3", "otherwise": "1"},
            {"kind": "choice", "options": {"是": "4", "否": "1.5"}},
            {"kind": "deduction", "each": "0.5", "at_most": "4"},
            {"kind": "external", "max": "10"},
            {"kind": "external"},
            {
                "kind": "indicator",
                "max": "10",
                "target": "target",
                "better": self.random.choice(["high", "low"]),
                **bonus,
            },
            {"kind": "indicator", "max": "10", "target": "target", "convert": convert, **bonus},
            {"kind": "judgement", "scale": {"from": "1", "to": "5"}, "max": "7", "panel": {"spread": "3"}},
        ]
        node |= self.random.choice(kinds)
        if self.chance(0.3):
            node["steps"] = self.steps(2, field=self.chance(0.3))
        return node

    def fill(self, node, depth: int, in_panel: bool):
        """A group; some by percent, with a gate, with a veto that is not of points."""
        node = super().fill(node, depth, in_panel)
        if not in_panel and self.chance(0.1):
            node["gate"] = {
                self.random.choice(["at_least", "at_most"]): self.number(0, 20),
                "otherwise": self.random.choice(["unranked", "last", "flag"]),
            }
        if not in_panel and "panel" not in node and self.chance(0.08):
            effect = self.random.choice(
                [{"effect": "unranked"}, {"effect": "cap", "cap": "3"}, {"effect": "disqualified"}]
            )
            node["children"].append({"code": self.code("V"), "kind": "veto", **effect})
        return node

    def percent(self):
        """Two parts by percent."""
        first = self.random.randint(1, 99)
        return {
            "code": self.code("P"),
            "weights": {"by": "percent", "round": "2"} if self.chance(0.5) else "percent",
            "max": "80",
            "children": [
                {"code": self.code("A"), "max": "40", "weight": str(first)},
                {"code": self.code("A"), "max": "30", "weight": str(100 - first), "panel": {"drop_high": "1"}},
            ],
            "missing": "nothing",
        }

    def document(self):
        """A whole document."""
        document = self.fill({"title": "随机方案", "items": ["weight"]}, self.random.choice([1, 2, 2, 3]), False)
        if self.chance(0.2):
            document["children"].append(self.percent() | ({"weight": "1"} if "weights" in document else {}))
        if self.chance(0.2):
            for child in document["children"]:
                if "children" in child and self.chance(0.7):
                    child["level"] = "stage"
        codes = [child["code"] for child in document["children"]]
        document["ranking"] = self.ranking(codes) | self.following(codes)
        if self.chance(0.4):
            document["delegations"] = [self.standing(number) for number in range(self.random.randint(1, 3))]
        if self.chance(0.05):
            document["demonstration"] = True
        return document

    def following(self, codes):
        """What follows from the places: cut lines, award places, medals."""
        found = {"award_places": self.random.choice(["cascade", "keep"])}
        if self.chance(0.3):
            found["cuts"] = [
                {
                    "by": self.random.choice(["total", *codes, *self.codes]),
                    "places": str(self.random.randint(1, 5)),
                    "ties": self.random.choice(["all", "none", "decide"]),
                    "to": "决赛",
                }
                for _ in range(self.random.randint(1, 2))
            ]
        if self.chance(0.3):
            found["medals"] = {"closeness": self.random.choice(["0", "0.5", "2"])}
            if self.chance(0.5):
                found["medals"]["by"] = self.random.choice(codes + self.codes)
            if self.chance(0.5):
                found["medals"]["medallion"] = self.number(-2, 12)
        return found

    def standing(self, number):
        """One standing of delegations."""
        method = self.random.choice(["sum", "mean", "place_points"])
        rule = {"name": f"团体{number}", "method": method, "better": self.random.choice(["high", "high", "low"])}
        nodes = ["total", *self.codes]
        if method == "place_points":
            rule["points"] = {place: self.number(0, 4) for place in ("1", "2", "2.5", "3", "4")}
            rule["otherwise"] = self.number(0, 1)
        elif self.chance(0.3):
            rule["per"] = self.random.sample(nodes, self.random.randint(1, min(3, len(nodes))))
        elif self.chance(0.5):
            rule["by"] = self.random.choice(nodes)
        for key, value in {"best": "2", "at_least": "2", "exclude_zero": True, "round": "0"}.items():
            if self.chance(0.3):
                rule[key] = value
        rule["ties"] = self.random.sample(["places", "best", "time"], self.random.randint(0, 3))
        return rule

    def ranking(self, codes):
        """Methods, statuses and tie chains; some in stages."""
        ties = [self.link(codes) for _ in range(self.random.randint(0, 3))]
        statuses = {
            "absent": self.random.choice(["last", "unranked"]),
            "disqualified": self.random.choice(["last", "zero"]),
        }
        ranking = {"method": self.random.choice(["standard", "dense", "average", "no_ties"]), "statuses": statuses}
        if self.chance(0.2):
            second = {"by": self.random.choice(codes), "ties": [self.link(codes)]}
            return ranking | {"stages": [{"by": "total", "ties": ties}, second]}
        return ranking | {"better": self.random.choice(["high", "low"]), "ties": ties}

    def link(self, codes):
        """One link of a tie chain."""
        aspects = self.codes or codes
        some = self.random.sample(codes, self.random.randint(1, len(codes)))
        return {
            "node": self.random.choice(codes + aspects),
            "sum": {"node": some, "better": self.random.choice(["high", "low"])},
            "time": {"time": "low"},
            "sorted": {"sorted": some},
            "places": {"places": some},
            "place": {"place": self.random.choice(aspects)},
            "panel": {"node": self.random.choice(aspects), "panel": {"combine": "sum", "drop_low": "1"}},
            "judges": {"judges": self.random.choice(aspects)},
            "majority": {"majority": self.random.choice(aspects)},
        }[self.random.choice(LINKS)]


def make_any_scheme(random):
    """A random scheme of the whole grammar that the loader accepts."""
    while True:
        scheme, problems = read_document(GrammarMaker(random).document())
        if scheme is not None:
            return scheme
        assert problems


def make_any_marks(scheme, random, contestants, *, awards=False):
    """Random marks of a scheme, on few values so that many are tied; some are missing, some statuses are given.

    With `awards` some compete without award.
    """
    used = {name: users for name, users in scheme.items.items() if users}
    stages = [stage.code for stage in scheme.stages()]
    rows = []
    for number in range(contestants):
        who = f"C{number}"
        status = random.choice(["absent", "withdrawn", "disqualified"]) if random.random() < 0.12 else ""
        flag = random.choice(["", "", "yes", "no"]) if awards else ""
        delegation = random.choice(["", "唐山", "保定", "沧州"])
        rows.append(MarkRow(who, status=status, stage=random.choice(["", *stages]), award=flag, delegation=delegation))
        gap = random.choice([0, 0, 0, 0.1, 0.4, 1])
        time = {"time": random.choice(["60", "61.5"])} if random.random() < 0.8 else {}
        for aspect in scheme.aspects():
            items = {
                name: _item(random) for name, users in used.items() if aspect.id in users and random.random() < 0.8
            }
            rows += [
                MarkRow(who, aspect.id, judge, _value(aspect, random), items=items if not place else {})
                for place, judge in enumerate(_judges(scheme, aspect, random))
                if random.random() >= gap
            ]
        rows.append(MarkRow(who, items=time | {name: _item(random) for name in used if random.random() < 0.2}))
    return collect_marks(scheme, rows)


def _item(random):
    if random.random() < 0.03:
        return random.choice(["123456789012.000000001", "0.000000000000000007"])
    return random.choice(["2", "0.7", "3.25", "1", "12", "100"] if random.random() < 0.95 else ["0", "-1.5"])


def _judges(scheme, aspect, random):
    panel = scheme.panel_of(aspect)
    if panel is None:
        return [""]
    names = panel.names or tuple(name for group in panel.groups for name in group.names)
    return list(names) or list(JUDGES[: panel.judges or random.randint(1, 5)])


def _value(aspect, random):
    entry = aspect.entry
    if entry.options:
        return random.choice(["是", "否", "否"])
    if entry.high is None and entry.step is None and random.random() < 0.5:
        return random.choice(["987654321098765432.1", "0.000000000000000003", "333333333333333333"])
    step = entry.step or 1
    low = entry.low if entry.low is not None else 0
    high = min(entry.high if entry.high is not None else 10, low + 12 * step)
    value = (low + random.randint(0, int((high - low) / step)) * step) * 100
    return f"{'-' if value < 0 else ''}{abs(int(value)) // 100}.{abs(int(value)) % 100:02d}"
