"""Commands about rule packs: list them, show them as a table; and those that an organiser keeps."""

import json
from datetime import datetime

import click

from competitions.cli import cli
from competitions.pack_editing.commands import own_pack_command, own_packs_command
from competitions.standards import Pack, load_packs
from competitions.standards.finding import in_force
from competitions.standards.model import CONFIDENCE
from competitions.standards.regions import region
from competitions.standards.table import dimension_table
from core.command_line import in_a_sentence

cli.add_command(own_packs_command)
cli.add_command(own_pack_command)

_HOLDS = {True: "有效", False: "当日无效", None: "当日是否有效不详"}


@cli.command("packs", with_appcontext=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="只列在这一天有效的规则包。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@click.option("--table", "as_table", is_flag=True, help="规则包与各维度的对照表（Markdown）。")
def packs(on: datetime | None, as_json: bool, as_table: bool) -> None:
    """列出规则包：地区、有效期、核实程度。"""
    with in_a_sentence():
        found = load_packs()
    if as_table:
        click.echo(dimension_table(found), nl=False)
        return
    if on is not None:
        found = tuple(p for p in found if in_force(p.effective, on.date(), None) is not False)
    rows = [_row(pack, on) for pack in found]
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding.
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2).encode())
        return
    for row in rows:
        span = f"{row['from'] or '不详'} — {row['until'] or '未见废止'}"
        click.echo(f"{row['id']}  {row['jurisdiction']}  {span}  {row['verification']} {row['verification_text']}")
        click.echo(f"    {row['title']}")


def _row(pack: Pack, on: datetime | None) -> dict[str, object]:
    place = region(pack.jurisdiction)
    start, end = pack.effective.start, pack.effective.end
    return {
        "id": pack.id,
        "title": pack.title,
        "jurisdiction": pack.jurisdiction if place is None else place.name,
        "jurisdiction_code": pack.jurisdiction,
        "level": pack.level,
        "from": None if start is None else start.isoformat(),
        "until": None if end is None else end.isoformat(),
        "in_force": None if on is None else _HOLDS[in_force(pack.effective, on.date(), None)],
        "supersedes": pack.supersedes,
        "verification": pack.confidence,
        "verification_text": CONFIDENCE[pack.confidence],
        "unknown": sorted(pack.unknown),
    }
