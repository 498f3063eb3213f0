"""A certificate authority for one hall, and a certificate for the server in it.

The authority can vouch for private addresses and for the names it was made for, and for nothing else (RFC 5280, name
constraints): a tablet that trusts it is not exposed anywhere else, even if its key is stolen. Certificates of servers
live 397 days at most, which Apple's devices (825) and browsers accept. All begin a day early, because a tablet that has
been off for long may have a slow clock.
"""

import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.clock import BEIJING, now
from core.errors import ConflictError, InvalidInputError, NotFoundError

AUTHORITY_LIFE = timedelta(days=5 * 365)
SERVER_LIFE = timedelta(days=397)
EARLY = timedelta(days=1)
PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
LOCAL_NAMES = ("local", "lan", "internal", "localhost")
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

SERVER_NAME = "竞赛系统赛场服务器"
"""What the server's certificate is called where somebody looks at it; its addresses stand in their own place."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressError(InvalidInputError):
    """Neither an IP address nor the name of a machine."""

    code = "address"


class AddressOutsideError(InvalidInputError):
    """The authority was not made for this address."""

    code = "address_outside"


class CertificateExistsError(ConflictError):
    """There is a certificate already; nothing is overwritten unasked."""

    code = "certificate_exists"


class NoAuthorityError(NotFoundError):
    """There is no authority whose certificate could be renewed."""

    code = "no_authority"


@dataclass(frozen=True, slots=True)
class Files:
    """Where an installation keeps them: keys readable by the owner alone."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate; tablets are to trust it, it is no secret."""
        return self.folder / "ca.crt"

    @property
    def authority_key(self) -> Path:
        """The authority's key. Only needed to renew; may be kept elsewhere between."""
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        """The server's certificate."""
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        """The server's key."""
        return self.folder / "server.key"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: until when it holds, and what to compare on the tablet."""

    addresses: tuple[str, ...]
    expires_at: datetime
    fingerprint: str


def make_certificates(folder: Path, addresses: Sequence[str]) -> Made:
    """An authority and a server's certificate for `addresses` (IP addresses and names) in `folder`.

    Raises:
        CertificateExistsError: there are some already; renewing keeps the tablets' trust.
        AddressError: an address that is none.
    """
    files = Files(folder)
    for path in (files.authority, files.authority_key, files.server, files.server_key):
        if path.exists():
            raise CertificateExistsError(
                "%(path)s 已存在，不会覆盖；给服务器换发证书请加 --renew，平板不用重新信任", path=path
            )
    wanted = [parsed(address) for address in addresses]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(key, wanted)
    _write(files.authority_key, _key_bytes(key), 0o600)
    _write(files.authority, authority.public_bytes(serialization.Encoding.PEM), 0o644)
    return _make_server(files, key, authority, wanted)


def renew_certificate(folder: Path, addresses: Sequence[str]) -> Made:
    """Another certificate for the server from the same authority, for `addresses` or, if none, for those it has.

    Raises:
        NoAuthorityError: there is no authority with its key.
        AddressError, AddressOutsideError: an address that is none, or one that the authority may not vouch for.
    """
    files = Files(folder)
    if not (files.authority.exists() and files.authority_key.exists()):
        raise NoAuthorityError("%(folder)s 里没有 ca.crt 和 ca.key，不能换发；请先生成", folder=folder)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoAuthorityError("%(folder)s 里没有 ca.crt 和 ca.key，不能换发；请先生成", folder=folder)
    wanted = [parsed(address) for address in addresses] or _addresses_of(_loaded(files.server))
    for address in wanted:
        if not _may_vouch(authority, address):
            raise AddressOutsideError("原有的赛场证书不能用于 %(address)s；请另用一个文件夹重新生成", address=address)
    return _make_server(files, key, authority, wanted)


def parsed(text: str) -> Address | str:
    """An IP address, or a machine's name in lower case.

    Raises:
        AddressError: neither.
    """
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        name = text.strip().lower()
    is_number = name.rpartition(".")[2].isdigit()
    if is_number or not NAME.fullmatch(name):
        raise AddressError("“%(text)s”不是 IP 地址，也不是机器名；不要带 https:// 和端口", text=text)
    return name


def _authority(key: ec.EllipticCurvePrivateKey, wanted: Sequence[Address | str]) -> x509.Certificate:
    day = now().astimezone(BEIJING).date().isoformat()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"竞赛系统赛场证书 {day}")])
    names = [address for address in wanted if isinstance(address, str)]
    networks = [ipaddress.ip_network(network) for network in PRIVATE]
    networks += [ipaddress.ip_network(address) for address in wanted if not isinstance(address, str)]
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in dict.fromkeys((*LOCAL_NAMES, *names))]
    permitted += [x509.IPAddress(network) for network in dict.fromkeys(networks)]
    usage = _usage(signs_certificates=True)
    return (
        _begun(name, name, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _make_server(
    files: Files, signer: ec.EllipticCurvePrivateKey, authority: x509.Certificate, wanted: Sequence[Address | str]
) -> Made:
    if not wanted:
        raise AddressError("请写出服务器在赛场里的地址，例如 192.168.1.10")
    key = ec.generate_private_key(ec.SECP256R1())
    named = [x509.DNSName(one) if isinstance(one, str) else x509.IPAddress(one) for one in dict.fromkeys(wanted)]
    # No address here: without a name among the alternatives OpenSSL takes an address for a name that nobody may have.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVER_NAME)])
    certificate = (
        _begun(subject, authority.subject, key.public_key(), SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(files.server_key, _key_bytes(key), 0o600)
    _write(files.server, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return Made(tuple(map(str, wanted)), certificate.not_valid_after_utc, fingerprint(authority))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    begins = now().replace(microsecond=0) - EARLY
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(begins).not_valid_after(begins + life)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_vouch(authority: x509.Certificate, address: Address | str) -> bool:
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    return any(_covers(one, address) for one in permitted)


def _covers(one: x509.GeneralName, address: Address | str) -> bool:
    if isinstance(address, str):
        return isinstance(one, x509.DNSName) and f".{address}".endswith(f".{one.value}")
    return isinstance(one, x509.IPAddress) and address in ipaddress.ip_network(str(one.value))


def _addresses_of(certificate: x509.Certificate | None) -> list[Address | str]:
    if certificate is None:
        return []
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [parsed(str(name.value)) for name in names]


def _loaded(path: Path) -> x509.Certificate | None:
    return x509.load_pem_x509_certificate(path.read_bytes()) if path.exists() else None


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _write(path: Path, data: bytes, mode: int) -> None:
    """Put a file in place whole, with its mode from the beginning."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    draft.replace(path)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate as devices show it: pairs of hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(" ").upper()


@dataclass(frozen=True, slots=True)
class Standing:
    """The certificates of an installation as they stand."""

    authority: x509.Certificate
    server: x509.Certificate
    addresses: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The authority's."""
        return fingerprint(self.authority)

    @property
    def name(self) -> str:
        """As tablets list the authority."""
        return str(self.authority.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    @property
    def expires_at(self) -> datetime:
        """When the server's certificate ends."""
        return self.server.not_valid_after_utc


def standing(folder: Path) -> Standing | None:
    """The certificates in `folder`; None if there are none."""
    files = Files(folder)
    authority, server = _loaded(files.authority), _loaded(files.server)
    if authority is None or server is None:
        return None
    return Standing(authority, server, tuple(map(str, _addresses_of(server))))
