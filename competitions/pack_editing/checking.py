"""What is still wrong with the draft of a rule file, in the place of the form where it can be mended. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from competitions.pack_editing.fields import mapping, rows_of
from competitions.pack_editing.outline import HEAD, OUTSIDE, PARTS, SOURCES
from competitions.pack_editing.tree import Tree, place_of, write_tree
from competitions.standards.loader import HEAD_KEYS, PackError, read_pack
from competitions.standards.model import DIMENSIONS, Pack
from core.messages import said

NAME = "draft"
_SINGLE_LINE = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that the strict reading refuses in one part."""

    part: str
    what: str
    """A sentence, without file and line."""
    entry: int | None = None
    """Which entry of a list, from 1."""

    @property
    def where(self) -> str:
        """The part's name, with the entry where there are several."""
        if self.entry is None:
            return said(PARTS[self.part])
        return said("%(part)s 第 %(n)s 条", part=said(PARTS[self.part]), n=self.entry)


def faults(draft: Mapping[str, Tree]) -> dict[str, Fault]:
    """Parts that are not in order yet, each with the first thing that is wrong.

    A dimension is read with the head and with the classes and prizes that it may refer to, all others being unsaid.
    """
    found = {}
    bare = _without(draft, DIMENSIONS)
    wrong = _fault(bare)
    if wrong is not None:
        found[wrong.part if wrong.part in (HEAD, SOURCES) else HEAD] = wrong
        return found
    usable = {name for name in ("classes", "prizes") if name in draft and _fault(_only(draft, {name})) is None}
    for name in DIMENSIONS:
        if name in draft and (wrong := _fault(_only(draft, {name} | usable))) is not None:
            found[name] = Fault(name, wrong.what, wrong.entry)
        elif name not in draft and name not in (*rows_of(draft.get("unknown")), *rows_of(draft.get(OUTSIDE))):
            found[name] = Fault(name, said("请选择文本是否写明"))
    return found


def _without(draft: Mapping[str, Tree], names: Mapping[str, str]) -> dict[str, Tree]:
    bare = {key: value for key, value in draft.items() if key not in names}
    return bare | {"unknown": list(names), OUTSIDE: []}


def _only(draft: Mapping[str, Tree], names: set[str]) -> dict[str, Tree]:
    kept = {key: value for key, value in draft.items() if key not in DIMENSIONS or key in names}
    return kept | {"unknown": [name for name in DIMENSIONS if name not in names], OUTSIDE: []}


def _fault(draft: Mapping[str, Tree]) -> Fault | None:
    text = write_tree(draft)
    try:
        read_pack(text, NAME)
    except PackError as error:
        return _placed(error, text)
    return None


def _placed(error: PackError, text: str) -> Fault:
    path = place_of(text, int(str(error.params.get("line", _SINGLE_LINE))))
    part = path[0] if path and path[0] in PARTS else HEAD
    entries = [int(step) for step in path[1:] if step.isdigit()]
    what = str(error) if "what" not in error.params else error.params["what"]
    return Fault(part, what, entries[0] if entries else None)  # type: ignore[arg-type]  # a sentence


def complete(draft: Mapping[str, Tree], code: str) -> dict[str, Tree]:
    """The draft with every key that a file must have, so that only what a person must say is missing.

    Args:
        draft: as it was saved or read in.
        code: the `id` under which the file is kept, whatever stood there.
    """
    base: dict[str, Tree] = {
        "id": code,
        "title": "",
        "jurisdiction": "",
        "level": "",
        "confidence": "R",
        "effective": {},
        "supersedes": None,
        "applies": {},
        "sources": {},
        "unknown": [name for name in DIMENSIONS if name not in draft and name not in rows_of(draft.get(OUTSIDE))],
        OUTSIDE: [],
    }
    return {**base, **draft, "id": code}


def document(draft: Mapping[str, Tree]) -> str:
    """The draft as the YAML that a version keeps; empty texts are left out, as they say nothing."""
    ordered = {key: draft[key] for key in (*HEAD_KEYS, OUTSIDE, *DIMENSIONS) if key in draft}
    others = {key: value for key, value in draft.items() if key not in ordered}
    kept = {key: value for key, value in (ordered | others).items() if value != ""}
    return write_tree({key: value for key, value in kept.items() if key != OUTSIDE or value})


def verified_marks(pack: Pack) -> set[str]:
    """Whether the file claims anywhere to be the authority's own text: the marks that claim it."""
    marks = {pack.confidence, *(source.confidence for source in pack.sources.values())}
    return marks & {"A", "S"}


def title_of(draft: Mapping[str, Tree]) -> str:
    """What a draft is called, as far as it is."""
    title = draft.get("title")
    return title if isinstance(title, str) else ""


def sources_of(draft: Mapping[str, Tree]) -> tuple[str, ...]:
    """Short names of a draft's sources."""
    return tuple(mapping(draft.get("sources")))
