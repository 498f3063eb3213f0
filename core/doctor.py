"""A look over an installation: versions, database form, keys, fonts, translations."""

import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text

from core import migrations
from core.clock import now
from core.config import LOOPBACK, ROOT, Settings
from core.db import db
from core.hall_tls.authority import Files, standing
from core.outside_sign_in.errors import ProviderDownError, ProviderNonsenseError
from core.outside_sign_in.journeys import back_to
from core.outside_sign_in.provider import house

Check = tuple[str, str, bool]
"""What was looked at, what was found, whether that is good."""

CERTIFICATE_DAYS = 14
"""A certificate with fewer days left should be renewed before the next competition."""
FONTS = ("kai", "song", "song-bold", "brush")


def checks(settings: Settings) -> Iterator[Check]:
    """Every check in turn; none changes anything."""
    yield "Python", platform.python_version(), True
    for package in ("flask", "sqlalchemy", "reportlab", "apscheduler"):
        yield package, version(package), True
    yield _database(settings)
    yield _migrations()
    yield from _keys(settings)
    yield from _certificate(settings)
    yield from _outside(settings)
    yield _fonts(ROOT / "static" / "fonts")
    catalogue = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
    yield "英文目录", "已编译" if catalogue.exists() else "未编译，运行 flask core translations", catalogue.exists()


def _database(settings: Settings) -> Check:
    if settings.is_sqlite:
        mode = db.session.execute(text("PRAGMA journal_mode")).scalar()
        return "数据库", f"SQLite {sqlite3.sqlite_version}，{mode}，写入排队", mode == "wal"
    return "数据库", str(db.session.execute(text("SHOW server_version")).scalar()), True


def _migrations() -> Check:
    now, newest = migrations.current()
    return "迁移", f"{now or '无'}（最新 {newest}）", now == newest


def _keys(settings: Settings) -> Iterator[Check]:
    for name in ("secret_key", "data_key"):
        path = settings.instance / name
        is_private = not path.exists() or path.stat().st_mode & 0o077 == 0
        yield name, "只有属主可读" if is_private else f"他人可读，请 chmod 600 {path}", is_private


def _certificate(settings: Settings) -> Iterator[Check]:
    found = standing(settings.tls_folder)
    if found is None:
        if settings.serves_tls:
            yield "赛场证书", "没有，请运行 flask core hall-certificate", False
        return
    left = (found.expires_at - now()).days
    verdict = f"用于 {'、'.join(found.addresses)}，还有 {left} 天" if left > 0 else "已过期，请用 --renew 换发"
    yield "赛场证书", verdict, left > CERTIFICATE_DAYS
    files = Files(settings.tls_folder)
    for key in (files.authority_key, files.server_key):
        if key.exists():
            is_private = key.stat().st_mode & 0o077 == 0
            yield key.name, "只有属主可读" if is_private else f"他人可读，请 chmod 600 {key}", is_private


def _outside(settings: Settings) -> Iterator[Check]:
    """What is asked here is what is asked on the way in; nobody signs in."""
    provider = settings.outside
    if provider is None:
        return
    try:
        found = house(provider)
    except (ProviderDownError, ProviderNonsenseError) as error:
        what = "连不上" if isinstance(error, ProviderDownError) else "应答不合规范"
        yield "统一身份认证", f"{provider.issuer} {what}（{error.reason}）", False
        return
    asked = "不再询问两步验证：" + "、".join(sorted(provider.second_factor_in)) if provider.second_factor_in else ""
    yield "统一身份认证", "，".join(filter(None, [provider.issuer, f"{len(found.keys.keys)} 个签名密钥", asked])), True
    is_safe = settings.is_behind_tls or settings.host in LOOPBACK
    remedy = "" if is_safe else "，没有 HTTPS，凭证会在网络上明文经过"
    yield "统一身份认证返回地址", f"{back_to()}（在对方登记的应与此完全一致）{remedy}", is_safe


def _fonts(folder: Path) -> Check:
    missing = [name for name in FONTS if not (folder / f"{name}.ttf").exists()]
    return "字体", "齐全" if not missing else "缺少 " + "、".join(missing), not missing
