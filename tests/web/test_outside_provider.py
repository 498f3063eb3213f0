"""An identity provider that is down, slow, huge or talks nonsense: one clear sentence, and the password still opens."""

import socket
import ssl
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from factories import make_account, make_actor, make_competition
from other_house import around, back, let_in, query_of, said, set_up, there
from second_factors import password_given

from core.audit import AuditEntry
from core.config import OutsideProvider
from core.db import db
from core.doctor import checks
from core.hall_tls.authority import Files, make_certificates
from core.outside_sign_in import fetching
from core.outside_sign_in.errors import ProviderDownError, ProviderNonsenseError
from core.outside_sign_in.fetching import AT_ONCE, MOST_BYTES, ask, is_safe
from core.outside_sign_in.linking import LinkOther, link_other
from core.outside_sign_in.provider import DOWN_REST, KEPT, KEYS_REST
from core.permissions import Role

DOWN, NONSENSE = "现在连不上", "应答不合规范"


@pytest.fixture
def app(sqlite_app):
    """The kind of database cannot matter here."""
    return sqlite_app


@pytest.fixture
def issuer(app, other_house):
    found = other_house.issuer()
    set_up(app, found)
    return found


@pytest.fixture
def linked(app, issuer):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    link_other(LinkOther(account.id, issuer.address, "worker-1", program()))
    return account


def program():
    return make_actor(Role.SYSTEM_ADMIN, subject_id=0)


def is_in(browser):
    return browser.get("/competitions").status_code == 200


PLACES = ("discovery", "keys", "token")
BAD = [
    (text, NONSENSE)
    for text in ("", "<html>maintenance</html>", "[]", "7", "null", '"x"', "{", "[" * 100_000, "{}", '{"keys": 7}')
]
BAD += [
    ([500, "{}"], DOWN),
    ([503, '{"error": "x"}'], DOWN),
    ([302, "{}"], NONSENSE),
    ("huge", NONSENSE),
    ("endless", NONSENSE),
    ("silent", DOWN),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("told", "words"), BAD, ids=lambda value: str(value)[:30])
def test_a_bad_answer_is_one_sentence_and_the_password_opens(client, issuer, linked, place, told, words):
    issuer.behave(at={place: told})
    way = around if place == "token" else lambda browser, then: browser.get(f"/sign-in/outside{then}")
    answer = way(client, "?next=/account")

    assert answer.headers["Location"] == "/sign-in?next=/account"
    page = said(client, answer)
    assert words in page
    assert page.count('class="notice notice--danger"') == 1
    assert password_given(client, linked, then="?next=/account").headers["Location"] == "/account"
    assert is_in(client)


@pytest.mark.parametrize("told", [[400, '{"error": "invalid_grant"}'], [401, '{"error": "invalid_client"}']], ids=str)
def test_a_code_that_is_not_taken_is_a_refusal_on_record(client, issuer, linked, told):
    issuer.behave(at={"token": told})

    assert "没有通过核对" in said(client, around(client))
    assert db.session.query(AuditEntry).filter_by(action="outside_sign_in.refused").one().detail["reason"] == "code"


@pytest.mark.parametrize("place", PLACES)
def test_a_slow_answer_is_cut_off_as_a_whole(client, issuer, linked, monkeypatch, place):
    """Each byte comes in time, the answer never does."""
    monkeypatch.setattr(fetching, "SECONDS", 0.4)
    issuer.behave(at={place: "slow"})
    began = time.monotonic()
    answer = around(client) if place == "token" else client.get("/sign-in/outside")

    assert DOWN in said(client, answer)
    assert time.monotonic() - began < 10


def test_slow_headers_are_cut_off_too(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.4)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def drip() -> None:
            with closing(listening.accept()[0]) as line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while True:
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return
                    threading.Event().wait(0.05)

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(ProviderDownError):
            ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()


