"""Citations of what holds under every pack: the order of levels, appointed levels, the top of an occupation."""

from functools import lru_cache
from pathlib import Path

from competitions.standards.citations import citation, read_sources
from competitions.standards.model import Citation
from competitions.standards.nodes import Node, parse

COMMON_ID = "common"


@lru_cache(maxsize=1)
def common_citations() -> dict[str, Citation]:
    """The citations of common.yaml by name."""
    keys = _keys()
    sources = read_sources(keys["sources"])
    return {name: citation(node, sources) for name, node in keys["citations"].pairs().items()}


@lru_cache(maxsize=1)
def events_without_skill_level() -> frozenset[str]:
    """Names of events for professionals, of whom no skill level exists."""
    return frozenset(_keys()["without_skill_level"].texts())


def _keys() -> dict[str, Node]:
    path = Path(__file__).with_name("common.yaml")
    top = parse(path.read_text(encoding="utf-8"), path.name)
    return top.mapping(required=("sources", "without_skill_level", "citations"))
