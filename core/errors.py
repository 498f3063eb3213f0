"""The errors that users see: a code for programs, a Chinese sentence for people. None knows the web."""

from collections.abc import Mapping


class DomainError(Exception):
    """Something a person asked for cannot be done, and here is why.

    Args:
        message: a Chinese sentence that says what is wrong, where, and what to do; also the key of its
            translation. Values stand in it as ``%(name)s`` and come from `params`.
        params: the values.
    """

    code = "refused"
    status = 422

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFoundError(DomainError):
    """No such thing, or not for this person to know of."""

    code = "not_found"
    status = 404


class NotAllowedError(DomainError):
    """This person may not do this, or not in this state."""

    code = "not_allowed"
    status = 403


class NotSignedInError(DomainError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"
    status = 401


class ConflictError(DomainError):
    """Somebody else was first, or the state has moved on."""

    code = "conflict"
    status = 409


class TooManyTriesError(DomainError):
    """Too many failed tries; wait."""

    code = "too_many_tries"
    status = 429


class InvalidInputError(DomainError):
    """A value or a file that is not usable."""

    code = "invalid"
    status = 422
