"""The command that writes a worker's record, found by the number of a document."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from certificates.record.entries import Record
from certificates.record.looking import record_by_document
from certificates.record.workbook import workbook
from core.command_line import in_a_sentence


@click.command("record")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="写成 XLSX 文件；不写则输出 JSON。")
@with_appcontext
def record_command(xlsx: Path | None) -> None:
    """Write the record of the worker whose document number stands on standard input; the look is recorded.

    The number is read from standard input, so that it stands in no list of processes and in no history of a shell.
    """
    number = sys.stdin.readline()
    with in_a_sentence():
        found = record_by_document(number)
    if xlsx is not None:
        xlsx.write_bytes(workbook(found))
        click.echo(f"已写入 {xlsx}")
        return
    click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=1, default=str))


def as_json(found: Record) -> dict[str, object]:
    """A record as plain values; days and moments become text."""
    return asdict(found) | {"levels": [asdict(level) for level in found.levels]}
