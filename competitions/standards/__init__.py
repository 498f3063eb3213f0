"""Rule packs: the rules of a programme or a region as dated YAML with a citation for every value."""

from competitions.standards.finding import CompetitionKey, find_packs, scope
from competitions.standards.loader import PackError, load_pack, load_packs, read_pack
from competitions.standards.model import DIMENSIONS, Citation, Pack, Source

__all__ = [
    "DIMENSIONS",
    "Citation",
    "CompetitionKey",
    "Pack",
    "PackError",
    "Source",
    "find_packs",
    "load_pack",
    "load_packs",
    "read_pack",
    "scope",
]
