"""The hall's own authority: what it vouches for, what it refuses, and what lies on the disk."""

import ssl
import stat
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

import core.clock
from core.errors import DomainError
from core.hall_tls.authority import (
    SERVER_LIFE,
    AddressError,
    AddressOutsideError,
    CertificateExistsError,
    Files,
    NoAuthorityError,
    make_certificates,
    parsed,
    renew_certificate,
    standing,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tls"


def vouches(files, name):
    """Whether a strict verifier takes the server's certificate for `name` on the authority's word alone."""
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    subject = parsed(name)
    wanted = x509.DNSName(subject) if isinstance(subject, str) else x509.IPAddress(subject)
    builder = PolicyBuilder().store(Store([authority])).time(core.clock.now())
    try:
        builder.build_server_verifier(wanted).verify(server, [])
    except VerificationError:
        return False
    return True


def test_the_certificate_is_good_for_its_addresses_and_no_other(folder):
    made = make_certificates(folder, ["192.168.1.10", "Hall.Local", "fd00::5"])
    files = Files(folder)

    assert made.addresses == ("192.168.1.10", "hall.local", "fd00::5")
    assert [vouches(files, name) for name in made.addresses] == [True, True, True]
    assert not vouches(files, "192.168.1.11")
    assert not vouches(files, "example.org")


def meet(files, host):
    """A client of OpenSSL that trusts the hall alone and a server with its certificate greet each other in memory."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=files.authority)
    server.load_cert_chain(files.server, files.server_key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    here = client.wrap_bio(to_client, to_server, server_hostname=host)
    for side in (here, there, here, there):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return here.getpeercert() is not None


@pytest.mark.parametrize(
    "addresses",
    [["192.168.1.10"], ["fd00::5"], ["hall.local"], ["192.168.1.10", "hall.local"], ["10.0.0.7", "10.0.0.8"]],
)
def test_openssl_takes_it_by_each_of_its_addresses_and_by_no_other(folder, addresses):
    make_certificates(folder, addresses)

    assert all(meet(Files(folder), address) for address in addresses)
    with pytest.raises(ssl.SSLCertVerificationError):
        meet(Files(folder), "192.168.1.99")


def test_keys_are_the_owners_alone_from_the_beginning(folder):
    make_certificates(folder, ["10.0.0.1"])
    files = Files(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ca.key": 0o600, "server.key": 0o600, "ca.crt": 0o644, "server.crt": 0o644}
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.server, files.server_key)
    assert b"PRIVATE" not in files.authority.read_bytes()


@pytest.mark.parametrize("name", ["ca.crt", "ca.key", "server.crt", "server.key"])
def test_nothing_is_overwritten(folder, name):
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(CertificateExistsError, match="--renew"):
        make_certificates(folder, ["10.0.0.1"])
    assert [path.read_text() for path in folder.iterdir()] == ["mine"]


def test_renewing_keeps_the_authority_and_may_add_addresses(folder, monkeypatch):
    make_certificates(folder, ["192.168.1.10", "hall.local"])
    files = Files(folder)
    authority, key = files.authority.read_bytes(), files.server_key.read_bytes()
    then = core.clock.now() + timedelta(days=300)
    monkeypatch.setattr(core.clock, "_now", lambda: then)
    made = renew_certificate(folder, [])

    assert files.authority.read_bytes() == authority
    assert files.server_key.read_bytes() != key
    assert made.addresses == ("192.168.1.10", "hall.local")
    assert made.expires_at - then > timedelta(days=390)
    assert renew_certificate(folder, ["192.168.7.7"]).addresses == ("192.168.7.7",)
    assert vouches(files, "192.168.7.7")
    assert stat.S_IMODE(files.server_key.stat().st_mode) == 0o600


@pytest.mark.parametrize("address", ["8.8.8.8", "example.org", "2001:db8::1"])
def test_the_authority_may_not_vouch_for_the_world(folder, address):
    make_certificates(folder, ["192.168.1.10"])
    with pytest.raises(AddressOutsideError):
        renew_certificate(folder, [address])
    assert vouches(Files(folder), "192.168.1.10")


def test_even_with_its_key_the_authority_cannot_fake_another_site(folder):
    """Devices hold the constraint themselves: a certificate signed past it is refused."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    make_certificates(folder, ["192.168.1.10"])
    files = Files(folder)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    stolen = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.SubjectAlternativeName([x509.DNSName("bank.example")])
    own = x509.load_pem_x509_certificate(files.server.read_bytes())
    builder = x509.CertificateBuilder().subject_name(own.subject).issuer_name(authority.subject)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(own.not_valid_before_utc).not_valid_after(own.not_valid_after_utc)
    for extension in own.extensions:
        value = named if isinstance(extension.value, x509.SubjectAlternativeName) else extension.value
        builder = builder.add_extension(value, extension.critical)
    forged = builder.sign(stolen, hashes.SHA256())
    verifier = PolicyBuilder().store(Store([authority])).time(core.clock.now())

    with pytest.raises(VerificationError):
        verifier.build_server_verifier(x509.DNSName("bank.example")).verify(forged, [])


def test_what_devices_ask_of_a_certificate_is_there(folder):
    make_certificates(folder, ["192.168.1.10"])
    found = standing(folder)
    life = found.server.not_valid_after_utc - found.server.not_valid_before_utc

    assert life == SERVER_LIFE < timedelta(days=398)
    assert found.server.not_valid_before_utc < core.clock.now() - timedelta(hours=23)
    usage = found.server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [one.dotted_string for one in usage] == ["1.3.6.1.5.5.7.3.1"]
    assert found.authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert found.name.startswith("竞赛系统赛场证书 ")
    assert len(found.fingerprint.split()) == 32


@pytest.mark.parametrize(
    "text",
    ["", "https://192.168.1.10", "192.168.1.10:8000", "192.168.1.300", "评分", "-a.local", "a..b", "a" * 64, "*.local"],
)
def test_what_is_no_address_is_refused(folder, text):
    with pytest.raises(AddressError):
        make_certificates(folder, [text])
    assert not folder.exists() or list(folder.iterdir()) == []


def test_without_an_address_or_an_authority_there_is_nothing_to_make(folder):
    with pytest.raises(NoAuthorityError):
        renew_certificate(folder, ["10.0.0.1"])
    with pytest.raises(DomainError):
        make_certificates(folder, [])
    assert standing(folder) is None
