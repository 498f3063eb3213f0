"""What can go wrong on the way to another house and back; each says that the password still opens."""

from typing import TypeVar

from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError


class ReasonedError(DomainError):
    """One sentence for people, whatever the reason, which the log or the audit record says in English."""

    reason = ""


E = TypeVar("E", bound=ReasonedError)


def because(error: E, reason: str) -> E:
    """The error with its reason."""
    error.reason = reason
    return error


class ProviderDownError(ReasonedError):
    """The provider does not answer, or not in time."""

    code = "provider_down"
    status = 503

    def __init__(self) -> None:
        super().__init__("统一身份认证现在连不上，请稍后再试；用登录名和密码照样可以登录")


class ProviderNonsenseError(ReasonedError):
    """The provider answers, but not as the standard says."""

    code = "provider_nonsense"
    status = 502

    def __init__(self) -> None:
        super().__init__("统一身份认证服务器的应答不合规范，请告诉系统管理员；用登录名和密码照样可以登录")


class RefusedTokenError(ReasonedError, InvalidInputError):
    """What the provider says of somebody does not stand up: signed by another, for another, too old, used before.

    Its reason is one word, such as ``nonce``.
    """

    code = "refused_token"

    def __init__(self) -> None:
        super().__init__("统一身份认证的凭证没有通过核对，请重新开始；用登录名和密码照样可以登录")


class RefusedThereError(NotAllowedError):
    """The provider did not let this person through, or the person turned back there."""

    code = "refused_there"

    def __init__(self) -> None:
        super().__init__("您在统一身份认证那里取消了，或它没有允许；用登录名和密码照样可以登录")


class JourneyLostError(InvalidInputError):
    """Somebody comes back who did not set out from this browser, or not in the last minutes, or came back before."""

    code = "journey_lost"

    def __init__(self, address: str) -> None:
        super().__init__(
            "这次登录不是刚从这个浏览器开始的，或已经用过；请打开 %(address)s 重新开始，中途不要换浏览器，也不要后退",
            address=address,
        )


class UnknownSubjectError(NotAllowedError):
    """Who somebody is in the other house is no account's here."""

    code = "unknown_subject"

    def __init__(self) -> None:
        super().__init__(
            "您的统一身份认证还没有与本系统的账号关联。请先用密码登录，在“我的账号”里关联，或请系统管理员关联"
        )


class ClosedAccountError(NotAllowedError):
    """The account is closed; that somebody else vouches for its owner opens nothing."""

    code = "closed_account"

    def __init__(self) -> None:
        super().__init__("与您的统一身份认证关联的账号已停用，请找系统管理员")


class AlreadyLinkedError(ConflictError):
    """That person of the other house is linked already, or this account is."""

    code = "already_linked"
