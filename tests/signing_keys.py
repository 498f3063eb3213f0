"""A certification authority for tests, and signing files made with it."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
KEYS: dict[str, Key] = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "RSA-2048": rsa.generate_private_key(65537, 2048),
}
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _builder(subject: str, key: Key) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("测试根"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
    )


def _usage(**given: bool) -> x509.KeyUsage:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    flags = dict.fromkeys([*names.split(), "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(**(flags | given))


ROOT = (
    _builder("测试根", ROOT_KEY)
    .add_extension(x509.BasicConstraints(True, 0), True)
    .add_extension(_usage(key_cert_sign=True, crl_sign=True), True)
    .sign(ROOT_KEY, hashes.SHA256())
)


def certificate(key: Key, name: str = "云岭省总工会（测试）") -> x509.Certificate:
    return (
        _builder(name, key)
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), True)
        .sign(ROOT_KEY, hashes.SHA256())
    )


def pem(key: Key, *certificates: x509.Certificate, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    block = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    return block + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)
