"""Certificates a second: compile and stamp against plain ReportLab, WeasyPrint and a LibreOffice mail merge.

Everything runs in the same process and minute, on one core. WeasyPrint is measured where PEER_PYTHON (default: this
Python) can import it, LibreOffice where soffice is installed.
"""

import base64
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from docx import Document

from benchmarks.table import Figure, rate_against, time_against
from certificates.issue.numbering import code_from, grouped_code
from certificates.layouts.layout import OrnamentItem
from certificates.layouts.loading import builtin_layout
from certificates.pdf.assets import Assets
from certificates.pdf.fonts import FONT_DIRECTORY
from certificates.pdf.plain import render_plain
from certificates.pdf.press import Press
from certificates.pdf.print_file import PrintFile
from certificates.pdf.rendering import preview_png
from certificates.pdf.signing import PemSigner

LAYOUT = builtin_layout("huiwen-gold")
ASSETS = Assets(demo_seals=True)
BATCH = 10_000
GROUPS = 40
_TURNS = 5
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗欧阳"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂建国文博书瑶泽楷若曦"
_RARE = "䶮龑喆堃垚犇玥昇珺祎翀旻赟頔𬱖𫖯𬭎𠮷"
_PEER = """
import sys, time
from weasyprint import HTML
page = sys.stdin.read()
HTML(string=page.replace("NAME", "王芳")).write_pdf()
start = time.perf_counter()
for name in ("李敏", "张静", "刘丽", "陈强"):
    HTML(string=page.replace("NAME", name)).write_pdf()
print(4 / (time.perf_counter() - start))
"""


def people(count: int) -> Iterator[dict[str, str]]:
    """Give values of made-up people: three in a hundred have a rare character."""
    chance = random.Random(7)
    base = LAYOUT.samples() | {"issue.day": "2026-11-21"}
    for number in range(count):
        given = "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))
        if chance.random() < 0.03:
            given = given[:-1] + chance.choice(_RARE)
        code = code_from(chance.getrandbits(60))
        group = number * GROUPS // count
        yield base | {
            "recipient.name": chance.choice(_FAMILY) + given,
            "award.title": ("一等奖", "二等奖", "三等奖", "优秀奖")[group % 4],
            "event.name": f"第{group // 4 + 1}赛项",
            "cert.number": f"YLZG-2026-{number:06}",
            "cert.url": f"https://zs.example.cn/v/{code}",
            "cert.url_short": f"zs.example.cn/v/{grouped_code(code)}",
        }


def rates(makers: Mapping[str, tuple[Callable[[dict[str, str]], object], int]]) -> dict[str, float]:
    """Measure several makers in turns, so that a busy minute of the machine hits all of them.

    Args:
        makers: by name, how to make a certificate and how many to make in one turn.

    Returns:
        The best turn of each in certificates a second: other programs only ever slow a turn down.
    """
    best = dict.fromkeys(makers, 0.0)
    for _ in range(_TURNS):
        for name, (make, count) in makers.items():
            entries = [entry | {"award.title": "一等奖", "event.name": "焊工"} for entry in people(count)]
            make(entries[0])
            start = time.perf_counter()
            for entry in entries:
                make(entry)
            best[name] = max(best[name], count / (time.perf_counter() - start))
    return best


def run() -> list[Figure]:
    """Measure."""
    p256, rsa2048 = (
        _signer(key) for key in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048))
    )
    measured = rates(
        {
            "plain": (lambda values: render_plain(LAYOUT, values, ASSETS), 10),
            "stamped": (Press(LAYOUT, ASSETS).stamp, 1000),
            "p256": (Press(LAYOUT, ASSETS, signer=p256).stamp, 500),
            "rsa": (Press(LAYOUT, ASSETS, signer=rsa2048).stamp, 500),
        }
    )
    plain, stamped = measured["plain"], measured["stamped"]
    peer = "ReportLab 逐份绘制（字体只登记一次）"
    return [
        Figure(peer, plain, "份/秒"),
        rate_against("编译后盖印，PDF/A-2a + PDF/UA-1", stamped, peer, plain, 100),
        rate_against("同上，另加 PAdES 签名（P-256）", measured["p256"], peer, plain, 50),
        rate_against("同上，另加 PAdES 签名（RSA-2048）", measured["rsa"], peer, plain),
        *_peers(stamped),
        *_bulk(plain),
    ]


