"""Fields of a rule file that one key alone does not hold: places, holders of a level, the time of a text. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from competitions.pack_editing.fields import UNKNOWN, Cite, Posted, Shown, joined_name, mapping
from competitions.pack_editing.tree import Tree
from competitions.standards.model import FORMS, LEVELS
from core.messages import joined, message, said

WAYS = {
    "ranks": message("名次"),
    "by_form": message("名次，单人、双人、三人、团队各不相同"),
    "share": message("前百分之几"),
    "prizes": message("所列奖项"),
    "prize_at_least": message("某奖及以上"),
    "everyone": message("全体有成绩者"),
    UNKNOWN: message("文本没有写明"),
}
"""How a text says which places it means."""
REACHES = {
    "ranks": message("名次"),
    "up_to_share": message("累计到参赛的多少"),
    "at_most_share": message("累计不超过参赛的多少"),
    UNKNOWN: message("文本没有写明"),
}
"""How a text says how far a prize reaches."""
TO_THE_END = "end"


def _range(tree: Tree) -> tuple[str, str]:
    return (str(tree[0]), str(tree[1])) if isinstance(tree, list) and len(tree) == 2 else ("", "")


def _ends(name: str, tree: Tree, label: str = message("名次")) -> Shown:
    first, last = _range(tree)
    children = (
        Shown("number", f"{name}.first", message("从第"), first),
        Shown("number", f"{name}.last", message("到第"), "" if last == TO_THE_END else last),
        Shown("tick", f"{name}.end", message("到最后一名"), "on" if last == TO_THE_END else ""),
    )
    return Shown("range", name, label, children=children)


def _read_range(posted: Posted, name: str) -> Tree | None:
    """An empty last place means: only the first one; an empty first place: from the first on."""
    first, last = posted.get(f"{name}.first", "").strip(), posted.get(f"{name}.last", "").strip()
    if posted.get(f"{name}.end"):
        last = TO_THE_END
    return [first or "1", last or first] if first or last else None


@dataclass(frozen=True, slots=True)
class Places:
    """Which places a rule speaks of, in one of several ways; a second reading (`perhaps`) is carried over."""

    label: str = message("哪些名次")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all ways."""
        return ("ranks", "share", "prizes", "prize_at_least", "everyone", "perhaps")

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name = joined_name(at, "places")
        ranks = holder.get("ranks")
        by_form = mapping(ranks)
        prizes = holder.get("prizes")
        children = (
            Shown("choice", f"{name}.way", message("按"), self._way(holder), choices=WAYS),
            _ends(f"{name}.ranks", ranks),
            *(_ends(f"{name}.{form}", by_form.get(form), FORMS[form]) for form in FORMS),
            Shown("text", f"{name}.share", message("比例"), str(holder.get("share", "")), message("如 30% 或 1/2")),
            Shown("words", f"{name}.prizes", message("奖项，一行一个"), _lines(prizes)),
            Shown("text", f"{name}.prize_at_least", message("该奖及以上"), str(holder.get("prize_at_least", ""))),
        )
        kept = ("perhaps",) if "perhaps" in holder else ()
        return Shown("places", name, self.label, self._way(holder), children=children, kept=kept)

    def _way(self, holder: Mapping[str, Tree]) -> str:
        way = next((key for key in self.keys[:-1] if key in holder), "ranks")
        if holder.get(way) == UNKNOWN:
            return UNKNOWN
        return "by_form" if isinstance(holder.get("ranks"), Mapping) else way

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        name = joined_name(at, "places")
        kept = {"perhaps": holder["perhaps"]} if "perhaps" in holder else {}
        return self._chosen(posted, name, posted.get(f"{name}.way", "")) | kept

    def _chosen(self, posted: Posted, name: str, way: str) -> dict[str, Tree]:
        if way == UNKNOWN:
            return {"ranks": UNKNOWN}
        if way == "everyone":
            return {"everyone": "true"}
        if way == "ranks":
            found = _read_range(posted, f"{name}.ranks")
            return {} if found is None else {"ranks": found}
        if way == "by_form":
            forms = {form: found for form in FORMS if (found := _read_range(posted, f"{name}.{form}"))}
            return {"ranks": forms} if forms else {}
        text = posted.get(f"{name}.{way}", "").strip()
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return {way: lines if way == "prizes" else lines[0]} if lines else {}


def brief_places(rule: Mapping[str, Tree]) -> str:
    """The places of a rule in a few words."""
    ranks = rule.get("ranks")
    if isinstance(ranks, Mapping):
        return joined(
            said("%(form)s%(r)s", form=FORMS[form], r=_brief_range(ranks[form])) for form in FORMS if form in ranks
        )
    if isinstance(ranks, list):
        return _brief_range(ranks)
    if "share" in rule:
        return said("前 %(share)s", share=rule["share"])
    if "everyone" in rule:
        return said("全体有成绩者")
    named = rule.get("prizes") or rule.get("prize_at_least")
    return joined(named) if isinstance(named, list) else str(named or said("名次范围未载明"))


