"""Signing in as the account that is linked with who came back from the other house."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import Account, locked_account
from core.audit import Act, record
from core.config import OutsideProvider
from core.db import transaction
from core.errors import DomainError
from core.outside_sign_in.errors import ClosedAccountError, UnknownSubjectError
from core.outside_sign_in.linking import OUTSIDE, add_refusal, seal_of
from core.outside_sign_in.models import OutsideIdentity
from core.outside_sign_in.tokens import Identity
from core.second_factor.signing_in import AfterPassword, enter


def come_in(provider: OutsideProvider, identity: Identity, device: str) -> AfterPassword:
    """Sign in the account that is linked with `identity`; a code is asked for where the account has a second factor,
    unless the provider says that it has asked for one and is trusted in that.

    Raises:
        UnknownSubjectError: no account is linked with this person.
        ClosedAccountError: the account is closed.
    """
    refused: DomainError
    with transaction() as session:
        account = _linked_account(session, provider, identity)
        if account is not None and account.is_active:
            is_proved = bool(identity.ways & provider.second_factor_in)
            came = enter(session, account, device, is_proved=is_proved)
            record(session, _accepted(account, provider, came.is_half, is_proved))
            return came
        refused = UnknownSubjectError() if account is None else ClosedAccountError()
        add_refusal(session, provider, refused.code, identity.subject)
    raise refused


def _linked_account(session: Session, provider: OutsideProvider, identity: Identity) -> Account | None:
    """The account, locked; asked twice, as its owner may take the link apart at this moment."""
    seal = seal_of(provider.issuer, identity.subject)
    query = select(OutsideIdentity.account_id).where(OutsideIdentity.subject_seal == seal)
    account_id = session.scalar(query)
    account = None if account_id is None else locked_account(session, account_id)
    return account if account_id == session.scalar(query) else None


def _accepted(account: Account, provider: OutsideProvider, is_half: bool, is_proved: bool) -> Act:
    asked = "here" if is_half else "there" if is_proved else "none"
    target, detail = f"account:{account.id}", {"issuer": provider.issuer, "second_factor": asked}
    return Act(target, account.display_name, f"{OUTSIDE}.accepted", target, None, detail)
