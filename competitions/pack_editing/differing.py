"""What differs between two versions of a rule file, in the words in which a file is shown. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from competitions.standards.model import DIMENSIONS, Pack
from competitions.standards.words import Line, sections, span
from core.messages import said


@dataclass(frozen=True, slots=True)
class Change:
    """What a dimension says no longer and what it says anew."""

    name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def changes(before: Pack | None, after: Pack) -> list[Change]:
    """Dimension by dimension what changed; for a first version all is new.

    Args:
        before: the version that is in force; None where none is.
        after: the version that is looked at.
    """
    old, new = ({} if before is None else _said(before)), _said(after)
    found = []
    for name in (said("有效期"), *DIMENSIONS.values(), said("未载明")):
        gone = Counter(old.get(name, ())) - Counter(new.get(name, ()))
        come = Counter(new.get(name, ())) - Counter(old.get(name, ()))
        if gone or come:
            found.append(Change(name, tuple(gone.elements()), tuple(come.elements())))
    return found


def _said(pack: Pack) -> dict[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {
        section.name: [_line(line) for line in section.lines] for section in sections(pack)
    }
    found[said("有效期")] = [span(pack.effective)]
    found[said("未载明")] = [DIMENSIONS[name] for name in DIMENSIONS if name in pack.unknown]
    return found


def _line(line: Line) -> str:
    text = said("%(label)s：%(text)s", label=line.label, text=line.text) if line.label and line.text else None
    return text or line.label or line.text
