"""The command signs with a key that stays on its token; what is wrong with it is said before anything is written."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pdf_reading import said_by
from rendered_lists import rows, run
from signing_keys import KEYS, ROOT
from soft_token import SoftToken, soft_token

from certificates.pdf.signature_check import check_signatures


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SoftToken:
    """The token of this machine, its PIN in a file; a list of three that can be signed."""
    found = soft_token()
    (tmp_path / "pin").write_text(f"{found.pin}\n")
    monkeypatch.setenv("TOKEN_MODULE", str(found.module))
    monkeypatch.setenv("TOKEN_LABEL", found.label)
    monkeypatch.setenv("TOKEN_PIN_FILE", str(tmp_path / "pin"))
    text = rows(("王䶮", "A-1"), ("赵頔", "A-2"), ("李四", "A-3")).replace("核验短网址\n", "核验短网址,颁发日\n")
    (tmp_path / "list.csv").write_text(text.replace("a.cn/v/1\n", "a.cn/v/1,2026-11-21\n"), "utf-8")
    return found


@pytest.mark.parametrize("label", KEYS)
@pytest.mark.parametrize("workers", ["1", "3"])
def test_every_certificate_is_signed_by_the_key_on_the_token(
    token: SoftToken, tmp_path: Path, label: str, workers: str, poppler: None
) -> None:
    result = run(tmp_path, "--sign", f"token:{label}", "--workers", workers)
    assert result.exit_code == 0, result.output
    assert ("由一个进程生成" in result.output) == (workers != "1")
    for number in ("A-1", "A-2", "A-3"):
        pdf = (tmp_path / "out" / f"{number}.pdf").read_bytes()
        (finding,) = check_signatures(pdf, ROOT.public_bytes(Encoding.PEM))
        assert finding.is_intact
        assert finding.covers_file
        assert finding.is_trusted
    assert "Signature is Valid" in said_by(["pdfsig", "-nocert"], pdf, tmp_path)


@pytest.mark.parametrize(
    ("sign", "over", "words"),
    [
        ("token:no such key", {}, "没有这个标签的私钥"),
        ("token:", {}, "token:标签"),
        ("token:P-256", {"TOKEN_MODULE": ""}, "没有接签名介质"),
        ("token:P-256", {"TOKEN_LABEL": "another"}, "没有找到签名介质“another”"),
        ("token:P-256", {"TOKEN_PIN": "0000"}, "PIN 不对"),
        ("nowhere.pem", {}, "token:标签"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(
    token: SoftToken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str, over: dict[str, str], words: str
) -> None:
    for name, value in over.items():
        monkeypatch.setenv(name, value)
    result = run(tmp_path, "--sign", sign)
    assert result.exit_code == 1
    assert words in result.output
    assert token.pin not in result.output
    assert not (tmp_path / "out").exists()
