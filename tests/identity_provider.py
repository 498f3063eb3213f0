"""An identity provider for tests, as a process of its own: well-behaved, and ill-behaved in every way that it is told.

Run as a program, with the client's name and secret, it writes its port to standard output and ends when its standard
input does. The first part of each address is a tenant with an issuer, behaviour and record of its own, so that tests
do not meet; `other_house` drives it.
"""

import hashlib
import json
import secrets
import sys
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = sys.argv[1:]
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
SECOND = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
"""A key that calls itself as a good one does and stands in no list."""
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
SIGNING = {"rsa": ("RS256", RSA), "ec": ("ES256", EC), "second": ("RS256", SECOND), "foreign": ("RS256", FOREIGN)}
HUGE = 4 * 1024 * 1024
DRIP = 0.05
"""Seconds between the bytes of a slow answer, which never ends by itself."""
PAGE = """<!doctype html><html lang="zh"><link rel="icon" href="data:,"><title>Other house</title>
<form method="post" action="{action}"><label>User <input name="user"></label><button>Sign in there</button></form>"""


class Tenant:
    """What is kept of one issuer."""

    def __init__(self) -> None:
        self.behaviour: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, Any]] = []


TENANTS: dict[str, Tenant] = defaultdict(Tenant)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if "json" in self.headers.get("Content-Type", ""):
            self._answer(json.loads(body))
        else:
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def _answer(self, form: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        name, _, place = parts.path.lstrip("/").partition("/")
        self.tenant, self.issuer = TENANTS[name], f"http://{self.headers['Host']}/{name}"
        self.behaviour = self.tenant.behaviour
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if place == "behaviour":
            self.tenant.behaviour |= form
            return self._json({})
        if place == "asked":
            return self._json({"asked": self.tenant.asked})
        place = {".well-known/openid-configuration": "discovery"}.get(place, place)
        self.tenant.asked.append({"place": place, "query": query, "form": form, "at": self._by()})
        if self._misbehaves(place):
            return None
        return {"discovery": self._discovery, "keys": self._keys}.get(place, lambda: self._of(place, query, form))()

    def _by(self) -> str:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return b64decode(value).decode() if kind == "Basic" else ""

    def _of(self, place: str, query: dict[str, str], form: dict[str, str]) -> None:
        if place == "authorize":
            return self._authorize(query)
        if place == "signed-in":  # a detour by another address, as many houses have one
            return self._go(form["user"], query)
        if place == "token":
            return self._token(form)
        return self._send(404, b"nothing here")

    def _misbehaves(self, place: str) -> bool:
        told = self.behaviour.get("at", {}).get(place)
        if told is None:
            return False
        if told == "slow":
            self._drip()
        elif told == "huge":
            self._send(200, json.dumps({"keys": [], "x": "x" * HUGE}).encode())
        elif told == "endless":
            self._pour()
        elif told == "silent":
            self.close_connection = True
        elif isinstance(told, str):
            self._send(200, told.encode())
        else:
            self._send(*told)
        return True

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(DRIP)
        except OSError:
            self.close_connection = True

    def _pour(self) -> None:
        """An answer without length that goes on until the other side has had enough."""
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while True:
                self.wfile.write(b" " * 65536)
        except OSError:
            return

    def _send(self, status: int, body: str | bytes, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode())

    def _discovery(self) -> None:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        document |= self.behaviour.get("discovery", {})
        self._json({name: value for name, value in document.items() if value is not None})

    def _keys(self) -> None:
        listed = [{"kty": "new kind", "kid": "x"}, {"kty": "RSA", "kid": "broken"}, 7]
        kept = [SECOND] if self.behaviour.get("rotated") else [RSA, EC]
        self._json({"keys": listed + KeySet(kept).as_dict(private=False)["keys"]})

    def _authorize(self, query: dict[str, str]) -> None:
        wrong = [
            query.get("client_id") != CLIENT_ID,
            query.get("response_type") != "code",
            query.get("code_challenge_method") != "S256",
            "openid" not in query.get("scope", "").split(),
            not query.get("redirect_uri", "").startswith("http://127.0.0.1:"),
        ]
        if any(wrong):
            return self._send(400, f"bad request {wrong}")
        if self.behaviour.get("page"):
            action = f"{self.issuer}/signed-in?{urlencode(query)}"
            return self._send(200, PAGE.format(action=action.replace("&", "&amp;")), **{"Content-Type": "text/html"})
        return self._go(self.behaviour.get("sub", "worker-1"), query)

    def _go(self, sub: str, query: dict[str, str]) -> None:
        named = {"itself": self.issuer}.get(self.behaviour.get("names", ""), self.behaviour.get("names"))
        back = {"state": query.get("state", "")} | ({"iss": named} if named else {})
        if error := self.behaviour.get("error"):
            back["error"] = error
        else:
            back["code"] = code = secrets.token_urlsafe(16)
            self.tenant.codes[code] = query | {"sub": sub}
        self._send(302, b"", Location=f"{query['redirect_uri']}?{urlencode(back)}")

    def _token(self, form: dict[str, str]) -> None:
        user, _, password = self._by().partition(":")
        by = (unquote_plus(user), unquote_plus(password))
        if by == ("", ""):
            by = (form.get("client_id", ""), form.get("client_secret", ""))
        again = self.behaviour.get("takes_codes_again")
        known = self.tenant.codes.get(form["code"]) if again else self.tenant.codes.pop(form["code"], None)
        digest = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if by != (CLIENT_ID, CLIENT_SECRET):
            return self._send(401, json.dumps({"error": "invalid_client"}))
        is_whole = (
            known and known["code_challenge"] == digest.decode() and known["redirect_uri"] == form["redirect_uri"]
        )
        if known is None or not is_whole:
            return self._send(400, json.dumps({"error": "invalid_grant"}))
        return self._json({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(known)})

    def _id_token(self, known: dict[str, str]) -> str:
        now = int(time.time()) + self.behaviour.get("clock", 0)
        claims: dict[str, Any] = {"iss": self.issuer, "sub": known["sub"], "aud": CLIENT_ID, "nonce": known["nonce"]}
        claims |= {"iat": now, "exp": now + 300}
        if "max_age" in known:
            claims["auth_time"] = now
        for name, seconds in self.behaviour.get("shift", {}).items():
            claims[name] = now + seconds
        claims |= self.behaviour.get("claims", {})
        return self._signed({name: value for name, value in claims.items() if value is not None})

    def _signed(self, claims: dict[str, Any]) -> str:
        way = self.behaviour.get("signed", "rsa")
        if way == "none":
            parts = (json.dumps(one).encode() for one in ({"alg": "none", "typ": "JWT"}, claims))
            return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        if way in ("hmac-secret", "hmac-key"):  # with what both know, or with what everybody knows
            known = CLIENT_SECRET.encode() if way == "hmac-secret" else json.dumps(RSA.as_dict(private=False)).encode()
            return jwt.encode({"alg": "HS256", "kid": "rsa"}, claims, OctKey.import_key(known))
        algorithm, key = SIGNING[way]
        token = jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key)
        return token[:-8] + "AAAAAAAA" if self.behaviour.get("spoils_signature") else token


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
