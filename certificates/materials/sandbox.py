"""Files from outside are read in a child process with bounds on time and memory: a hostile one hurts nobody else."""

import json
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InvalidInputError

MOST_SECONDS = 60
_ROOT = Path(__file__).parents[2]


class UnreadableFileError(InvalidInputError):
    """A file could not be read within the bounds, or the child that read it says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What came out of a file: facts about it, and the content that is kept."""

    facts: Mapping[str, Any]
    content: bytes


def read_in_child(kind: str, name: str, data: bytes) -> Ready:
    """Read a file in a process of its own.

    Args:
        kind: ``picture`` or ``font``; see `certificates.pdf.intake`.
        name: how messages call the file.
        data: its content.

    Returns:
        Facts and content as the reader of this kind gives them.

    Raises:
        UnreadableFileError: what the reader found wrong, or that it took too long or too much memory.
    """
    command = [sys.executable, "-m", "certificates.pdf.intake", kind, name]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, cwd=_ROOT, check=False)  # noqa: S603  our own program; the name is only quoted
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError("“%(name)s”读了 %(n)s 秒还没有读完，没有收下", name=name, n=MOST_SECONDS) from error
    if done.returncode != 0 or len(done.stdout) < 4:
        raise UnreadableFileError("“%(name)s”已损坏，或太复杂而无法读取", name=name)
    (length,) = struct.unpack_from(">I", done.stdout)
    facts = json.loads(done.stdout[4 : 4 + length])
    refusal: str | None = facts.get("error")
    if refusal is not None:
        raise UnreadableFileError(refusal, **facts["params"])
    return Ready(facts, done.stdout[4 + length :])
