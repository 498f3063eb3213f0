"""Commands about own rule files: how they stand, and a version or the draft as YAML."""

import json

import click
from flask.cli import with_appcontext

from competitions.cli import cli
from competitions.pack_editing.checking import document, faults, title_of
from competitions.pack_editing.keeping import version_of
from competitions.pack_editing.known import own_rows, version_in_force
from competitions.pack_editing.models import OwnPack
from core.command_line import in_a_sentence
from core.db import db
from core.errors import NotFoundError


@cli.command("own-packs")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@with_appcontext
def own_packs_command(as_json: bool) -> None:
    """列出自有规则：施行的版本、待核对的版本、草稿是否齐全。"""
    rows = own_rows(db.session())
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding.
        click.echo(json.dumps([_row(row) for row in rows], ensure_ascii=False, indent=2).encode())
        return
    for row in rows:
        forced = version_in_force(row)
        force = "没有施行" if forced is None else f"第 {forced.number} 版施行中"
        click.echo(f"{row.code}  {force}  共 {len(row.versions)} 版  {row.owner}  {title_of(row.draft)}")


def _row(row: OwnPack) -> dict[str, object]:
    forced = version_in_force(row)
    return {
        "id": row.code,
        "title": title_of(row.draft),
        "owner": row.owner,
        "in_force": None if forced is None else forced.number,
        "draft": {
            "revision": row.revision,
            "faults": [f"{one.where}：{one.what}" for one in faults(row.draft).values()],
        },
        "versions": [
            {
                "number": version.number,
                "digest": version.digest,
                "submitted_by": version.submitted_by,
                "submitted_at": version.submitted_at.isoformat(),
                "reason": version.reason,
                "verdict": None if version.verdict is None else version.verdict.value,
            }
            for version in row.versions
        ],
    }


@cli.command("own-pack")
@click.argument("code")
@click.option("--version", "number", type=int, default=None, help="第几版；不给则为施行中的版本。")
@click.option("--draft", is_flag=True, help="草稿。")
@with_appcontext
def own_pack_command(code: str, number: int | None, draft: bool) -> None:
    """以 YAML 输出一份自有规则；没有施行中的版本时退出码为 1。"""
    with in_a_sentence():
        click.echo(_text(code, number, draft=draft).encode(), nl=False)


def _text(code: str, number: int | None, *, draft: bool) -> str:
    row = next((row for row in own_rows(db.session()) if row.code == code), None)
    if row is None:
        raise NotFoundError("没有编号为“%(id)s”的规则包", id=code)
    if draft:
        return document(row.draft)
    version = version_in_force(row) if number is None else version_of(row, number)
    if version is None:
        raise NotFoundError("“%(id)s”没有施行中的版本", id=code)
    return version.document
