"""One-time codes of a phone (RFC 6238) and recovery codes on paper, as pure functions of secret, step and text.

The parameters are those that every authenticator app knows: SHA-1, six digits, thirty seconds. Nothing here asks the
time or keeps anything.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
"""How many steps before and after the present one are taken: clocks differ, and people type slowly."""
FAR_STEPS = 120
"""How many steps around the present one are searched for how far a phone's clock is off, while it is being set up."""
SECRET_CHARACTERS = 32
"""160 bits in base 32, as long as the hash, as RFC 4226 recommends."""
RECOVERY_CODES = 10
RECOVERY_CHARACTERS = 10
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that nobody confuses, as in the other codes of the house: no 0, O, 1, I, L."""


def new_secret() -> str:
    """A random secret in base 32, without padding."""
    return pyotp.random_base32(SECRET_CHARACTERS)


def step_at(moment: datetime) -> int:
    """The number of the thirty seconds in which `moment` lies, counted from 1970. Source: RFC 6238 section 4.2."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    """The code that a phone with `secret` shows in `step`. Source: RFC 4226 section 5.3.

    Args:
        secret: base 32.
        step: see `step_at`; not negative.
    """
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def matching_step(secret: str, typed: str, now: int, after: int = -1, drift: int = DRIFT_STEPS) -> int | None:
    """The step whose code `typed` is, among those around `now` that come after the last one used.

    Args:
        secret: base 32.
        typed: as `plain` returns it.
        now: the present step.
        after: the last step whose code was taken; it and those before it are not taken again (RFC 6238 section 5.2).
        drift: how many steps around `now` are looked at.

    Returns:
        The step, or None where no code fits. The time does not depend on which of the codes fits, or how well.
    """
    found = None
    for step in range(max(now - drift, 0), now + drift + 1):
        # All are compared, and the whole of each.
        if strings_equal(code_of(secret, step), typed) and step > after and found is None:
            found = step
    return found


def clock_difference(secret: str, typed: str, now: int) -> int | None:
    """By how many seconds the phone that shows `typed` is ahead of `now` (behind: negative); None if no code fits.

    Only for somebody who sees the secret anyway, as while it is being set up: to anybody else it would tell that a
    guess is the code of another moment.
    """
    steps = sorted(range(max(now - FAR_STEPS, 0), now + FAR_STEPS + 1), key=lambda step: abs(step - now))
    fitting = (step for step in steps if strings_equal(code_of(secret, step), typed))
    step = next(fitting, None)
    return None if step is None else (step - now) * STEP_SECONDS


def address_of(secret: str, username: str, place: str) -> str:
    """What the QR code says to an authenticator app, an address of the kind ``otpauth://``.

    Args:
        secret: base 32.
        username: whose code it is, as the app lists it.
        place: of which system, as the app lists it. Neither has a colon, which is what stands between them.
    """
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name=place)


def in_groups(text: str, size: int) -> str:
    """The text in groups that a person can copy: ``ABCD EFGH``."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


def plain(typed: str) -> str:
    """A code as it is compared: half width, upper case, letters and digits only."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in text if character.isascii() and character.isalnum())


def is_of_phone(typed: str) -> bool:
    """Whether a text as `plain` returns it has the form of a phone's code; a recovery code is longer."""
    return len(typed) == DIGITS and typed.isdigit()


def new_recovery_codes() -> list[str]:
    """Ten random codes of 49 bits each, as `plain` returns them."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        codes.add("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_CHARACTERS)))
    return sorted(codes)


def on_paper(codes: Iterable[str]) -> list[str]:
    """Recovery codes as they are shown and printed: ``7KQ4M-2XPWE``."""
    half = RECOVERY_CHARACTERS // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]
