"""The strict loader of rule packs: a file with any doubt in it is refused with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast

from competitions.standards.citations import read_citation, read_effective, read_sources
from competitions.standards.model import CONFIDENCE, DIMENSIONS, Applies, Citation, Cited, Pack, PromotionLimits, Source
from competitions.standards.nodes import Node, PackError, parse
from competitions.standards.regions import region
from competitions.standards.rules import Words, read_honours, read_promotion, read_repeat
from competitions.standards.values import VALUES, read_minimum_field, read_papers, read_prizes, read_ratios, read_values

__all__ = ["PACKS", "PackError", "load_pack", "load_packs", "pack_files", "read_pack"]

PACKS = Path(__file__).parent / "packs"
EXAMPLES_SUFFIX = ".examples.yaml"

HEAD_KEYS = (
    "id",
    "title",
    "jurisdiction",
    "level",
    "confidence",
    "effective",
    "supersedes",
    "applies",
    "sources",
    "unknown",
)
"""What every pack must say of itself, in the order in which it is written."""
_LEVELS = {level: level for level in ("national", "province", "city", "county", "enterprise")}


def pack_files(folder: Path = PACKS) -> list[Path]:
    """The pack files of a folder by name, worked examples left out."""
    return [p for p in sorted(folder.glob("*.yaml")) if not p.name.endswith(EXAMPLES_SUFFIX)]


@lru_cache(maxsize=4)
def load_packs(folder: Path = PACKS) -> tuple[Pack, ...]:
    """All packs of a folder, by id.

    Raises:
        PackError: a bad file, an id used twice, or a `supersedes` that names no pack.
    """
    packs: dict[str, Pack] = {}
    for path in pack_files(folder):
        pack = load_pack(path)
        if pack.id in packs:
            raise PackError("%(file)s 第 1 行：编号「%(id)s」已用于另一规则包", file=path.name, id=pack.id)
        packs[pack.id] = pack
    for pack in packs.values():
        if pack.supersedes is not None and pack.supersedes not in packs:
            raise PackError(
                "%(file)s 第 1 行：所替代的规则包「%(old)s」不存在", file=f"{pack.id}.yaml", old=pack.supersedes
            )
    return tuple(packs[key] for key in sorted(packs))


def load_pack(path: Path) -> Pack:
    """One pack from its file; the file's name must be the pack's id.

    Raises:
        PackError: with file and line.
    """
    pack = read_pack(path.read_text(encoding="utf-8"), path.name)
    if path.stem != pack.id:
        raise PackError("%(file)s 第 1 行：文件名应为「%(id)s.yaml」", file=path.name, id=pack.id)
    return pack


def read_pack(text: str, file: str) -> Pack:
    """One pack from the text of a YAML document.

    Args:
        text: the document.
        file: its name, for messages.

    Raises:
        PackError: unknown or duplicate key, wrong date, missing citation, overlapping places and all else that
            docs/formats/pack.md refuses; with file and line.
    """
    top = parse(text, file)
    keys = top.mapping(required=HEAD_KEYS, optional=("outside", *DIMENSIONS))
    return _Reading(top, keys, read_sources(keys["sources"])).pack()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pack while it is read."""

    top: Node
    keys: Mapping[str, Node]
    sources: Mapping[str, Source]

    def pack(self) -> Pack:
        keys, sources = self.keys, self.sources
        unknown, outside = self._unstated()
        classes, classes_cite = self._classes()
        prizes = read_prizes(keys["prizes"], sources) if "prizes" in keys else None
        words = Words(sources, tuple(classes), () if prizes is None else tuple(s.name for s in prizes.steps))
        promotion, limits = read_promotion(keys["promotion"], words) if "promotion" in keys else ((), PromotionLimits())
        values = {name: read_values(name, keys[name], sources) for name in VALUES if name in keys}
        teachers = _value(values, "groups", "teachers_are_workers")
        papers = read_papers(keys["papers"], sources) if "papers" in keys else {}
        return Pack(
            id=keys["id"].text(),
            title=keys["title"].text(),
            jurisdiction=self._jurisdiction(),
            level=keys["level"].choice(_LEVELS),
            confidence=keys["confidence"].choice({mark: mark for mark in CONFIDENCE}),
            effective=read_effective(keys["effective"]),
            supersedes=None if keys["supersedes"].is_null else keys["supersedes"].text(),
            applies=_applies(keys["applies"]),
            sources=sources,
            unknown=unknown,
            outside=outside,
            classes=classes,
            classes_citation=classes_cite,
            minimum_field=read_minimum_field(keys["minimum_field"], sources) if "minimum_field" in keys else None,
            teachers=cast(bool | None, teachers),
            promotion=promotion,
            limits=limits,
            honours=read_honours(keys["honours"], words) if "honours" in keys else (),
            repeat=read_repeat(keys["repeat"], words) if "repeat" in keys else (),
            prizes=prizes,
            pass_mark=cast(Decimal | None, _value(values, "scoring", "pass_mark")),
            ratios=read_ratios(keys["ratios"], sources) if "ratios" in keys else (),
            papers=papers,
            values=values,
        )

    def _unstated(self) -> tuple[frozenset[str], frozenset[str]]:
        """Every dimension is stated, unknown or not the text's matter: silence is not an answer."""
        lists = {name: self.keys[name] for name in ("unknown", "outside") if name in self.keys}
        named = {
            name: frozenset(item.choice({d: d for d in DIMENSIONS}) for item in node.items())
            for name, node in lists.items()
        }
        for name in DIMENSIONS:
            times = sum(name in group for group in named.values()) + (name in self.keys)
            if times > 1:
                raise lists["unknown"].refusal("「%(name)s」既写了内容又列为 unknown 或 outside", name=name)
            if times == 0:
                raise self.top.refusal("「%(name)s」既没有内容也没有列为 unknown 或 outside", name=name)
        return named["unknown"], named.get("outside", frozenset())

    def _classes(self) -> tuple[dict[str, tuple[str, ...]], Citation | None]:
        if "classes" not in self.keys:
            return {}, None
        node = self.keys["classes"]
        entries = node.pairs()
        cite = read_citation(node, entries, self.sources)
        del entries["cite"]
        classes = {name: child.texts() if child.items() else () for name, child in entries.items()}
        words = [word for label, others in classes.items() for word in (label, *others)]
        if len(words) != len(set(words)):
            raise node.refusal("同一个类别名称用了两次")
        return classes, cite

    def _jurisdiction(self) -> str:
        node = self.keys["jurisdiction"]
        found = region(node.text())
        if found is None:
            raise node.refusal("不认识的行政区「%(name)s」", name=node.text())
        return found.code


def _applies(node: Node) -> Applies:
    keys = node.mapping(required=("by",), optional=("programmes", "containing"))
    by = keys["by"].choice({b: b for b in ("programme", "region", "home")})
    names = keys["programmes"].texts() if "programmes" in keys else ()
    parts = keys["containing"].texts() if "containing" in keys else ()
    if by == "programme" and not names and not parts:
        raise node.refusal("按赛事适用的规则包须写 programmes 或 containing")
    return Applies(programmes=names, containing=parts, by=by)


def _value(values: Mapping[str, Mapping[str, Cited]], dimension: str, name: str) -> object | None:
    cited = values.get(dimension, {}).get(name)
    return None if cited is None else cited.value