def _brief_range(tree: Tree) -> str:
    first, last = _range(tree)
    if last == TO_THE_END:
        return said("第 %(first)s 名及以后", first=first)
    return (
        said("第 %(first)s 名", first=first)
        if first == last
        else said("第 %(first)s—%(last)s 名", first=first, last=last)
    )


def _lines(tree: Tree) -> str:
    return "\n".join(map(str, tree)) if isinstance(tree, list) else str(tree or "")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a prize reaches, in one of several ways."""

    label: str = message("名额")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all ways."""
        return ("ranks", "up_to_share", "at_most_share")

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name = joined_name(at, "reach")
        way = next((key for key in self.keys if key in holder), "ranks")
        way = UNKNOWN if holder.get(way) == UNKNOWN else way
        share = holder.get("up_to_share") or holder.get("at_most_share") or ""
        children = (
            Shown("choice", f"{name}.way", message("按"), way, choices=REACHES),
            _ends(f"{name}.ranks", holder.get("ranks")),
            Shown("text", f"{name}.share", message("比例"), str(share), message("如 30% 或 1/2")),
        )
        return Shown("places", name, self.label, way, children=children)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        name = joined_name(at, "reach")
        way = posted.get(f"{name}.way", "")
        if way == UNKNOWN:
            return {"ranks": UNKNOWN}
        if way == "ranks":
            found = _read_range(posted, f"{name}.ranks")
            return {} if found is None else {"ranks": found}
        share = posted.get(f"{name}.share", "").strip()
        return {way: share} if way in self.keys and share else {}


HOLDERS = {
    "": message("文本没有再升级的规定"),
    "raised": message("已具有该等级的再升级"),
    "refused": message("文本写明不再晋升"),
    UNKNOWN: message("这句话没有见到"),
}


@dataclass(frozen=True, slots=True)
class Holders:
    """What becomes of somebody who has the level already."""

    cite: Cite
    label: str = message("已具有该等级者")

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return ("if_has",)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name, found = joined_name(at, "if_has"), holder.get("if_has")
        entries = mapping(found)
        way = UNKNOWN if found == UNKNOWN else "refused" if "refused" in entries else "raised" if entries else ""
        levels = {level: level for level in LEVELS}
        children = [Shown("choice", f"{name}.way", message("怎么办"), way, choices=HOLDERS)]
        children += [
            Shown("choice", f"{name}.{level}", level, str(entries.get(level, "")), choices=levels)
            for level in list(LEVELS)[:-1]
        ]
        children.append(self.cite.show({"cite": entries.get("refused", {})}, name))
        return Shown("holders", name, self.label, way, children=children)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        name = joined_name(at, "if_has")
        way = posted.get(f"{name}.way", "")
        if way == UNKNOWN:
            return {"if_has": UNKNOWN}
        if way == "refused":
            return {"if_has": {"refused": self.cite.read(posted, name, {}).get("cite", {})}}
        chosen = {level: new for level in LEVELS if (new := posted.get(f"{name}.{level}", "").strip())}
        return {"if_has": chosen} if way == "raised" and chosen else {}


SPANS = {
    "year": message("只对某一年开幕的一届有效"),
    "days": message("从某日起有效"),
    "reported": message("何时生效不详，见于某日"),
    "edition": message("只对某一届有效，年份不详"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which a text holds."""

    name: str = "effective"
    label: str = message("有效期")
    may_be_left_out: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return (self.name,)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name, said = joined_name(at, self.name), mapping(holder.get(self.name))
        start = str(said.get("from") or "")
        way = next((key for key in ("year", "edition") if key in said), "reported" if start == UNKNOWN else "days")
        way = "" if self.may_be_left_out and not said else way
        choices = {"": message("与整份文件相同"), **SPANS} if self.may_be_left_out else SPANS
        children = (
            Shown("choice", f"{name}.way", message("有效方式"), way, choices=choices),
            Shown("number", f"{name}.year", message("年份"), str(said.get("year") or "")),
            Shown("day", f"{name}.from", message("生效日期"), "" if start == UNKNOWN else start),
            Shown("day", f"{name}.until", message("失效日期"), str(said.get("until") or ""), message("未见废止就不填")),
            Shown("day", f"{name}.reported", message("见于"), _known(said.get("reported"))),
            Shown("text", f"{name}.edition", message("届次"), str(said.get("edition") or ""), message("如 第六届")),
        )
        return Shown("span", name, self.label, way, children=children)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        name = joined_name(at, self.name)
        said = {
            key: posted.get(f"{name}.{key}", "").strip() for key in ("year", "edition", "from", "until", "reported")
        }
        way = posted.get(f"{name}.way", "")
        if way in ("year", "edition"):
            return {self.name: {way: said[way]} if said[way] else {}}
        until = said["until"] or None
        if way == "reported":
            return {self.name: {"from": UNKNOWN, "until": until, "reported": said["reported"] or UNKNOWN}}
        return {self.name: {"from": said["from"] or UNKNOWN, "until": until}} if way == "days" else {}


def _known(tree: Tree) -> str:
    return tree if isinstance(tree, str) and tree != UNKNOWN else ""
