"""A benchmark's result: figures, each beside its peer or bound of the same run, as a table and as JSON."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured.
        value: how much.
        unit: of what.
        peer: what it is compared with, or empty.
        peer_value: the peer's figure of the same run, or the bound.
        ratio: how many times better than the peer; above 1 is better.
        wanted: the ratio that is asked for, or None.
    """

    what: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    wanted: float | None = None


def rate_against(what: str, rate: float, peer: str, peer_rate: float, wanted: float | None = None) -> Figure:
    """Make the figure of a rate, where more is better."""
    return Figure(what, rate, "份/秒", peer, peer_rate, rate / peer_rate, wanted)


def time_against(what: str, seconds: float, peer: str, bound: float, wanted: float | None = None) -> Figure:
    """Make the figure of a time, where less is better."""
    return Figure(what, seconds, "秒", peer, bound, bound / seconds, wanted)


def report(name: str, figures: Sequence[Figure]) -> bool:
    """Print the table, write the JSON, and tell whether every ratio that is asked for was reached."""
    for figure in figures:
        peer = f"{figure.peer} {figure.peer_value:,.1f}" if figure.peer_value is not None else figure.peer
        ratio = f"×{figure.ratio:,.1f}" if figure.ratio is not None else ""
        wanted = f"（要求 ×{figure.wanted:g}）" if figure.wanted is not None else ""
        print(f"{figure.value:>12,.1f} {figure.unit:<5} {figure.what}  |  {peer}  {ratio}{wanted}")
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    data = {"name": name, "machine": machine, "figures": [asdict(figure) for figure in figures]}
    (RESULTS / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return all(f.wanted is None or (f.ratio is not None and f.ratio >= f.wanted) for f in figures)
