"""Citations of what holds under every pack: the order of levels, appointed levels, the top of an occupation."""

from functools import lru_cache
from pathlib import Path

from competitions.standards.citations import citation, read_sources
from competitions.standards.model import Citation
from competitions.standards.nodes import parse

COMMON_ID = "common"


@lru_cache(maxsize=1)
def common_citations() -> dict[str, Citation]:
    """The citations of common.yaml by name."""
    path = Path(__file__).with_name("common.yaml")
    keys = parse(path.read_text(encoding="utf-8"), path.name).mapping(required=("sources", "citations"))
    sources = read_sources(keys["sources"])
    return {name: citation(node, sources) for name, node in keys["citations"].pairs().items()}
