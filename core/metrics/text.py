"""Figures as OpenMetrics text. Pure.

A page of so few figures needs no client library: those count within one process, and what several processes have
counted would have to be gathered again. These figures are read anew at every question.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PREFIX = "competition_"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Kind(StrEnum):
    """What a figure does: a gauge goes up and down, a counter never goes down."""

    GAUGE = "gauge"
    COUNTER = "counter"
    INFO = "info"


_SUFFIX = {Kind.GAUGE: "", Kind.COUNTER: "_total", Kind.INFO: "_info"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, with what tells it from others of its figure."""

    value: int | float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `name` is given without prefix and without the suffix of its kind."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    kind: Kind = Kind.GAUGE


def figure(name: str, text: str, value: float, kind: Kind = Kind.GAUGE) -> Figure:
    """A figure of one value."""
    return Figure(name, text, (Sample(value),), kind)


def by_label(name: str, text: str, label: str, values: Mapping[str, int]) -> Figure:
    """A figure with a value for each of the things that `label` names."""
    return Figure(name, text, tuple(Sample(value, {label: one}) for one, value in values.items()))


def openmetrics(figures: Iterable[Figure]) -> str:
    """The whole answer, ended as the format asks for, so that one that was cut off is not taken for whole."""
    return "".join(_lines(figure) for figure in figures) + "# EOF\n"


def _lines(one: Figure) -> str:
    name = PREFIX + one.name
    head = f"# HELP {name} {one.help.translate(_ESCAPES)}\n# TYPE {name} {one.kind.value}\n"
    return head + "".join(f"{name}{_SUFFIX[one.kind]}{_labels(s.labels)} {_number(s.value)}\n" for s in one.samples)


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else format(value, ".3f")
