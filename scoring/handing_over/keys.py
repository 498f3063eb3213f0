"""The key by which a device seals what it hands over: derived from its sign-in, so that nothing is stored for it."""

from core.auth import SignIn
from core.personal_data import blind_index


def device_key(sign_in: SignIn) -> str:
    """The device's key, 64 hex digits; another sign-in, or another installation, has another."""
    return blind_index("hand-over", f"{sign_in.id}:{sign_in.token_hash}")