def test_somebody_who_accepts_and_never_answers_is_cut_off(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening, pytest.raises(ProviderDownError):
        ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")


def test_only_some_threads_wait_for_the_other_house_and_the_rest_are_told_at_once(other_house, monkeypatch):
    """Judges' saves need the other threads of the process."""
    monkeypatch.setattr(fetching, "SECONDS", 3.0)
    monkeypatch.setattr(fetching, "QUEUE_SECONDS", 0.05)
    slow = other_house.issuer().behave(at={"keys": "slow"})
    reasons = []

    def wait() -> None:
        try:
            ask(f"{slow.address}/keys")
        except ProviderDownError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=wait) for _ in range(AT_ONCE + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reasons.count("too many wait for the provider") == 3
    assert len(reasons) == AT_ONCE + 3


def test_an_answer_may_be_as_large_as_the_bound_and_no_larger(other_house):
    house = other_house.issuer()
    body = '{"x": "%s"}'
    fits = body % ("x" * (MOST_BYTES - len(body % "")))
    house.behave(at={"keys": fits})
    assert len(ask(f"{house.address}/keys").body["x"]) > MOST_BYTES - 20

    house.behave(at={"keys": fits + " "})
    with pytest.raises(ProviderNonsenseError):
        ask(f"{house.address}/keys")


def test_after_a_failure_nobody_waits_again_for_some_seconds(client, issuer, linked, later):
    issuer.behave(at={"discovery": [500, "{}"]})
    for _ in range(3):
        assert DOWN in said(client, client.get("/sign-in/outside"))
    assert len(issuer.asked("discovery")) == 1

    issuer.behave(at={})
    later(DOWN_REST + timedelta(seconds=1))
    issuer.behave(clock=int(DOWN_REST.total_seconds()))
    around(client)
    assert is_in(client)


def test_what_it_says_of_itself_is_asked_for_once_in_some_minutes(client, issuer, linked, later):
    for _ in range(3):
        there(client)
    assert len(issuer.asked("discovery")) == len(issuer.asked("keys")) == 1

    later(KEPT)
    there(client)
    assert len(issuer.asked("discovery")) == len(issuer.asked("keys")) == 2


def test_a_new_key_is_known_at_once_but_a_made_up_one_is_not_asked_for_each_time(client, issuer, linked, later):
    there(client)
    later(KEYS_REST + timedelta(seconds=1))
    issuer.behave(rotated=True, signed="second", clock=61)
    around(client)
    assert is_in(client)
    assert len(issuer.asked("keys")) == 2

    other = client.application.test_client()
    issuer.behave(signed="ec")
    for _ in range(3):
        around(other)
    assert not is_in(other)
    assert len(issuer.asked("keys")) == 2


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://other.example.org"},
        {"issuer": None},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://other.example.org/authorize"},
        {"authorization_endpoint": ["https://x"]},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"jwks_uri": "https://user:word@other.example.org/keys"},
        {"jwks_uri": "https://other.example.org:99999/keys"},
        {"jwks_uri": "https:///keys"},
    ],
    ids=str,
)
def test_addresses_that_are_not_safe_are_gone_to_by_nobody(client, issuer, linked, discovery):
    issuer.behave(discovery=discovery)

    assert NONSENSE in said(client, client.get("/sign-in/outside"))


def test_an_issuer_may_end_in_a_slash(app, client, issuer, linked):
    named = f"{issuer.address}/"
    issuer.behave(discovery={"issuer": named}, claims={"iss": named})
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outside=replace(issuer.provider(), issuer=named))
    link_other(LinkOther(make_account(role=Role.AUDITOR).id, named, "worker-1", program()))
    around(client)

    assert client.get("/account").status_code == 200
    assert issuer.asked("discovery")


def test_a_certificate_that_nobody_vouches_for_is_refused_and_one_of_the_own_authority_is_taken(tmp_path, monkeypatch):
    make_certificates(tmp_path, ["localhost", "127.0.0.1"])
    files, heard = Files(tmp_path), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server, files.server_key)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(20)
        thread = threading.Thread(target=answer_once_trusted, args=(listening, context, heard))
        thread.start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}/keys"
        with pytest.raises(ProviderDownError) as error:
            ask(address)
        assert "CERTIFICATE_VERIFY_FAILED" in error.value.reason
        assert heard == []
        monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
        assert ask(address).body == {"a": 1}
        thread.join()
    assert heard[0].startswith(b"GET /keys HTTP/1.1")


def answer_once_trusted(listening, context, heard):
    """Answer the first who takes the certificate."""
    while not heard:
        line, _address = listening.accept()
        try:
            with context.wrap_socket(line, server_side=True) as safe:
                heard.append(safe.recv(4096))
                safe.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}')
        except OSError:
            line.close()


def test_plain_http_on_this_machine_is_not_taken_from_a_house_elsewhere():
    assert not is_safe("http://127.0.0.1/keys", allows_loopback=False)
    assert is_safe("http://127.0.0.1/keys", allows_loopback=True)
    assert is_safe("https://id.example.org:8443/keys?a=b", allows_loopback=False)


def test_an_address_with_a_question_already_keeps_it(client, issuer, linked):
    issuer.behave(discovery={"authorization_endpoint": f"{issuer.address}/authorize?tenant=7"})

    assert query_of(there(client))["tenant"] == "7"
    around(client)
    assert is_in(client)


def test_a_house_that_is_not_there_is_down(app, client):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    nobody = OutsideProvider(f"http://127.0.0.1:{port}", "x", "y", "认证", "ID")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], outside=nobody)

    assert DOWN in said(client, client.get("/sign-in/outside"))


def test_it_may_go_down_while_somebody_is_there(client, issuer, linked):
    address = let_in(there(client))
    issuer.behave(at={"token": "silent"})

    assert DOWN in said(client, back(client, address))
    assert password_given(client, linked).headers["Location"] == "/"


def test_the_doctor_asks_what_the_way_in_asks(app, issuer):
    found = {what: (verdict, good) for what, verdict, good in checks(app.config["SETTINGS"])}
    verdict, good = found["统一身份认证"]
    assert good
    assert "2 个签名密钥" in verdict
    assert found["统一身份认证返回地址"][0].startswith("http://127.0.0.1:8000/sign-in/outside/return")


@pytest.mark.parametrize(("told", "word"), [([500, "{}"], "status 500"), ("{}", "another issuer")], ids=str)
def test_the_doctor_says_what_is_wrong(app, issuer, told, word):
    issuer.behave(at={"discovery": told})
    found = {what: (verdict, good) for what, verdict, good in checks(app.config["SETTINGS"])}

    assert word in found["统一身份认证"][0]
    assert not found["统一身份认证"][1]


def test_without_a_provider_the_doctor_is_silent(app):
    assert not any("统一" in what for what, _verdict, _good in checks(app.config["SETTINGS"]))
