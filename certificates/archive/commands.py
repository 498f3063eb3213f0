"""The commands `flask certificates archive export`, `verify` and `import`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from certificates.archive.checking import read_content
from certificates.archive.handing_out import ExportArchive, export_archive
from certificates.archive.importing import ImportArchive, import_archive
from certificates.archive.manifest import Manifest
from certificates.archive.zip_file import opened
from certificates.incoming.doing import CommandLine
from core.command_line import JSON, echo_json, in_a_sentence
from core.errors import ConflictError

archive = AppGroup("archive", help="一项竞赛的存档：导出、检查、导入为新的竞赛。")
PATH = click.Path(path_type=Path)
PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="口令所在的文件（第一行）；证件号码、电话和提交的材料用它加密或解密。不给则不含这些内容。",
)


def _passphrase(path: Path | None) -> str:
    return "" if path is None else (path.read_text("utf-8").splitlines() or [""])[0].strip()


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "title": manifest.title,
        "from": manifest.address,
        "competition": manifest.competition,
        "program": manifest.program,
        "made_at": manifest.made_at,
        "rows": sum(manifest.counts.values()),
        "files": len(manifest.files),
        "has_personal": manifest.lock is not None,
        "chain_length": manifest.chain_length,
        "chain_end": manifest.chain_end,
        "lost": list(manifest.lost),
    }


def _tell(manifest: Manifest) -> None:
    click.echo(f"{manifest.title}（来自 {manifest.address}，竞赛编号 {manifest.competition}，{manifest.made_at}）")
    rows, files = sum(manifest.counts.values()), len(manifest.files)
    personal = "含加密的个人信息" if manifest.lock else "不含证件号码、电话和提交的材料"
    click.echo(f"{len(manifest.counts)} 张表 {rows} 行，{files} 个文件，{personal}")
    click.echo(f"审计链 {manifest.chain_length} 条，末尾哈希 {manifest.chain_end}")
    for path in manifest.lost:
        click.echo(f"原服务器上已经没有这个文件：{path}", err=True)


@archive.command("export", help="把已归档的竞赛写成一个存档文件；不覆盖已有的文件。")
@click.argument("competition_id", type=int)
@click.argument("target", type=PATH, metavar="新文件")
@PASSPHRASE
@click.option("--without-certificates", is_flag=True, help="不放证书文件；它们可以由登记的内容和版面重新生成。")
def export_command(competition_id: int, target: Path, passphrase_file: Path | None, without_certificates: bool) -> None:
    """Write an archive; exit 1, leaving nothing, if that cannot be."""
    with in_a_sentence():
        if target.exists():
            raise ConflictError("%(path)s 已经存在；存档不覆盖已有的文件，请换一个名字", path=target)
        command = ExportArchive(competition_id, CommandLine(), _passphrase(passphrase_file), not without_certificates)
        try:
            with target.open("x+b") as file:
                target.chmod(0o600)
                manifest = export_archive(command, file)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    click.echo(f"已导出到 {target}")
    _tell(manifest)


@archive.command("verify", help="检查存档文件：内容与清单、审计链、各表之间、成绩的摘要；不导入。")
@click.argument("source", type=PATH, metavar="存档文件")
@PASSPHRASE
@JSON
def verify_command(source: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Check an archive without a database; exit 1 if it is not what was written."""
    with in_a_sentence(), opened(source) as found:
        read_content(found, _passphrase(passphrase_file))
        manifest = found.manifest
    if as_json:
        echo_json(_document(manifest))
        return
    _tell(manifest)
    click.echo("存档完好：每个文件与清单一致，审计链和成绩的摘要已重算")


@archive.command("import", help="把存档导入为一项新的竞赛；要么全部导入，要么什么也不动。")
@click.argument("source", type=PATH, metavar="存档文件")
@PASSPHRASE
def import_command(source: Path, passphrase_file: Path | None) -> None:
    """Take an archive in; exit 1, with nothing changed, if that cannot be."""
    with in_a_sentence():
        done = import_archive(ImportArchive(source, CommandLine(), _passphrase(passphrase_file)))
    click.echo(
        f"已导入为第 {done.competition_id} 号竞赛“{done.title}”，审计链 {done.lines} 条，成绩已重算并与公布的一致"
    )
    if done.certificates_here:
        click.echo(f"{done.certificates_here} 张证书本服务器已有，没有重复导入")
    if done.renumbered:
        click.echo(f"{done.renumbered} 张证书的编号在本服务器已属于别的证书，登记时在编号后加了核验码")
