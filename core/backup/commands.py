"""The commands `flask core backup`, `restore` and `backup-verify`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from core.backup.making import make_backup
from core.backup.manifest import Manifest
from core.cli import settings
from core.command_line import JSON, echo_json, in_a_sentence

WITHOUT_KEYS = (
    "备份里没有密钥。证件号、电话和提交的文件是加密的，没有 data_key 谁也打不开：请把它另外保存，不要与备份放在一起。"
)
WITH_KEYS = "备份里有 data_key：谁拿到这个文件，谁就能打开其中的证件号、电话和提交的文件。请像保管密钥一样保管它。"
PATH = click.Path(path_type=Path)


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "version": manifest.version,
        "migration": manifest.state.migration,
        "made_at": manifest.made_at,
        "database": manifest.database,
        "files": len(manifest.files),
        "size": manifest.size,
        "has_keys": manifest.has_keys,
        "chains": {str(c): {"length": n, "last_hash": h} for c, (n, h) in sorted(manifest.state.chains.items())},
    }


def _tell(manifest: Manifest) -> None:
    click.echo(f"程序 {manifest.version}，迁移 {manifest.state.migration}，制作于 {manifest.made_at}")
    click.echo(f"{manifest.database}，{len(manifest.files)} 个文件，{manifest.size} 字节，{_keys(manifest)}")
    for chain, (length, last) in sorted(manifest.state.chains.items()):
        click.echo(f"链 {chain}：{length} 条，末尾哈希 {last}")


def _keys(manifest: Manifest) -> str:
    return "含密钥" if manifest.has_keys else "不含密钥"


@click.command("backup", help="把数据库、照片和提交的文件写成一个备份；系统不用停。目标是文件夹或新文件名。")
@click.argument("target", type=PATH, metavar="文件夹或文件")
@click.option("--with-keys", is_flag=True, help="把 data_key 和赛场证书也放进去；拿到备份的人就能打开证件号。")
@JSON
@with_appcontext
def backup(target: Path, with_keys: bool, as_json: bool) -> None:
    """Write an archive of all that cannot be made again; exit 1 if that cannot be."""
    with in_a_sentence():
        made = make_backup(settings(), target.absolute(), with_keys=with_keys)
    if as_json:
        echo_json({"path": str(made.path), **_document(made.manifest)})
    else:
        click.echo(f"已备份到 {made.path}")
        _tell(made.manifest)
        click.echo(WITH_KEYS if with_keys else WITHOUT_KEYS)
    if made.left_out:
        click.echo(f"实例文件夹里这些不认识，没有备份：{'、'.join(made.left_out)}", err=True)


@click.command("backup-verify", help="检查一个备份是否完整、审计链是否连续，不恢复。")
@click.argument("archive", type=PATH, metavar="备份文件")
@JSON
@with_appcontext
def backup_verify(archive: Path, as_json: bool) -> None:
    """Check an archive without restoring it; exit 1 if it is damaged."""
    from core.backup.restoring import check_backup  # noqa: PLC0415  loads Alembic

    with in_a_sentence():
        manifest = check_backup(archive)
    if as_json:
        echo_json(_document(manifest))
        return
    _tell(manifest)
    if manifest.database == "sqlite":
        click.echo("备份完好：每个文件与清单一致，审计链已重算")
    else:
        click.echo("备份完好：每个文件与清单一致，转储可读；PostgreSQL 的审计链在恢复时重算")


@click.command("restore", help="由备份恢复到一个空的实例；要么全部恢复，要么什么也不动。")
@click.argument("archive", type=PATH, metavar="备份文件")
@click.option("--lost-data-key", is_flag=True, help="密钥已遗失也恢复：证件号、电话和提交的文件永远打不开。")
@with_appcontext
def restore_command(archive: Path, lost_data_key: bool) -> None:
    """Fill an empty installation from an archive; exit 1, with nothing changed, if that cannot be."""
    from core.backup.restoring import restore  # noqa: PLC0415  loads Alembic

    with in_a_sentence():
        manifest = restore(settings(), archive, lost_data_key=lost_data_key)
    _tell(manifest)
    click.echo("已恢复，数据库已是最新，审计链已重算并与备份一致")
