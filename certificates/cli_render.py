"""Commands that make certificates from files, without a server and without a database."""

import contextlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click

from certificates.issue.batch import Outcome, book_with, file_name, make_certificates
from certificates.issue.recipients import read_recipients
from certificates.layout_editing.exchange import read_layout_file
from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout, builtin_layouts, load_layout
from certificates.pdf.assets import Assets
from certificates.pdf.background_pages import is_page, read_page
from certificates.pdf.press import Press
from certificates.pdf.print_file import PrintFile
from certificates.pdf.rendering import standard_values
from certificates.pdf.signing import Signer, read_signer
from certificates.pdf.token_signing import PkcsSigner
from certificates.signing_keys.token import signer_on_token
from core.errors import DomainError

_PASSWORD = "SIGNING_KEY_PASSWORD"  # noqa: S105 - the variable's name, not a password
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The same moment in every archive, so that the same input gives the same bytes."""


@click.command("render")
@click.argument("layout")
@click.argument("recipients", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="证书写到哪个目录。")
@click.option("--zip", "archive", type=click.Path(dir_okay=False, path_type=Path), help="另写一个 ZIP 包。")
@click.option("--merged", type=click.Path(dir_okay=False, path_type=Path), help="另写一个带出血和裁切线的印刷文件。")
@click.option("--preprinted", type=(float, float), metavar="右移 下移", help="套打预印纸：只印变量文字，按毫米校正。")
@click.option(
    "--sign",
    "key",
    metavar="文件|token:标签",
    help="签名私钥与证书（PEM 或 PKCS#12 文件），或签名介质里私钥的标签（介质由 TOKEN_MODULE 等环境变量说明）。",
)
@click.option(
    "--asset", "assets", multiple=True, metavar="名称=文件", help="版式所用的图片或作背景的一页 PDF，可多次给出。"
)
@click.option(
    "--font",
    "fonts",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="补字字体（TTF），可多次给出。",
)
@click.option("--demo-seals", is_flag=True, help="在盖章处画演示样章（仅供演示）。")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数。")
def render_command(  # noqa: PLR0913 - click hands every option over as an argument
    *,
    layout: str,
    recipients: Path,
    out: Path,
    archive: Path | None,
    merged: Path | None,
    preprinted: tuple[float, float] | None,
    key: str | None,
    assets: tuple[str, ...],
    fonts: tuple[Path, ...],
    demo_seals: bool,
    workers: int,
) -> None:
    """按版式 LAYOUT（自带名称，JSON 或 YAML 文件）为名单 RECIPIENTS（CSV 或 XLSX）的每一行生成一张证书。"""
    try:
        chosen = _layout(layout)
        if preprinted is not None:
            chosen = chosen.for_preprinted_paper(*preprinted)
        pictures = Assets(_pictures(assets), demo_seals=demo_seals)
        signer = None if key is None else _signer(key)
        wanted = read_recipients(recipients.read_bytes(), recipients.name, chosen)
        book = book_with(fonts)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    if workers > 1 and isinstance(signer, PkcsSigner):
        workers = 1
        click.echo("提示：签名介质一次只签一份，由一个进程生成", err=True)
    for column in wanted.unknown_columns:
        click.echo(f"提示：版式不用“{column}”这一列", err=True)
    out.mkdir(parents=True, exist_ok=True)
    refused = []
    press = Press(chosen, pictures, book)
    with _archive(archive) as package, _print_file(merged, chosen.name) as sheets:
        for outcome in make_certificates(chosen, wanted.recipients, pictures, signer, workers, fonts):
            if outcome.pdf is None:
                refused.append(outcome)
            else:
                _store(outcome, outcome.pdf, out, package)
                if sheets is not None:
                    sheets.add(press, standard_values(outcome.recipient.values))
    _report(len(wanted.recipients), refused, recipients)


def _signer(key: str) -> Signer:
    """What signs: a key in a file, or one that never leaves the token of this machine."""
    scheme, _, label = key.partition(":")
    if scheme == "token" and label:
        return signer_on_token(label)
    if not Path(key).is_file():
        raise click.ClickException(f"--sign 应写成存在的文件或 token:标签：{key}")
    return read_signer(Path(key).read_bytes(), _password())


def _password() -> bytes | None:
    """Take the key's password from the environment, where no list of processes shows it."""
    password = os.environ.get(_PASSWORD)
    return password.encode() if password else None


def _report(count: int, refused: list[Outcome], source: Path) -> None:
    click.echo(f"已生成 {count - len(refused)} 份证书")
    for outcome in refused:
        name = outcome.recipient.values.get("recipient.name", "")
        click.echo(f"{source.name} 第 {outcome.recipient.row} 行 {name}：{outcome.refusal}", err=True)
    if refused:
        raise SystemExit(1)


def _layout(name: str) -> Layout:
    path = Path(name)
    if path.is_file():
        return load_layout(read_layout_file(path.read_bytes()))
    if path.suffix:
        raise click.ClickException(f"没有这个版式文件：{name}；自带版式：{'、'.join(builtin_layouts())}")
    return builtin_layout(name)


def _pictures(options: tuple[str, ...]) -> dict[str, bytes]:
    pictures = {}
    for option in options:
        name, _, file = option.partition("=")
        if not file or not Path(file).is_file():
            raise click.ClickException(f"--asset 应写成 名称=文件，且文件存在：{option}")
        content = Path(file).read_bytes()
        pictures[name] = read_page(name, content).content if is_page(content) else content
    return pictures


@contextlib.contextmanager
def _archive(path: Path | None) -> Iterator[zipfile.ZipFile | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        yield package


@contextlib.contextmanager
def _print_file(path: Path | None, title: str) -> Iterator[PrintFile | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        sheets = PrintFile(file, title)
        yield sheets
        sheets.close()


def _store(outcome: Outcome, pdf: bytes, out: Path, package: zipfile.ZipFile | None) -> None:
    name = file_name(outcome.recipient)
    (out / name).write_bytes(pdf)
    if package is not None:
        package.writestr(zipfile.ZipInfo(name, _EARLIEST), pdf)
