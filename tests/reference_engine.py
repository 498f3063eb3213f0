"""The rules of docs/formats/scheme.md once more, as plainly as they can be said: one node, one contestant, fractions.

Nothing here is shared with the engine but the parsed scheme and the checked marks. Slow, and meant to be read beside
the format's chapters, whose numbers stand in the docstrings.
"""

from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import isqrt

ZERO, HALF = Fraction(0), Fraction(1, 2)


class WaitsError(Exception):
    """Something that a rule needs has not been given."""


class ImpossibleError(Exception):
    """A rule has no result here."""


FIELD_STEPS = {"Place", "RelativeToBest", "StandardScale"}


def attempted(work):
    """State, value and bare of what may wait or be impossible."""
    try:
        return work()
    except WaitsError:
        return "incomplete", None, False
    except ImpossibleError:
        return "invalid", None, False


def rounded(value, rounding):
    """§6, rounding modes."""
    units = value / rounding.quantum
    lower = units.numerator // units.denominator
    over = units - lower
    if over == 0:
        return value
    is_upper = {
        "ceiling": True,
        "floor": False,
        "up": value > 0,
        "down": value < 0,
        "half_up": over > HALF or (over == HALF and value > 0),
        "half_down": over > HALF or (over == HALF and value < 0),
        "half_even": over > HALF or (over == HALF and lower % 2 == 1),
        "half_ceiling": over >= HALF,
        "half_floor": over > HALF,
    }[rounding.mode]
    return (lower + is_upper) * rounding.quantum


