"""The identity provider's process as tests drive it, and a browser's way there and back."""

import http.client
import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.config import OutsideProvider

CLIENT_ID, CLIENT_SECRET = "competitions", "a secret: with + and % and / in it, 64 characters or so"
PROGRAM = Path(__file__).with_name("identity_provider.py")


class OtherHouse:
    """The process, until `close`."""

    def __init__(self) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen([sys.executable, str(PROGRAM), CLIENT_ID, CLIENT_SECRET], **pipes)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._numbers = count(1)

    def close(self) -> None:
        self._process.communicate()

    def issuer(self, host: str = "127.0.0.1") -> "Issuer":
        """A fresh issuer of its own."""
        return Issuer(f"http://{host}:{self.port}/t{next(self._numbers)}")


class Issuer:
    """One issuer of the process."""

    def __init__(self, address: str) -> None:
        self.address = address

    def behave(self, **how: Any) -> "Issuer":
        """What it does from now on; see `identity_provider.py`."""
        answer = ask(f"{self.address}/behaviour", json.dumps(how))
        assert answer.status == 200
        return self

    def asked(self, place: str) -> list[dict[str, Any]]:
        """Every request for a place, in order."""
        found = json.loads(ask(f"{self.address}/asked").body)["asked"]
        return [one for one in found if one["place"] == place]

    def provider(self, **over: Any) -> OutsideProvider:
        """It as a setting."""
        values: dict[str, Any] = {"name": "省总认证", "english_name": "Union ID"} | over
        return OutsideProvider(self.address, CLIENT_ID, CLIENT_SECRET, **values)

    def settings(self) -> dict[str, str]:
        """It in an environment."""
        secret = {"OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
        return {"OIDC_ISSUER": self.address, "OIDC_NAME": "省总认证", "OIDC_NAME_EN": "Union ID"} | secret


def set_up(app: Flask, issuer: Issuer | None, **over: Any) -> Flask:
    """The application with this provider, or with none."""
    provider = None if issuer is None else issuer.provider(**over)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outside=provider)
    return app


@dataclass(frozen=True)
class Heard:
    """What a server answered."""

    status: int
    location: str
    body: str


def ask(address: str, body: str | None = None) -> Heard:
    """One request, as a browser would make it, without going on to where it leads."""
    parts = urlsplit(address)
    headers = {"Connection": "close"} | ({"Content-Type": "application/json"} if body else {})
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)) as connection:
        connection.request("POST" if body else "GET", target, body, headers)
        with connection.getresponse() as answer:
            return Heard(answer.status, answer.headers.get("Location", ""), answer.read().decode())


def there(browser: FlaskClient, then: str = "") -> str:
    """Set out to sign in; the address of the other house."""
    answer = browser.get(f"/sign-in/outside{then}")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def let_in(address: str) -> str:
    """Be let in there; the address to which the browser is sent back."""
    answer = ask(address)
    assert answer.status == 302, answer.body
    assert answer.location.startswith("http://127.0.0.1:8000/sign-in/outside/return?")
    return answer.location


def back(browser: FlaskClient, address: str) -> TestResponse:
    """Come back."""
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def around(browser: FlaskClient, then: str = "") -> TestResponse:
    """There and back."""
    return back(browser, let_in(there(browser, then)))


def query_of(address: str) -> dict[str, str]:
    """What stands behind the question mark."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def said(browser: FlaskClient, answer: TestResponse) -> str:
    """The page that an answer leads to, as it reads there."""
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("/"), location
    return browser.get(location).text
