"""What follows from the places, written once more: cut lines, award places, medals by closeness, delegations (§11)."""

from fractions import Fraction

OUT = {"absent", "withdrawn", "disqualified", "vetoed", "held", "invalid"}


def better_first(value, better):
    """A number that is smaller for the better value."""
    return -value if better == "high" else value


class ReferenceFollowing:
    """What follows from a `ReferenceRanking`, with the status of each contestant given."""

    def __init__(self, ranking, statuses):
        self.ranking, self.scheme, self.books, self.statuses = ranking, ranking.scheme, ranking.books, statuses

    def cut(self, cut):
        """Who goes on, in order of merit, and who is undecided."""
        orders = [order for order in self.scheme.ranking.orders if order.node == cut.node]
        members = []
        for who in self.books:
            state, _, bare = self.ranking.values.outcome(cut.node, who)
            is_out = self.ranking.ranks[who] is None and self.statuses[who] not in {"incomplete", "held", "invalid"}
            if state == "complete" and not bare and not is_out:
                members.append(who)
        if orders:
            groups = self.ranking.groups(orders[0], members)
        else:
            values = {who: self.ranking.value(who, cut.node) for who in members}
            keys = {who: better_first(value, self.scheme.nodes[cut.node].better) for who, value in values.items()}
            groups = [[who for who in members if keys[who] == key] for key in sorted(set(keys.values()))]
        going_on = []
        for group in groups:
            if len(going_on) >= cut.places:
                return going_on, []
            if len(going_on) + len(group) > cut.places and cut.ties != "all":
                return going_on, group if cut.ties == "decide" else []
            going_on = going_on + group
        return going_on, []

    def award_ranks(self):
        """Places among those who compete for awards."""
        ranks = self.ranking.ranks
        eligible = [who for who in self.books if ranks[who] is not None and self.books[who].award]
        if self.scheme.demonstration:
            eligible = []
        found = dict.fromkeys(self.books)
        for who in eligible:
            ahead = [other for other in eligible if ranks[other] < ranks[who]]
            level = [other for other in eligible if ranks[other] == ranks[who]]
            if self.scheme.ranking.award_places == "keep":
                found[who] = ranks[who]
            else:
                found[who] = self.ranking.number(len(ahead), len({ranks[other] for other in ahead}) + 1, len(level))
        return found

    def medals(self):
        """Medals and medallions of those who compete for awards."""
        rule = self.scheme.ranking.medals
        if rule is None:
            return {}
        eligible = [who for who, number in self.award_ranks().items() if number is not None]
        scores = {who: self.ranking.value(who, rule.node) for who in eligible}
        return medals_by_closeness({who: score for who, score in scores.items() if score is not None}, rule)

    def standing(self, rule):
        """Delegation → (place, value); the place is None for those not placed."""
        teams = sorted({book.delegation for book in self.books.values() if book.delegation})
        counted = {team: self.counted(rule, team) for team in teams}
        values = {team: self.worth_of_team(rule, counted[team]) for team in teams}
        placed = [
            team
            for team in teams
            if len({who for who, _ in counted[team]}) >= rule.at_least and not (rule.exclude_zero and values[team] == 0)
        ]
        keys = {
            team: (better_first(values[team], rule.better), *(self.tie(rule, tie, team, counted) for tie in rule.ties))
            for team in placed
        }
        return {
            team: (1 + sum(keys[other] < keys[team] for other in placed) if team in placed else None, values[team])
            for team in teams
        }

    def counted(self, rule, team):
        """(contestant, value) of all who count."""
        members = [who for who, book in self.books.items() if book.delegation == team]
        found = []
        for node in rule.per or (rule.node,):
            worths = {who: self.worth(rule, who, node) for who in members}
            own = sorted(
                (who for who in members if worths[who] is not None),
                key=lambda who: (better_first(worths[who], rule.better), *self.time(who)),
            )
            found += [(who, worths[who]) for who in own[: rule.best or len(own)]]
        return found

    def worth(self, rule, who, node):
        """What a member brings in."""
        if rule.method == "place_points":
            place = self.ranking.ranks[who]
            if place is None:
                return None
            return {Fraction(key): value for key, value in rule.points}.get(place, rule.otherwise)
        _, value, bare = self.ranking.values.outcome(node, who)
        return None if bare or self.statuses[who] in OUT else value

    def worth_of_team(self, rule, parts):
        """The sum or mean, rounded half up to whole numbers where the rule rounds."""
        total = sum((value for _, value in parts), Fraction(0))
        if rule.method == "mean" and parts:
            total = total / len(parts)
        if rule.rounding is None:
            return total
        sign = -1 if total < 0 else 1
        return Fraction(sign * ((2 * abs(total) + 1) // 2))

    def time(self, who):
        """(0, time), or (1, 0) where there is none."""
        times = set(self.books[who].items.get("time", {}).values())
        return (0, times.pop()) if len(times) == 1 else (1, 0)

    def tie(self, rule, tie, team, counted):
        """The key of a tie rule; smaller is better."""
        if tie == "places":
            every = sorted({rank for rank in self.ranking.ranks.values() if rank is not None})
            own = [self.ranking.ranks[who] for who, book in self.books.items() if book.delegation == team]
            return tuple(-own.count(place) for place in every)
        if tie == "best":
            most = max(len(parts) for parts in counted.values())
            own = sorted((0, better_first(value, rule.better)) for _, value in counted[team])
            return tuple(own + [(1, 0)] * (most - len(own)))
        times = [self.time(who) for who in {who for who, _ in counted[team]}]
        if not times or any(is_missing for is_missing, _ in times):
            return (1, 0)
        return (0, sum(time for _, time in times))


def medals_by_closeness(scores, rule):
    """The ex-aequo rule: a group reaches from its best score down to the closeness below it.

    One gold and one silver, or two golds, are followed by bronze; more golds, or more silvers, by bronze only for
    those who are near the last of them.
    """
    left, found = dict(scores), {}

    def give(name):
        best = max(left.values(), default=None)
        members = [who for who in left if best - left[who] <= rule.closeness]
        for who in members:
            found[who] = name
            del left[who]
        return members

    golds = give("gold")
    silvers = give("silver") if len(golds) == 1 else []
    last = min([scores[who] for who in silvers or golds], default=None)
    is_free = len(golds) == 2 or len(silvers) == 1
    if is_free or (left and last - max(left.values()) <= rule.closeness):
        give("bronze")
    if rule.medallion is not None:
        found |= {who: "medallion" for who, score in left.items() if score >= rule.medallion}
    return found
