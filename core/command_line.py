"""What commands of all packages share: a refusal is a sentence, JSON is UTF-8 on any terminal, a program has a name."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import click

from core.auth import Actor, SubjectKind
from core.errors import DomainError

PROGRAM = Actor(SubjectKind.ACCOUNT, 0, "命令行", 0)
"""Who acts when a program on the server asks for something."""
JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say on stderr why something cannot be done, and end with status 1."""
    try:
        yield
    except (DomainError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error


def echo_json(value: object) -> None:
    """A document for another program; as bytes, since JSON is UTF-8 whatever the terminal's encoding."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1).encode())


def echo_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for another program."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    click.echo(target.getvalue().encode(), nl=False)