def _bulk(plain: float) -> list[Figure]:
    seconds, grown, peak = _zip_stream()
    sheets_seconds, megabytes, sheets_peak = _print_file()
    by_hand = BATCH / plain
    return [
        time_against(f"{BATCH} 份、{GROUPS} 批的 ZIP 流", seconds, f"ReportLab 逐份约需 {by_hand:.0f} 秒；界限", 20, 1),
        Figure("其间内存增长", grown, "MB", "限（含各批的共用部分）", 64, 64 / max(grown, 1), 1),
        Figure("其间内存峰值，比开始时多", peak, "MB"),
        time_against(f"{BATCH} 页印刷合并文件（{megabytes:.0f} MB）", sheets_seconds, "界限", 10, 1),
        Figure("其间内存峰值，比开始时多", sheets_peak, "MB"),
    ]


def _zip_stream() -> tuple[float, float, float]:
    """Write a ZIP to where nothing is kept.

    Returns:
        Seconds, the growth of memory after the first thousand in MB, and how far its peak lies above the start.
    """
    at_start = _forget_peak()
    press, sink = Press(LAYOUT, ASSETS), _Nowhere()
    start, before = time.perf_counter(), 0.0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as package:
        for number, values in enumerate(people(BATCH)):
            package.writestr(f"{number}.pdf", press.stamp(values))
            if number == 1000:
                before = _resident()
    return time.perf_counter() - start, _resident() - before, _peak() - at_start


def _print_file() -> tuple[float, float, float]:
    at_start = _forget_peak()
    with tempfile.TemporaryFile() as file:
        start = time.perf_counter()
        press, sheets = Press(LAYOUT, ASSETS), PrintFile(file, "印刷文件")
        for values in people(BATCH):
            sheets.add(press, values)
        sheets.close()
        return time.perf_counter() - start, file.tell() / 1e6, _peak() - at_start


class _Nowhere(io.RawIOBase):
    """A stream that cannot seek and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]


def _resident() -> float:
    """Give the memory in use in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _forget_peak() -> float:
    """Have the system measure the peak from now on; gives the memory in use in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _resident()


def _peak() -> float:
    """Give the most memory that was in use since `_forget_peak` in MB."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def _peers(stamped: float) -> list[Figure]:
    figures = []
    for name, measure in (("WeasyPrint", _weasyprint), ("LibreOffice 邮件合并（每次 20 份）", _libreoffice)):
        peer_rate = measure()
        if peer_rate is None:
            figures.append(Figure(f"{name}：这台机器上没有安装，未测", 0, "份/秒"))
        else:
            figures.append(rate_against("编译后盖印", stamped, name, peer_rate))
    return figures


def _weasyprint() -> float | None:
    """Measure the same words on the same picture of the background."""
    python = os.environ.get("PEER_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import weasyprint"], capture_output=True, check=False).returncode:
        return None
    ornaments = tuple(item for item in LAYOUT.items if isinstance(item, OrnamentItem))
    ground = base64.b64encode(preview_png(replace(LAYOUT, items=ornaments), {}, 150)).decode()
    faces = "".join(
        f"@font-face{{font-family:{name};src:url('file://{FONT_DIRECTORY}/{name}.ttf')}}"
        for name in ("kai", "song", "brush")
    )
    page = (
        f"<style>{faces}@page{{size:297mm 210mm;margin:40mm;background:url(data:image/png;base64,{ground})}}"
        "body{font:18pt kai}h1{font:66pt brush}</style><h1>荣誉证书</h1><p>NAME 同志：</p>"
        "<p>在“2026年云岭省第十八届职工职业技能大赛”数控机床装调维修工赛项决赛中，技艺精湛、成绩优异，荣获一等奖。</p>"
        "<p style='font-family:song'>证书编号 YLZG-2026-0018-000123</p>"
    )
    done = subprocess.run([python, "-c", _PEER], input=page, capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def _libreoffice() -> float | None:
    """Measure the words alone, without any decoration."""
    office = shutil.which("soffice")
    if office is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for number, values in enumerate(islice(people(100), 20)):
            document = Document()
            document.add_heading("荣誉证书")
            for name in ("recipient.name", "competition.title", "event.name", "award.title", "cert.number"):
                document.add_paragraph(values[name])
            document.save(f"{folder}/{number}.docx")
        files = [str(path) for path in Path(folder).glob("*.docx")]
        command = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf"]
        start = time.perf_counter()
        subprocess.run([*command, "--outdir", folder, *files], capture_output=True, check=True)
        return len(files) / (time.perf_counter() - start)


def _signer(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> PemSigner:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "基准测试")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    certificate = builder.not_valid_after(datetime(2120, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    return PemSigner(key, [certificate])
