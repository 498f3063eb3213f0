"""Asking a server of another house: over HTTPS, within a few seconds in all, and for so many bytes at most.

Redirects are not followed, so that nobody sends us on to an address that nobody has looked at.
"""

import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from core.config import LOOPBACK
from core.outside_sign_in.errors import ProviderDownError, ProviderNonsenseError, because

SECONDS = 5.0
"""For connecting, asking and reading together; a thread of ours is held that long at most."""
MOST_BYTES = 256 * 1024
AT_ONCE = 2
"""So many threads of a process wait for the other house at most: judges' saves need the others."""
QUEUE_SECONDS = 1.0
_PLACES = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the JSON object that it must be."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """What is posted; `user` and `password` go into the header where there are any."""

    values: Mapping[str, str] = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


def is_safe(address: object, *, allows_loopback: bool) -> bool:
    """Whether `address` may be asked: HTTPS, or plain HTTP on this machine where that is allowed."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (allows_loopback and parts.scheme == "http" and parts.hostname in LOOPBACK)


def ask(address: str, form: Form | None = None) -> Answer:
    """GET `address`, or POST `form` to it.

    Args:
        address: one that `is_safe`.
        form: what is posted, if anything.

    Raises:
        ProviderDownError: no connection, no certificate that holds, no whole answer in time, or too many who wait.
        ProviderNonsenseError: the answer is too large or no JSON object.
    """
    if not _PLACES.acquire(timeout=QUEUE_SECONDS):
        raise because(ProviderDownError(), "too many wait for the provider")
    try:
        status, data = _exchange(address, form)
    finally:
        _PLACES.release()
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise because(ProviderNonsenseError(), f"{status}, no JSON") from error
    if not isinstance(body, dict):
        raise because(ProviderNonsenseError(), f"{status}, no JSON object")
    return Answer(status, body)


def _exchange(address: str, form: Form | None) -> tuple[int, bytes]:
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json", "Connection": "close"}
    method, body = "GET", None
    if form is not None:
        method, body = "POST", urlencode(form.values)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if form.user:
            headers["Authorization"] = _basic(form)
    try:
        with _connection(address) as (connection, is_cut):
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            data = _bounded(response)
            if is_cut.is_set():
                raise because(ProviderDownError(), "no whole answer in time")
            return response.status, data
    except (OSError, HTTPException, ValueError) as error:
        raise because(ProviderDownError(), f"{type(error).__name__}: {error}"[:200]) from error


def _basic(form: Form) -> str:
    """Name and secret, each encoded as in a form first. Source: RFC 6749 section 2.3.1."""
    pair = f"{quote_plus(form.user)}:{quote_plus(form.password)}"
    return "Basic " + b64encode(pair.encode()).decode()


@contextmanager
def _connection(address: str) -> Iterator[tuple[HTTPConnection, threading.Event]]:
    """A connection that is cut when time is up, whatever it does then; the event says that it was."""
    parts, is_cut = urlsplit(address), threading.Event()
    host = parts.hostname or ""
    connection = HTTPConnection(host, parts.port, timeout=SECONDS)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)

    def cut() -> None:
        is_cut.set()
        kept = connection.sock
        if kept is not None:
            with suppress(OSError):
                socket.socket.shutdown(kept, socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield connection, is_cut
    finally:
        timer.cancel()
        connection.close()


def _bounded(response: HTTPResponse) -> bytes:
    data = response.read(MOST_BYTES + 1)
    response.close()
    if len(data) > MOST_BYTES:
        raise because(ProviderNonsenseError(), f"more than {MOST_BYTES} bytes")
    return data
