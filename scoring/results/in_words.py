"""The sentences of a stored result with their words and values, so that any page can say them in its language. Pure.

A stored document is plain JSON, its sentences Chinese text. Beside them stands, once for each, how it was put together.
"""

from collections.abc import Mapping
from typing import Any

from core.messages import Joined, Said, kept, said_again
from scoring.engine.ranking import STATUS_LABELS
from scoring.engine.scheme import ROOT

KEY = "in_words"
"""Under which a document keeps them."""

_SPOKEN = frozenset({"text", "note", "why", "judge", "reason", "status_label", "decided_by", "warnings"})
"""Keys of sentences; what stands under any other is a name or a figure."""

_STATUS_RULE = "status"
"""The entry of a rule that lays a status over a stage: it names the status as programs do."""


def in_words(document: Any) -> dict[str, Any]:
    """Every sentence in a document that is not stored yet: its Chinese text → its words and values as JSON."""
    found: dict[str, Any] = {}
    _gather(document, found)
    return found


def _gather(part: Any, found: dict[str, Any]) -> None:
    if isinstance(part, Said | Joined):
        found.setdefault(str(part), kept(part))
    elif isinstance(part, Mapping):
        for value in part.values():
            _gather(value, found)
    elif isinstance(part, list):
        for value in part:
            _gather(value, found)


def spoken(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored document with its sentences as messages again; one from before they were kept has them in Chinese."""
    words = {text: said_again(record) for text, record in document.get(KEY, {}).items()}
    return {key: _spoken(key, value, words) for key, value in document.items() if key != KEY}


def is_spoken(document: Mapping[str, Any]) -> bool:
    """Whether a stored document has kept the words of its sentences."""
    return KEY in document


def _spoken(key: str, part: Any, words: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return _sentence(part, words) if key in _SPOKEN else part
    if isinstance(part, Mapping):
        return {name: _spoken(name, value, words) for name, value in part.items()} | _own_words(part, words)
    if isinstance(part, list):
        return [_spoken(key, value, words) for value in part]
    return part


def _own_words(part: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """What only this part of a document has in words: the name of the whole, and of a status."""
    if part.get("id") == ROOT:
        return {"label": words.get(part["label"], part["label"])}
    return {"status": STATUS_LABELS[part["status"]]} if part.get("rule") == _STATUS_RULE else {}


def _sentence(text: str, words: Mapping[str, str]) -> str:
    return words[text] if text in words else STATUS_LABELS.get(text, text)
