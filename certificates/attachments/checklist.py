"""Which papers a flag wants: those that its rule names, or another place's list as a sample, and an organiser's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certificates.papers.forms import HONOUR, HONOUR_SAMPLE, MEDAL, MEDAL_SAMPLE, source_words, stated_papers
from competitions.standards import Pack

_SAMPLES = {HONOUR: HONOUR_SAMPLE, MEDAL: MEDAL_SAMPLE}
_GENERATED = {HONOUR: "汇总表", MEDAL: "推荐审批表"}
"""The word by which the item is known that this system writes itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a list."""

    text: str
    source: str
    """Which text asks for it."""
    is_sample: bool = False
    """The rule that applies names no papers; this is another place's list."""
    own_id: int | None = None
    """The row of an organiser's own demand."""
    is_generated: bool = False
    """This system writes the form; what is handed in is the signed and sealed one."""


@dataclass(frozen=True, slots=True)
class Own:
    """A paper that an organiser wants beside the list."""

    id: int
    benefit: str
    text: str
    source: str


def items(
    benefit: str, name: str, pack: Pack | None, packs: Mapping[str, Pack], own: Sequence[Own]
) -> tuple[Item, ...]:
    """The list for one flag, in the order in which a set is put together.

    Args:
        benefit: promotion, honour or medal.
        name: the honour's name, or the level's digit.
        pack: the rules that the flag rests on; None where they are gone.
        packs: all packs by id, for samples.
        own: the organiser's own demands of the competition.
    """
    listed = _listed(benefit, name, pack, packs)
    known = {item.text for item in listed}
    added = [
        Item(one.text, one.source, own_id=one.id) for one in own if one.benefit == benefit and one.text not in known
    ]
    return (*listed, *added)


def _listed(benefit: str, name: str, pack: Pack | None, packs: Mapping[str, Pack]) -> tuple[Item, ...]:
    stated, is_sample = (stated_papers(pack, name) if pack is not None else None), False
    sample = packs.get(_SAMPLES.get(benefit, ""))
    if stated is None and sample is not None:
        stated, is_sample = stated_papers(sample, next(iter(sample.papers))), True
    if stated is None:
        return ()
    texts, citation = stated
    word = _GENERATED.get(benefit, "\0")
    return tuple(Item(text, source_words(citation), is_sample, is_generated=word in text) for text in texts)
