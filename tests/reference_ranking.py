"""The ranking of docs/formats/scheme.md §9 and §11 once more, over `reference_engine`: groups split link by link."""

from fractions import Fraction

from tests.reference_engine import Reference

LAST = (1,)


class ReferenceRanking:
    """Places and ties of all contestants.

    Attributes:
        ranks: contestant → place, None for those without.
        tied: contestant → who shares the place.
    """

    def __init__(self, scheme, marks):
        self.scheme, self.books = scheme, marks.books
        self.values = Reference(scheme, marks)
        self.ranks = dict.fromkeys(marks.books)
        self.tied = {who: set() for who in marks.books}
        standing = {who: self.standing(who) for who in marks.books}
        orders, ahead, dense = scheme.ranking.orders, 0, 0
        for is_last in (False, True):
            for index, order in enumerate(orders):
                members = [who for who, own in standing.items() if own == (index, is_last)]
                for group in self.groups(order, members):
                    dense += 1
                    for who in group:
                        self.ranks[who] = self.number(ahead, dense, len(group))
                        self.tied[who] = set(group) - {who}
                    ahead += len(group)

    def number(self, ahead, dense, size):
        """1 2 2 4, 1 2 2 3 or 1 2.5 2.5 4."""
        method = self.scheme.ranking.method
        if method == "dense":
            return Fraction(dense)
        return ahead + Fraction(size + 1, 2) if method == "average" else Fraction(ahead + 1)

    def value(self, who, node):
        """A node's value, None if there is none."""
        return self.values.outcome(node, who)[1]

    def standing(self, who):
        """By which order the contestant is placed, and whether behind all others; None if not at all."""
        orders, rules = self.scheme.ranking.orders, self.scheme.ranking.status_rules
        status = self.books[who].statuses.get("")
        if status is not None:
            return None if rules.get(status, "unranked") == "unranked" else (len(orders) - 1, True)
        for node in self.scheme.nodes.values():
            if node.veto is not None and node.veto.effect in {"unranked", "disqualified"}:
                mark = self.value(who, node.id)
                if mark is not None and mark >= node.veto.at_least:
                    return None
        index = self.order_of(who)
        missed = {node.gate.otherwise for node in self.scheme.nodes.values() if self.misses(who, node)}
        if index is None or "unranked" in missed:
            return None
        return index, "last" in missed

    def order_of(self, who):
        """The first order in which there is a value, unless an earlier one is still being marked."""
        orders = self.scheme.ranking.orders
        for index, order in enumerate(orders):
            state, _, bare = self.values.outcome(order.node, who)
            if state == "complete" and not bare:
                return index
            if state in {"incomplete", "held", "invalid"}:
                stages = [
                    n.id for n in self.scheme.nodes[order.node].walk() if n.level == "stage" and n.id != order.node
                ]
                is_open = any(self.values.outcome(stage, who)[0] == "empty" for stage in stages)
                if index + 1 == len(orders) or not is_open:
                    return None
        return None

    def misses(self, who, node):
        """Whether the contestant misses the node's gate."""
        _, value, bare = self.values.outcome(node.id, who)
        if node.gate is None or value is None or bare:
            return False
        low, high = node.gate.at_least, node.gate.at_most
        return (low is not None and value < low) or (high is not None and value > high)

    def groups(self, order, members):
        """The members in order of merit; those whom nothing separates stand together."""
        groups = [list(members)] if members else []
        better = "high" if order.better == "high" else "low"
        groups = split(groups, lambda who, _: signed(self.value(who, order.node), better))
        for link in order.ties:
            key = getattr(self, f"by_{link.kind}")(link, members)
            groups = split(groups, key)
        return groups

    def parts(self, link):
        """A single group stands for its parts."""
        if len(link.nodes) == 1 and self.scheme.nodes[link.nodes[0]].children:
            return [child.id for child in self.scheme.nodes[link.nodes[0]].children if child.counts]
        return list(link.nodes)

    def by_node(self, link, _members):
        """The better value, or the better sum of several."""
        return lambda who, _: signed(added([self.value(who, node) for node in link.nodes]), link.better)

    def by_time(self, link, _members):
        """The time given, or the sum of those of the parts named."""

        def key(who, _group):
            given = self.books[who].items.get("time", {})
            if link.nodes:
                return signed(added([given.get(node) for node in link.nodes]), link.better)
            times = {given["total"]} if "total" in given else set(given.values())
            return signed(times.pop() if len(times) == 1 else None, link.better)

        return key

    def by_sorted(self, link, _members):
        """The best part, then the second best, …"""
        parts = self.parts(link)
        return lambda who, _: tuple(sorted(signed(self.value(who, node), link.better) for node in parts))

    def by_places(self, link, members):
        """More first places among the members, then more second ones, …"""

        def key(who, _group):
            places = [self.place(who, node, members) for node in self.parts(link)]
            return tuple(-places.count(number) for number in range(1, len(members) + 1))

        return key

    def by_place(self, link, _members):
        """The better place in a node, among all."""
        return lambda who, _: (0, p) if (p := self.place(who, link.nodes[0], list(self.books))) else LAST

    def place(self, who, node, members):
        """The place of a contestant in a node; None without a value."""
        own = self.value(who, node)
        if own is None:
            return None
        others = [value for other in members if (value := self.value(other, node)) is not None]
        is_high = self.scheme.nodes[node].better == "high"
        return 1 + sum(1 for value in others if (value > own if is_high else value < own))

    def by_panel(self, link, _members):
        """The better value of the marks under another panel."""

        def key(who, _group):
            found = [self.values.panel(link.panel, self.values.by_judge(node, who))[1] for node in link.nodes]
            return signed(added(found), link.better)

        return key

    def by_judges(self, link, _members):
        """More judges on one's side, between exactly two."""

        def key(who, group):
            if len(group) != 2:
                return ()
            (other,) = [one for one in group if one != who]
            mine, theirs = (self.values.by_judge(link.nodes[0], one) for one in (who, other))
            both = [(mine[judge], theirs[judge]) for judge in mine if judge in theirs]
            higher, lower = sum(a > b for a, b in both), sum(a < b for a, b in both)
            return (lower - higher if link.better == "high" else higher - lower,)

        return key

    def by_majority(self, link, members):
        """The skating system, place by place."""
        marks = {who: list(self.values.by_judge(link.nodes[0], who).values()) for who in members}
        judges = max((len(own) for own in marks.values()), default=0)

        def key(who, _group):
            found = []
            for place in range(1, len(members) + 1):
                reached = [mark for mark in marks[who] if mark <= place]
                if found or 2 * len(reached) > judges:
                    found += [] if found else [place]
                    found += [-len(reached), sum(reached)]
            return (0, *found) if found else LAST

        return key


def split(groups, key):
    """Each group by a key, smaller first."""
    found = []
    for group in groups:
        keys = {who: key(who, group) for who in group} if len(group) > 1 else dict.fromkeys(group)
        for value in sorted(set(keys.values())) if len(group) > 1 else [None]:
            found.append([who for who in group if keys[who] == value])
    return found


def signed(value, better):
    """Smaller is better; without a value last."""
    if value is None:
        return LAST
    return 0, (-value if better == "high" else value)


def added(values):
    """The sum, if all are there."""
    return None if None in values else sum(values, Fraction(0))
