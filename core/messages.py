"""Marking sentences for translation where they are only made or stored; the page that shows them translates them."""

from collections.abc import Iterable, Mapping
from typing import Any


class Said(str):
    """A sentence in Chinese that remembers its words and values, so that a page can say it in another language."""

    __slots__ = ("values", "words")
    words: str
    values: Mapping[str, object]


class Joined(str):
    """Several texts in one, in Chinese; a page may translate each and join them as its language does."""

    __slots__ = ("parts", "separator")
    parts: tuple[str, ...]
    separator: str


def message(text: str) -> str:
    """The text itself. Whoever gathers messages finds it by this call."""
    return text


def said(words: str, **values: object) -> Said:
    """A sentence for a later reader.

    Args:
        words: the Chinese sentence, with ``%(name)s`` for values. Who gathers messages finds it by this call.
        values: text, numbers, or other sentences of this kind.
    """
    sentence = Said(words % values if values else words)
    sentence.words, sentence.values = words, values
    return sentence


def joined(parts: Iterable[str], separator: str = message("、")) -> Joined:
    """Names or sentences as one text; the separator is a message too."""
    kept = tuple(parts)
    text = Joined(separator.join(kept))
    text.parts, text.separator = kept, separator
    return text


def kept(text: str) -> Any:
    """A text as JSON keeps it, with its words and values; `said_again` gives it back.

    Args:
        text: a sentence of this module, or plain text, which is kept as it is. Values other than numbers and texts
            are kept as text.
    """
    if isinstance(text, Said):
        return {"words": text.words, "values": {name: _kept_value(value) for name, value in text.values.items()}}
    if isinstance(text, Joined):
        return {"parts": [kept(part) for part in text.parts], "separator": text.separator}
    return text


def _kept_value(value: object) -> Any:
    return value if isinstance(value, int) else kept(value if isinstance(value, str) else str(value))


def said_again(record: Any) -> str:
    """The text that `kept` made JSON of; plain text is given back as it is."""
    if not isinstance(record, Mapping):
        return str(record)
    if "parts" in record:
        return joined(map(said_again, record["parts"]), record["separator"])
    words, values = record["words"], record["values"]
    return said(words, **{name: one if isinstance(one, int) else said_again(one) for name, one in values.items()})