def middle(values):
    """The median; of an even number the mean of the two in the middle."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def joined(how, values):
    """Mean, sum, median, max or min."""
    return {
        "mean": lambda: sum(values, ZERO) / len(values),
        "sum": lambda: sum(values, ZERO),
        "median": lambda: middle(values),
        "max": lambda: max(values),
        "min": lambda: min(values),
    }[how]()


def of_a_table(step, value):
    """§4: bands, lookup, piecewise."""
    if type(step).__name__ == "Lookup":
        rows = [points for key, points in step.table if key == value]
    elif type(step).__name__ == "Bands":
        rows = [band.points for band in step.bands if within(band, value)]
    else:
        points = step.points
        rows = [points[0][1]] if value <= points[0][0] else [points[-1][1]] if value >= points[-1][0] else []
        for (x0, y0), (x1, y1) in pairwise(points):
            if x0 < value <= x1:
                rows.append(y0 + (value - x0) / (x1 - x0) * (y1 - y0))
        return rows[0]
    if rows:
        return rows[0]
    if step.otherwise is None:
        raise ImpossibleError
    return step.otherwise


def within(band, value):
    """from ≥, above >, up_to ≤, below <."""
    low_ok = band.low is None or (value >= band.low if band.with_low else value > band.low)
    high_ok = band.high is None or (value <= band.high if band.with_high else value < band.high)
    return low_ok and high_ok


def divided(above, below):
    """A quotient, if there is one."""
    if below == 0:
        raise ImpossibleError
    return above / below


def arithmetic(name, value, x):
    """§6, steps with one other number."""
    return {
        "multiply": lambda: value * x,
        "divide": lambda: divided(value, x),
        "divide_into": lambda: divided(x, value),
        "add": lambda: value + x,
        "subtract": lambda: value - x,
        "subtract_from": lambda: x - value,
        "at_least": lambda: max(value, x),
        "at_most": lambda: min(value, x),
    }[name]()


def rate(form, value, target):
    """§4: percent of a target."""
    if form == "target_by_actual":
        return divided(target, value) * 100
    done = divided(value, target) * 100
    return done if form == "actual_by_target" else 200 - done


def deviation(step, value, target):
    """§4: points by steps of deviation."""
    parts = max(ZERO, abs(value - target) - step.tolerance) / step.per
    if step.partial == "floor":
        parts = Fraction(parts.numerator // parts.denominator)
    if step.partial == "ceiling":
        parts = -Fraction(-parts.numerator // parts.denominator)
    return step.start + parts * (step.over if value > target else step.under)


def in_field(step, values):
    """§6: steps that look at the field; contestant → value."""
    name, everybody = type(step).__name__, list(values.values())
    if not everybody:
        return {}
    if name == "Place":
        return {who: placed(step, value, everybody) for who, value in values.items()}
    if name == "RelativeToBest":
        best = max(everybody) if step.better == "high" else min(everybody)
        return {who: share(step, value, best) for who, value in values.items()}
    if step.form == "median":
        centre = middle(everybody)
        spread = Fraction(14826, 10000) * middle([abs(value - centre) for value in everybody])
        return {
            who: half_up(step, Fraction(value - centre) / spread) if spread else step.centre
            for who, value in values.items()
        }
    return deviation_scale(step, values)


def half_up(step, deviations):
    """So many deviations from the centre, on the scale, half away from zero."""
    unit = 10**step.places
    exact = (step.centre + step.spread * deviations) * unit
    size = (2 * abs(exact).numerator + exact.denominator) // (2 * exact.denominator)
    return Fraction(size if exact >= 0 else -size, unit)


def deviation_scale(step, values):
    """The 500 scale: the root is bounded until both bounds round alike; halves towards +∞."""
    everybody, unit = list(values.values()), 10**step.places
    mean = sum(everybody, ZERO) / len(everybody)
    variance = sum(((value - mean) ** 2 for value in everybody), ZERO) / len(everybody)
    found = {}
    for who, value in values.items():
        exact = step.spread * unit * (value - mean)
        if variance == 0 or exact == 0:
            found[who] = step.centre
            continue
        square = exact * exact / variance
        # The greatest k with k − ½ ≤ √square, or for values below the mean the least k with k − ½ ≥ … .
        twice = isqrt(4 * square.numerator // square.denominator)
        is_root = twice * twice * square.denominator == 4 * square.numerator
        size = (twice + 1) // 2
        if exact < 0 and is_root and twice % 2:
            size -= 1
        found[who] = step.centre + Fraction(size if exact > 0 else -size, unit)
    return found


def placed(step, value, everybody):
    """1 for the best; equal values share a place, its mean, or leave no gap."""
    better = [other for other in everybody if (other > value if step.better == "high" else other < value)]
    if step.ties == "dense":
        return Fraction(len(set(better)) + 1)
    if step.ties == "average":
        return len(better) + Fraction(everybody.count(value) + 1, 2)
    return Fraction(len(better) + 1)


def share(step, value, best):
    """The best gets all points, others in proportion."""
    above, below = (value, best) if step.better == "high" else (best, value)
    if below == 0 and above == 0:
        return step.points if step.better == "low" else ZERO
    return step.points * divided(above, below)


class Reference:
    """Every node's state and value for every contestant, each found when it is asked for."""

    def __init__(self, scheme, marks):
        self.scheme, self.books = scheme, marks.books
        self.outcome = cache(self._outcome)
        self.judged = cache(self._judged)
        self._stepped = cache(self._after_steps)

    # -- numbers behind rules (§7)

    def operand(self, operand, node, who):
        """A number, another node's value, or an item value."""
        if operand.number is not None:
            return operand.number
        if operand.node is not None:
            _, value, _ = self.outcome(operand.node, who)
        else:
            value = self.item(operand, node, who)
        if value is None:
            raise WaitsError
        return value

    def item(self, operand, node, who):
        """At the node, at the nodes above it, then below it if all agree."""
        given = self.books[who].items.get(operand.item, {})
        above = node.id
        while above is not None:
            if above in given:
                return given[above]
            above = self.scheme.parents.get(above)
        below = {given[part.id] for part in node.walk() if part.id in given}
        if len(below) > 1:
            raise ImpossibleError
        return below.pop() if below else operand.default

    def after(self, step, value, node, who):
        """§6: the value after a step that looks at one value."""
        name = type(step).__name__
        if name == "Round":
            return rounded(value, step.rounding)
        if name == "Absolute":
            return abs(value)
        if name == "Arithmetic":
            return arithmetic(step.name, value, self.operand(step.operand, node, who))
        if name == "Rate":
            return rate(step.form, value, self.operand(step.target, node, who))
        if name == "Deviation":
            return deviation(step, value, self.operand(step.target, node, who))
        return of_a_table(step, value)

    def is_out(self, node, who):
        """Whether a status keeps the contestant out of comparisons at the node."""
        statuses = self.books[who].statuses
        return "" in statuses or (node.stage != "" and node.stage in statuses)

    # -- judge by judge (§5)

    def _judged(self, name, who, count=None):
        """State, and judge → value, after so many of the steps that go judge by judge."""
        node = self.scheme.nodes[name]
        steps = [*node.per_judge, *(node.steps if node.shared_panel is not None else ())]
        count = len(steps) if count is None else count
        if count == 0:
            return ("complete", dict(self.books[who].marks.get(name, {}))) if node.entry else self.sums(node, who)
        state, values = self.judged(name, who, count - 1)
        step = steps[count - 1]
        if state != "complete":
            return state, {}
        try:
            if type(step).__name__ in FIELD_STEPS:
                return "complete", self.compared_judges(node, step, who, count)
            return "complete", {judge: self.after(step, value, node, who) for judge, value in values.items()}
        except WaitsError:
            return "incomplete", {}
        except ImpossibleError:
            return "invalid", {}

    def compared_judges(self, node, step, who, count):
        """Each judge's marks are compared among themselves."""
        if self.is_out(node, who):
            return {}
        found = {}
        for judge in self.judged(node.id, who, count - 1)[1]:
            field = {}
            for other in self.books:
                values = self.judged(node.id, other, count - 1)[1]
                if judge in values and not self.is_out(node, other):
                    field[other] = values[judge]
            found[judge] = in_field(step, field)[who]
        return found

    def by_judge(self, name, who):
        """Judge → value of a node, as others see it: without the marks of a stage in which there is a status."""
        has_status = self.scheme.nodes[name].level == "stage" and name in self.books[who].statuses
        return {} if has_status else self.judged(name, who)[1]

    def sums(self, node, who):
        """A judge's own marks beneath a group, put together."""
        parts = [self.by_judge(child.id, who) for child in node.children]
        found = {}
        for judge in {judge for part in parts for judge in part}:
            own = [("complete", part[judge], False) if judge in part else ("empty", None, False) for part in parts]
            _, value, _ = self.group(node, own)
            if value is None:
                return "incomplete", {}
            found[judge] = value
        return "complete", found

    def panel(self, panel, marks, node=None, who=None):
        """State and value of a panel."""
        if panel.groups:
            state, value = self.panel_groups(panel, marks, node, who)
        else:
            state, value = self.panel_marks(panel, list(marks.values()))
        for step in panel.steps if value is not None else ():
            value = self.after(step, value, node, who)
        return state, value

    def panel_groups(self, panel, marks, node, who):
        """Panels within the panel: all of them must have a value."""
        found = []
        for group in panel.groups:
            own = {judge: marks[judge] for judge in group.names if judge in marks}
            found.append(attempted(lambda group=group, own=own: self.panel(group, own, node, who))[:2])
        states = {state for state, _ in found}
        if states == {"empty"}:
            return "empty", None
        if states != {"complete"}:
            return next((state for state in ("held", "invalid") if state in states), "incomplete"), None
        total = sum((weight * value for weight, (_, value) in zip(panel.group_weights, found, strict=True)), ZERO)
        return "complete", total if panel.combine == "sum" else total / sum(panel.group_weights)

    def panel_marks(self, panel, marks):
        """Whether all is there that must be."""
        if not marks:
            return "empty", None
        if (panel.missing == "wait" and panel.judges and len(marks) < panel.judges) or len(marks) < panel.at_least:
            return "incomplete", None
        if panel.spread is not None and max(marks) - min(marks) > panel.spread:
            return "held", None
        if panel.missing == "mean_of_given" and panel.judges:
            marks = marks + [joined("mean", marks)] * (panel.judges - len(marks))
        kept = self.trimmed(panel, sorted(marks))
        return ("complete", joined(panel.combine, kept)) if kept else ("incomplete", None)

    def trimmed(self, panel, ordered):
        """The marks that are not dropped, or all of them where the rest is too far apart."""
        fitting = [rule for rule in panel.drops if rule.present <= len(ordered)]
        if not fitting:
            return ordered
        rule = max(fitting, key=lambda one: one.present)
        kept = ordered[rule.low : len(ordered) - rule.high]
        if panel.tolerance is None or not kept or not (rule.low or rule.high):
            return kept
        limits = sorted(panel.tolerance.limits)
        limit = [bound for start, bound in limits if start <= joined("mean", kept)] or [limits[0][1]]
        return ordered if kept[-1] - kept[0] > limit[-1] else kept

    # -- groups (§3, §8)

    def group(self, node, outcomes):
        """State, value and whether nothing was marked, of parts put together."""
        counted = [
            (child, coefficient, outcome)
            for child, coefficient, outcome in zip(node.children, node.coefficients, outcomes, strict=True)
            if child.counts
        ]
        own = [part for part in counted if not part[0].value_of] or counted
        is_marked = any(state != "empty" and not bare for _, _, (state, _, bare) in own)
        found = [self.part(node, *part) for part in counted]
        waiting = [state for state, _, _ in found if state not in {"skipped", "complete"}]
        if waiting:
            worst = next((state for state in ("held", "invalid") if state in waiting), "incomplete")
            return (worst if is_marked else "empty"), None, False
        kept = self.kept(node, [(value, coefficient) for state, value, coefficient in found if state == "complete"])
        if not kept and node.combine.method != "sum":
            return ("incomplete" if is_marked else "empty"), None, False
        return "complete", self.whole(node, kept), not is_marked

    def part(self, node, child, coefficient, outcome):
        """State, weighted value and coefficient of a part."""
        state, value, bare = outcome
        may_skip = child.missing == "nothing" or node.combine.method in {"first", "last"}
        if may_skip and (state == "empty" or bare):
            return "skipped", None, coefficient
        if state == "empty" and child.missing == "zero":
            return "complete", ZERO, coefficient
        if value is None:
            return state, None, coefficient
        weighted = value * coefficient
        return state, rounded(weighted, node.round_weighted.rounding) if node.round_weighted else weighted, coefficient

    def kept(self, node, parts):
        """The parts that are left after the ends and all but the best have fallen away."""
        combine = node.combine
        if combine.method in {"first", "last"}:
            return parts[:1] if combine.method == "first" else parts[-1:]
        ordered = sorted(parts, key=lambda part: part[0])
        ordered = ordered[combine.drop_low : max(0, len(ordered) - combine.drop_high)]
        if combine.best is None:
            return ordered
        return ordered[: combine.best] if node.better == "low" else ordered[max(0, len(ordered) - combine.best) :]

    def whole(self, node, kept):
        """One value of the parts."""
        values = [value for value, _ in kept]
        method = node.combine.method
        if method == "sum":
            return node.start + sum(values, ZERO)
        if method == "product":
            product = Fraction(1)
            for value in values:
                product *= value
            return product
        if method == "mean" and node.weights_by == "coefficient":
            return sum(values, ZERO) / (sum((coefficient for _, coefficient in kept), ZERO) or 1)
        return values[0] if method in {"first", "last"} else joined(method, values)

    # -- nodes (§2, §6, §9, §10)

    def begun(self, node, who):
        """State, value and bare of a node before its steps."""
        if node.value_of:
            return self.outcome(node.value_of, who)
        panel = node.panel or node.shared_panel
        if node.entry is None and panel is None:
            return self.group(node, [self.outcome(child.id, who) for child in node.children])
        state, values = self.judged(node.id, who)
        if state != "complete" or not values:
            return ("empty" if state == "complete" else state), None, False
        if panel is None:
            return "complete", next(iter(values.values())), False
        return attempted(lambda: (*self.panel(panel, values, node, who), False))

    def _after_steps(self, name, who, count):
        """State, value and bare after so many of the node's steps."""
        node = self.scheme.nodes[name]
        if count == 0:
            return self.begun(node, who)
        state, value, bare = self._stepped(name, who, count - 1)
        if value is None:
            return state, value, bare
        return attempted(lambda: self.step(node, who, count, value, bare))

    def step(self, node, who, count, value, bare):
        """The same after one step more."""
        step = node.steps[count - 1]
        if type(step).__name__ not in FIELD_STEPS:
            return "complete", self.after(step, value, node, who), bare
        if bare or self.is_out(node, who):
            return "empty", None, False
        return "complete", in_field(step, self.field(node, count - 1))[who], False

    def field(self, node, count):
        """All who take part in a comparison at a node."""
        found = {}
        for who in self.books:
            _, value, bare = self._stepped(node.id, who, count)
            if value is not None and not bare and not self.is_out(node, who):
                found[who] = value
        return found

    def _outcome(self, name, who):
        node = self.scheme.nodes[name]
        state, value, bare = self._stepped(name, who, len(node.steps) if node.shared_panel is None else 0)
        for aspect in self.scheme.nodes.values():
            veto = aspect.veto
            if veto is None or veto.node != name or veto.effect not in {"zero", "cap"}:
                continue
            _, mark, _ = self.outcome(aspect.id, who)
            if mark is not None and mark >= veto.at_least:
                if veto.effect == "zero":
                    state, value, bare = "complete", ZERO, False
                elif value is not None:
                    value = min(value, veto.cap)
        status = self.books[who].statuses.get(name) if node.level == "stage" else None
        if status is not None:
            is_zero = self.scheme.ranking.status_rules.get(status) == "zero"
            return ("complete", ZERO, False) if is_zero else ("empty", None, False)
        return state, value, bare
