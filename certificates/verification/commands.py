"""The command that says whether a certificate's file is genuine."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from certificates.verification.inspecting import Inspection, RegisterAnswer, inspect_file
from core.db import db
from core.errors import DomainError

_REGISTER = {
    RegisterAnswer.VALID: "有效",
    RegisterAnswer.REVOKED: "已撤销",
    RegisterAnswer.REPLACED: "已被新证书替换",
    RegisterAnswer.ALTERED: "核验码有登记，但这个文件不是颁发的那一个，可能被改动过",
    RegisterAnswer.UNKNOWN: "没有登记",
    RegisterAnswer.UNREACHABLE: "登记库不可用，无法查询",
}


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="受信的根证书（PEM）。")
@click.option("--json", "as_json", is_flag=True, help="供程序读取的 JSON。")
@with_appcontext
def verify_command(file: Path, trust: Path | None, as_json: bool) -> None:
    """核验证书文件 FILE：签名与文件是否完好，登记库怎么说。有任何疑点时退出码为 1。"""
    try:
        inspection = inspect_file(db.session(), file.read_bytes(), trust.read_bytes() if trust else b"")
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(inspection) | {"is_good": inspection.is_good}, ensure_ascii=False))
    else:
        for line in _lines(inspection):
            click.echo(line)
    if not inspection.is_good:
        raise SystemExit(1)


def _lines(inspection: Inspection) -> list[str]:
    lines = [f"文件 SHA-256：{inspection.digest}"]
    for finding in inspection.signatures:
        lines.append(f"签名：{finding.signer}")
        lines.append("  内容：" + ("签名之后没有改动" if finding.is_intact else "已被改动，签名无效"))
        lines.append("  范围：" + ("覆盖整个文件" if finding.covers_file else "签名之后文件又添加了内容"))
        lines.append("  签名者：" + ("受信" if finding.is_trusted else "未在受信之列（可用 --trust 给出根证书）"))
    if not inspection.signatures:
        lines.append("签名：没有")
    number = f"，编号 {inspection.number}" if inspection.number else ""
    reason = f"，原因：{inspection.reason}" if inspection.reason else ""
    lines.append(f"登记：{_REGISTER[inspection.register]}{number}{reason}")
    lines.append("结论：" + ("可信" if inspection.is_good else "有疑点，请向颁发单位核实"))
    return lines
