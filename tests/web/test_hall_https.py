"""HTTPS in the hall, as a real process: made by one command, verified by a client that trusts the hall alone."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from installation import ROOT, make_app, make_settings

from benchmarks.ports import free_port
from core.hall_tls.authority import Files, make_certificates


def run(instance: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", *words]
    settings = os.environ | {"INSTANCE": str(instance), "PYTHONPATH": str(ROOT)} | env
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=90, check=False)


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """`core serve` with TLS=own, on a migrated database; its port and its folder."""
    folder, port = tmp_path_factory.mktemp("hall"), free_port()
    (folder / "competition.sqlite3").write_bytes(sqlite_template.read_bytes())
    made = run(folder, "hall-certificate", "127.0.0.1", "localhost", PORT=str(port))
    assert made.returncode == 0, made.stderr
    assert f"https://127.0.0.1:{port}/certificate" in made.stdout
    env = os.environ | {"INSTANCE": str(folder), "PORT": str(port), "TLS": "own", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "serve", "--no-demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    yield port, folder
    process.terminate()
    assert process.wait(30) == 0


def trusting(path: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(path) if path else None)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def fetch(host: str, port: int, context: ssl.SSLContext, path: str = "/sign-in") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_a_client_that_trusts_the_hall_reads_the_page_by_each_of_its_addresses(server: tuple[int, Path]) -> None:
    port, folder = server
    context = trusting(Files(folder / "tls").authority)
    for host in ("127.0.0.1", "localhost"):
        status, headers, _ = fetch(host, port, context)
        assert status == 200
        assert "Secure" in headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in headers


def test_a_client_that_trusts_only_the_world_does_not(server: tuple[int, Path]) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch("127.0.0.1", server[0], trusting(None))


def test_the_certificate_comes_from_the_server_itself_and_is_the_one_in_use(
    server: tuple[int, Path], tmp_path: Path
) -> None:
    port, _ = server
    careless = ssl._create_unverified_context()
    status, headers, body = fetch("127.0.0.1", port, careless, "/certificate/hall-ca.crt")
    assert (status, headers["Content-Type"]) == (200, "application/x-x509-ca-cert")
    assert b"PRIVATE" not in body
    (tmp_path / "ca.crt").write_bytes(body)
    assert fetch("127.0.0.1", port, trusting(tmp_path / "ca.crt"))[0] == 200
    status, _, page = fetch("127.0.0.1", port, careless, "/certificate")
    assert status == 200
    assert "证书信任设置" in page.decode()


def test_the_command_refuses_twice_and_renews(tmp_path: Path) -> None:
    runner = make_app(make_settings(tmp_path)).test_cli_runner()

    def told(*words: str) -> tuple[int, str]:
        result = runner.invoke(args=["core", "hall-certificate", *words])
        return result.exit_code, result.stderr

    assert told("10.0.0.5")[0] == 0
    again, said = told("10.0.0.5")
    assert (again, "--renew" in said) == (1, True)
    assert told("--renew")[0] == 0
    wrong, said = told("--renew", "https://hall")
    assert (wrong, "机器名" in said) == (1, True)


def test_serving_without_a_certificate_says_what_to_run(tmp_path: Path) -> None:
    answer = run(tmp_path, "serve", "--no-demo", TLS="own")
    assert (answer.returncode, "hall-certificate" in answer.stderr) == (1, True)


def test_without_a_certificate_the_page_says_so_and_there_is_no_file(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert "不用安装" in client.get("/certificate").get_data(as_text=True)
    assert client.get("/certificate/hall-ca.crt").status_code == 404


def test_the_look_over_an_installation_sees_the_certificate(sqlite_url: str, tmp_path: Path) -> None:
    make_certificates(tmp_path / "tls", ["192.168.1.10"])
    app = make_app(make_settings(tmp_path, sqlite_url, TLS="own"))
    assert "192.168.1.10" in app.test_cli_runner().invoke(args=["core", "doctor"]).output
    (tmp_path / "tls" / "ca.key").chmod(0o644)
    result = app.test_cli_runner().invoke(args=["core", "doctor"])
    assert "chmod 600" in result.output
    assert result.exit_code == 1
    with app.app_context():
        from core.db import db

        db.engine.dispose()
