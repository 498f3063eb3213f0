"""Marking sentences for translation where they are only made or stored; the page that shows them translates them."""

from collections.abc import Iterable, Mapping


class Said(str):
    """A sentence in Chinese that remembers its words and values, so that a page can say it in another language."""

    words: str
    values: Mapping[str, object]


class Joined(str):
    """Several texts in one, in Chinese; a page may translate each and join them as its language does."""

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
