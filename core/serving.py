"""Running all that one machine needs: web server and worker as two processes that stop together."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from sqlalchemy import select

from core.accounts import Account
from core.config import ROOT, Settings, SettingsError
from core.db import db
from core.hall_tls.authority import Files, standing

THREADS = 8
STOP_SECONDS = 10


def run_once_if_empty(settings: Settings) -> None:
    """Fill the demo in a process of its own, if the database has no account yet."""
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        return
    db.session.remove()
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "core", "demo"], cwd=ROOT, check=True, stdout=2)


def demo_notes(settings: Settings) -> Path:
    """Where the demo's accounts and passwords are kept, readable by the owner alone."""
    return settings.instance / "demo.json"


def welcome(settings: Settings) -> str:
    """What is printed at the start: address, demo accounts, one judge's link."""
    lines = ["", f"  地址  {settings.base_url}"]
    notes = demo_notes(settings)
    if notes.exists():
        kept = json.loads(notes.read_text(encoding="utf-8"))
        lines.append("  演示账号（角色 · 登录名 · 密码）")
        lines += [f"    {a['role']:　<8} {a['username']:<14} {a['password']}" for a in kept["accounts"]]
        judge = kept["judges"][0]
        pin = f"，PIN {judge['pin']}" if judge.get("pin") else ""
        lines.append(f"  裁判登录链接（{judge['name']}，只能用一次{pin}）\n    {judge['sign_in_url']}")
        person = kept["contestant"]
        lines.append(f"  选手查询（{person['name']}）  证件号 {person['document']}  查询码 {person['code']}")
    lines.append("  按 Ctrl-C 停止\n")
    return "\n".join(lines)


def serve(settings: Settings) -> int:
    """Start web and worker, wait for either to end or for a signal, stop both; the exit status."""
    commands = (web_command(settings), _worker())
    children = [subprocess.Popen(command, cwd=ROOT) for command in commands]  # noqa: S603  our own words only
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not asked and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if asked else 1


def _worker() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "core", "jobs"]


def web_command(settings: Settings) -> list[str]:
    """One web process a core; on SQLite two at most, which read and check side by side and write in turn.

    More of them would open more connections and fill more caches than two cores can use: a hall that comes back at
    once is stored in four fifths of the time that two a core need. They are forked from one that has loaded all
    and take up only what they can answer at once (`core.web_process`).
    """
    if sys.platform == "win32":
        listen = f"--listen={settings.host}:{settings.port}"
        return [sys.executable, "-m", "waitress", listen, f"--threads={THREADS}", "--call", "wsgi:create_app"]
    cores = os.cpu_count() or 1
    workers = min(2, cores) if settings.is_sqlite else max(2, cores)
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--config=python:core.web_process",
        f"--bind={settings.host}:{settings.port}",
        f"--workers={workers}",
        "--preload",
        f"--threads={THREADS}",
        "--graceful-timeout=8",
        "--timeout=60",
        "--log-level=warning",
        "--no-control-socket",
        *_tls(settings),
        "wsgi:create_app()",
    ]


def _tls(settings: Settings) -> list[str]:
    if not settings.serves_tls:
        return []
    files = Files(settings.tls_folder)
    return [f"--certfile={files.server}", f"--keyfile={files.server_key}"]


def require_certificate(settings: Settings) -> None:
    """Refuse to start with TLS=own where that cannot work.

    Raises:
        SettingsError: no certificate has been made, or the server of this system cannot end TLS.
    """
    if not settings.serves_tls:
        return
    if sys.platform == "win32":
        raise SettingsError("Windows 上请在前面架设 HTTPS 代理并设 TLS=1；TLS=own 只用于 Linux 和 macOS")
    if standing(settings.tls_folder) is None:
        raise SettingsError(f"{settings.tls_folder} 里没有证书；请先运行 flask core hall-certificate 服务器地址")
