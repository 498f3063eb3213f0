"""Whether a certificate in force still says what is registered of its holder, as after a corrected name."""

from dataclasses import dataclass

from certificates.models import Certificate, CertificateState
from core.messages import message

_PRINTED = {"recipient.name": message("姓名"), "recipient.unit": message("单位")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that stands otherwise on the certificate than in the registration."""

    what: str
    printed: str
    registered: str


def differences(certificate: Certificate) -> tuple[Difference, ...]:
    """What of name and unit is registered otherwise now; nothing for a certificate that is no longer in force."""
    if certificate.state is not CertificateState.VALID:
        return ()
    contestant = certificate.contestant
    now = {"recipient.name": contestant.person.name, "recipient.unit": contestant.unit}
    printed = {key: str(certificate.values.get(key, "")) for key in _PRINTED}
    return tuple(Difference(what, printed[key], now[key]) for key, what in _PRINTED.items() if printed[key] != now[key])
