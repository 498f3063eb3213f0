"""Settings, read once from the environment and frozen; what is unsafe refuses to start and says what to set."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MINIMUM_SECRET_LENGTH = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Exception):
    """The environment asks for something unsafe or impossible; the sentence says what to set."""


@dataclass(frozen=True, slots=True)
class OutsideProvider:
    """An identity provider of another house (OpenID Connect), with which accounts may sign in."""

    issuer: str
    """Its address, exactly as it stands in its own discovery document and in what it signs."""
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    """What its button says, in Chinese."""
    english_name: str
    second_factor_in: frozenset[str] = frozenset()
    """With which of ``amr:…`` and ``acr:…`` it has asked for a second factor itself; empty: it is asked here."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. How a competition behaves is data in the database, not here."""

    database_url: str
    secret_key: str
    """Signs session cookies. May be changed at any time; everybody signs in again."""
    data_key: str
    """Encrypts personal data and makes blind indexes. Losing it loses the ID numbers."""
    instance: Path
    host: str
    port: int
    base_url: str
    """Address printed on certificates and in QR codes, without a trailing slash."""
    is_behind_tls: bool
    """Whether browsers come by HTTPS, ended by a proxy in front or by this server itself."""
    serves_tls: bool
    """Whether this server ends HTTPS itself, with the certificate in `tls_folder`."""
    proxies: int
    """How many reverse proxies of ours stand in front; each adds the visitor's address to X-Forwarded-For."""
    debug: bool
    requires_second_factor: bool = False
    """Whether who manages accounts or publishes results must have a second factor; see `core.second_factor.policy`."""
    metrics_token: str = ""
    """With which a program reads `/metrics`; empty: only a system administrator does."""
    outside: OutsideProvider | None = None
    """Where accounts may sign in beside the password; None: nowhere."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def tls_folder(self) -> Path:
        """Where the certificates of a hall are kept."""
        return self.instance / "tls"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environ` (default: the process environment).

    Raises:
        SettingsError: a weak secret, debug together with a public address, a public address without TLS, or an
            identity provider of which something is missing or unsafe.
    """
    env = os.environ if environ is None else environ
    instance = Path(env.get("INSTANCE", str(ROOT / "instance"))).resolve()
    host, port = env.get("HOST", "127.0.0.1"), _port(env.get("PORT", "8000"))
    debug = env.get("FLASK_DEBUG", "0") == "1"
    serves_tls = env.get("TLS", "0") == "own"
    is_behind_tls = serves_tls or env.get("TLS", "0") == "1"
    if host not in LOOPBACK and debug:
        raise SettingsError(f"HOST={host} 可被外部访问，不能同时打开 FLASK_DEBUG=1；请去掉其中之一")
    if host not in LOOPBACK and not is_behind_tls and env.get("PLAIN_HTTP") != "1":
        remedy = "请在前面架设 HTTPS 并设 TLS=1；赛场没有互联网，用 hall-certificate 生成证书并设 TLS=own"
        remedy += "；实在不能用 HTTPS 的局域网，明确设 PLAIN_HTTP=1"
        raise SettingsError(f"HOST={host} 可被外部访问而没有 TLS；{remedy}")
    return Settings(
        database_url=_database_url(env.get("DATABASE_URL"), instance),
        secret_key=_secret(env, "SECRET_KEY", instance),
        data_key=_secret(env, "DATA_KEY", instance),
        instance=instance,
        host=host,
        port=port,
        base_url=env.get("BASE_URL", f"{'https' if serves_tls else 'http'}://{host}:{port}").rstrip("/"),
        is_behind_tls=is_behind_tls,
        serves_tls=serves_tls,
        proxies=_count(env.get("PROXIES", "0")),
        debug=debug,
        requires_second_factor=_requires_second_factor(env.get("SECOND_FACTOR", "optional")),
        metrics_token=_long_enough("METRICS_TOKEN", env.get("METRICS_TOKEN", "")),
        outside=_outside(env),
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORT={text} 不是 1–65535 之间的端口号")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 5:
        raise SettingsError(f"PROXIES={text} 应为前置代理的个数，0–5")
    return int(text)


def _requires_second_factor(text: str) -> bool:
    if text not in ("optional", "required"):
        raise SettingsError(f"SECOND_FACTOR={text} 应为 optional（自愿）或 required（系统管理员和组织者必须开启）")
    return text == "required"


def _outside(env: Mapping[str, str]) -> OutsideProvider | None:
    issuer = env.get("OIDC_ISSUER", "")
    if not issuer:
        others = sorted(name for name in env if name.startswith("OIDC_") and env[name])
        if others:
            raise SettingsError(f"设了 {'、'.join(others)} 而没有 OIDC_ISSUER；请补上，或全部去掉")
        return None
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"OIDC_ISSUER={issuer} 应是统一身份认证服务器的 https:// 地址，不带 ? 和 #")
    if not env.get("OIDC_CLIENT_ID"):
        raise SettingsError("没有 OIDC_CLIENT_ID；它由统一身份认证的管理员在登记本系统时给出")
    return OutsideProvider(
        issuer,
        env["OIDC_CLIENT_ID"],
        _client_secret(env),
        env.get("OIDC_NAME") or "统一身份认证",
        env.get("OIDC_NAME_EN") or "single sign-on",
        _second_factor_in(env.get("OIDC_SECOND_FACTOR", "ask")),
    )


def _client_secret(env: Mapping[str, str]) -> str:
    path = env.get("OIDC_CLIENT_SECRET_FILE")
    secret = env.get("OIDC_CLIENT_SECRET", "")
    if bool(path) == bool(secret):
        raise SettingsError("OIDC_CLIENT_SECRET 与 OIDC_CLIENT_SECRET_FILE 应设而且只设一个")
    if not path:
        return secret
    try:
        if sys.platform != "win32" and Path(path).stat().st_mode & 0o077:
            raise SettingsError(f"OIDC_CLIENT_SECRET_FILE={path} 他人可读，请 chmod 600 {path}")
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"OIDC_CLIENT_SECRET_FILE={path} 读不出来：{error}") from error
    if not secret:
        raise SettingsError(f"OIDC_CLIENT_SECRET_FILE={path} 是空的")
    return secret


def _second_factor_in(text: str) -> frozenset[str]:
    if text == "ask":
        return frozenset()
    values = text.split()
    if not values or not all(value.startswith(("amr:", "acr:")) and len(value) > 4 for value in values):
        remedy = "应为 ask（本系统照常询问两步验证），或对方声明已做两步验证的值，如 amr:mfa"
        raise SettingsError(f"OIDC_SECOND_FACTOR={text} {remedy}")
    return frozenset(values)


def _database_url(url: str | None, instance: Path) -> str:
    if url is None:
        instance.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{instance / 'competition.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _secret(env: Mapping[str, str], name: str, instance: Path) -> str:
    """The secret `name` from the environment, or the one kept in the instance folder, made on first use."""
    if name in env:
        return _long_enough(name, env[name] or "?")
    kept = instance / name.lower()
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        _write_once(kept, secrets.token_urlsafe(48))
    return kept.read_text(encoding="ascii")


def _long_enough(name: str, secret: str) -> str:
    if secret and len(secret) < MINIMUM_SECRET_LENGTH:
        raise SettingsError(f"{name} 少于 {MINIMUM_SECRET_LENGTH} 个字符，太容易被猜到；请换更长的随机串")
    return secret


def _write_once(path: Path, text: str) -> None:
    """Create `path` with mode 600; if another process was first, keep what it wrote."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
