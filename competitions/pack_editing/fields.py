"""Kinds of field of which the form of a rule file is made: each shows what the file says and reads what was filled in.

What a field does not know is carried over unchanged, so that a form never loses what was written in YAML. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from competitions.pack_editing.tree import Tree
from competitions.standards.regions import region_code, region_label
from core.messages import message

Posted = Mapping[str, str]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as a page shows it."""

    kind: str
    name: str
    """In the posted form."""
    label: str
    value: str = ""
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    children: Sequence["Shown"] = ()
    kept: Sequence[str] = ()
    """Keys that only YAML can change."""
    is_new: bool = False
    """A row that is not there yet."""
    brief: str = ""
    """A row in a few words."""


class Field(Protocol):
    """What all kinds can do. `holder` is the mapping in which the field's keys stand."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the holder that are this field's."""
        ...

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """The field with what `holder` says; `at` is the name of the holder in the form."""
        ...

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """The keys that the filled-in form gives the holder; what is left empty gives none."""
        ...


def joined_name(at: str, name: str) -> str:
    """The name of a field of a holder in the posted form."""
    return f"{at}.{name}" if at else name


def mapping(tree: Tree) -> Mapping[str, Tree]:
    """The data as a mapping; an empty one where it is something else."""
    return tree if isinstance(tree, Mapping) else {}


def rows_of(tree: Tree) -> Sequence[Tree]:
    """The data as a list; an empty one where it is something else."""
    return tree if isinstance(tree, list) else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One text, number, choice, region, list of words (kind `words`, one a line) or list of ticks."""

    name: str
    label: str
    kind: str = "text"
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    empty: Tree = ""
    """What stands in the file when nothing is filled in: an empty text leaves the key out."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return (self.name,)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`; a value that is more than a text is left to YAML."""
        value, name = holder.get(self.name), joined_name(at, self.name)
        if self._is_foreign(value):
            return Shown("kept", name, self.label, kept=(self.name,))
        text = "" if value is None or value == self.empty else value
        if isinstance(text, list):
            text = "\n".join(text)
        elif isinstance(text, Mapping):
            text = "\n".join(f"{key} {part}" for key, part in text.items())
        if self.kind == "region" and text:
            text = region_label(region_code(text) or text)
        return Shown(self.kind, name, self.label, text, self.help, self.choices)

    def _is_foreign(self, value: Tree) -> bool:
        if isinstance(value, Mapping):
            return self.kind != "pairs"
        return isinstance(value, list) and (
            self.kind not in ("words", "ticks") or not all(isinstance(item, str) for item in value)
        )

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        if self._is_foreign(holder.get(self.name)):
            return {self.name: holder[self.name]}
        if self.kind == "ticks":
            chosen = [key for key in self.choices if posted.get(f"{joined_name(at, self.name)}.{key}")]
            return {self.name: chosen} if chosen else {}
        text = posted.get(joined_name(at, self.name), "").strip()
        if not text:
            return {} if self.empty == "" else {self.name: self.empty}
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if self.kind == "words":
            return {self.name: lines[0] if lines == [UNKNOWN] else lines}
        if self.kind == "pairs":
            return {self.name: dict(_pair(line) for line in lines)}
        whole = " ".join(lines)
        return {self.name: _region(whole, holder.get(self.name)) if self.kind == "region" else whole}


def _region(text: str, before: Tree) -> Tree:
    """The region's code; what stands in the file stays as it is written there while it means the same region."""
    code = region_code(text)
    return before if isinstance(before, str) and code and code == region_code(before) else code or text


