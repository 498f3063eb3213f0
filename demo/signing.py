"""The demo's signing key: made when the demo is made, self-signed, named as what it is, worth nothing elsewhere."""

from datetime import date, datetime, time, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.signing_keys.registering import RegisterKey, register_key
from core.auth import Actor
from core.clock import BEIJING, competition_day

HOLDER = "演示签名（没有法律效力）"
_YEAR = timedelta(days=365)


def register(competition_id: int, body: str, issued_on: date, organiser: Actor) -> int:
    """Register a fresh key of an issuing body and return its id.

    Args:
        competition_id: whose demo.
        body: the issuing body, as it stands on the certificates.
        issued_on: the day that stands on them, which the key covers as well as today.
        organiser: who registers it.
    """
    data = fresh_key(HOLDER, {issued_on, competition_day()})
    return register_key(RegisterKey(competition_id, body, data, "", gives_credentials=True, actor=organiser))


def fresh_key(holder: str, days: set[date]) -> bytes:
    """A P-256 key with a certificate that vouches only for itself, PEM, valid on these days and a year longer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, holder)])
    usage = dict.fromkeys(
        "content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only "
        "decipher_only".split(),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.combine(min(days), time.min, BEIJING))
        .not_valid_after(datetime.combine(max(days) + _YEAR, time.min, BEIJING))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
