"""Run all benchmarks, or those named: ``python -m benchmarks [NAME …]``; exit 1 if a wanted ratio was missed."""

import importlib
import sys
from pathlib import Path

from benchmarks.table import report

_NOT_BENCHMARKS = {"__init__", "__main__", "table", "throwaway"}


def main(names: list[str]) -> int:
    """Run and report."""
    known = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in _NOT_BENCHMARKS)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"没有这些基准：{'、'.join(unknown)}；可用：{'、'.join(known)}", file=sys.stderr)
        return 1
    passed = True
    for name in names or known:
        print(f"\n== {name}")
        passed &= report(name, importlib.import_module(f"benchmarks.{name}").run())
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