def _pair(line: str) -> tuple[str, str]:
    words = line.replace("：", " ").replace(":", " ").rstrip("%％").split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (line, "")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one key, or with an empty name in the holder itself; all empty leaves the key out.

    `must` names a key without which the rest is not worth keeping: a value, without which no citation stands.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    help: str = ""
    must: str = ""
    is_folded: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Its own key, or those of its fields."""
        return (self.name,) if self.name else tuple(key for one in self.fields for key in one.keys)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        inner, name = self._inner(holder), joined_name(at, self.name) if self.name else at
        known = {key for one in self.fields for key in one.keys}
        kept = tuple(key for key in inner if key not in known) if self.name else ()
        children = [one.show(inner, name) for one in self.fields]
        is_used = any(key in inner for key in known)
        kind = "folded" if self.is_folded else "group"
        return Shown(kind, name, self.label, "open" if is_used else "", self.help, children=children, kept=kept)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`."""
        inner, name = self._inner(holder), joined_name(at, self.name) if self.name else at
        found = self.read_inner(posted, name, inner)
        if self.must and self.must not in found:
            return {}
        return ({self.name: found} if found else {}) if self.name else found

    def read_inner(self, posted: Posted, at: str, inner: Mapping[str, Tree]) -> dict[str, Tree]:
        """The mapping itself: what is filled in and, where anything is, what the form does not know."""
        known = {key for one in self.fields for key in one.keys}
        found: dict[str, Tree] = {}
        for one in self.fields:
            found |= one.read(posted, at, inner)
        others = {key: value for key, value in inner.items() if key not in known} if self.name else {}
        return found | others

    def _inner(self, holder: Mapping[str, Tree]) -> Mapping[str, Tree]:
        return mapping(holder.get(self.name)) if self.name else holder


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of groups; behind the last one there is always an empty one to fill in."""

    name: str
    label: str
    item: Group
    noun: str
    brief: Callable[[Mapping[str, Tree]], str] | None = None
    """A row in a few words, where rows are long and shown folded."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return (self.name,)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name = joined_name(at, self.name)
        return Shown("rows", name, self.label, self.noun, children=self.show_all(rows_of(holder.get(self.name)), name))

    def show_all(self, rows: Sequence[Tree], at: str) -> list[Shown]:
        """Each row and an empty one."""
        shown = []
        for number, row in enumerate([*rows, {}]):
            one = self.item.show({self.item.name: mapping(row)}, f"{at}.{number}")
            is_new = number == len(rows)
            brief = self.brief(mapping(row)) if self.brief is not None and row else ""
            entry = Shown("row", f"{at}.{number}", self.noun, str(number + 1), "", {}, [one], one.kept, is_new, brief)
            shown.append(entry)
        return shown

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`; a row that is ticked to be dropped is left out."""
        rows = self.read_all(posted, joined_name(at, self.name), rows_of(holder.get(self.name)))
        return {self.name: rows} if rows else {}

    def read_all(self, posted: Posted, at: str, before: Sequence[Tree]) -> list[Tree]:
        """The rows that the form has."""
        found = []
        for number, row in enumerate([*before, {}]):
            if posted.get(f"{at}.{number}.drop"):
                continue
            inner = self.item.read({**posted}, f"{at}.{number}", {self.item.name: mapping(row)})
            found += [value for value in inner.values() if value]
        return found


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose keys people choose themselves (a source's short name, a title), shown as rows."""

    name: str
    label: str
    item: Group
    noun: str
    key_label: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return (self.name,)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name, entries = joined_name(at, self.name), mapping(holder.get(self.name))
        shown = []
        for number, (key, value) in enumerate([*entries.items(), ("", {})]):
            place = f"{name}.{number}"
            inner = self.item.show({self.item.name: mapping(value)}, place)
            title = Shown("text", f"{place}.key", self.key_label, key)
            row = Shown("row", place, self.noun, str(number + 1), "", {}, [title, inner], inner.kept, not key)
            shown.append(row)
        return Shown("rows", name, self.label, self.noun, children=shown)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`; a row without a key is left out."""
        name, found = joined_name(at, self.name), dict[str, Tree]()
        for number, value in enumerate([*mapping(holder.get(self.name)).values(), {}]):
            place = f"{name}.{number}"
            key = posted.get(f"{place}.key", "").strip()
            if key and not posted.get(f"{place}.drop"):
                inner = self.item.read(posted, place, {self.item.name: mapping(value)})
                found[key] = inner.get(self.item.name, {})
        return {self.name: found} if found else {}


CITE_SHOWN = {"quote": message("原文照录"), "summary": message("我们的摘要")}


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a value comes from: which source, which clause, and the words or our summary of them."""

    sources: Sequence[str]
    marks: Mapping[str, str]
    name: str = "cite"
    label: str = message("出处")

    @property
    def keys(self) -> tuple[str, ...]:
        """Its one key."""
        return (self.name,)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        """As `Field`."""
        name, cite = joined_name(at, self.name), mapping(holder.get(self.name))
        how = "summary" if "summary" in cite else "quote"
        source = _text(cite, "source") or (self.sources[0] if len(self.sources) == 1 else "")
        children = (
            Shown("choice", f"{name}.source", message("来源"), source, choices=_same(self.sources)),
            Shown(
                "text",
                f"{name}.clause",
                message("条款"),
                _text(cite, "clause"),
                message("如 第十五条；未见条款号可不填"),
            ),
            Shown("choice", f"{name}.how", message("文字"), how, choices=CITE_SHOWN),
            Shown("long", f"{name}.words", message("原文或摘要"), _text(cite, how)),
            Shown(
                "choice", f"{name}.confidence", message("本条核实程度"), _text(cite, "confidence"), choices=self.marks
            ),
        )
        return Shown("cite", name, self.label, children=children)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        """As `Field`; without any words there is no citation, and the strict reading asks for one."""
        name = joined_name(at, self.name)
        said = {key: posted.get(f"{name}.{key}", "").strip() for key in ("source", "clause", "words", "confidence")}
        if not said["words"] and not said["clause"]:
            return {}
        how = "summary" if posted.get(f"{name}.how") == "summary" else "quote"
        cite = {
            "source": said["source"],
            "clause": said["clause"],
            how: said["words"],
            "confidence": said["confidence"],
        }
        return {self.name: {key: value for key, value in cite.items() if value}}


def _text(holder: Mapping[str, Tree], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _same(words: Sequence[str]) -> Mapping[str, str]:
    return {word: word for word in words}


def shown_fields(shown: Shown) -> Sequence[Shown]:
    """Every field of a form in reading order, with those inside of others."""
    found: list[Any] = [shown]
    for child in shown.children:
        found += shown_fields(child)
    return found
