"""On which devices somebody is signed in with the own account, and signing the others out."""

from sqlalchemy import select

from core.account_care import own_account
from core.audit import record
from core.auth import Actor, SignIn, SubjectKind, end_sign_ins
from core.clock import now
from core.db import db, transaction
from core.errors import NotFoundError


def own_sign_ins(actor: Actor) -> list[SignIn]:
    """The sign-ins of the actor's account that hold now, the one heard of last first.

    Raises:
        NotAllowedError: the actor has no account.
    """
    rows = select(SignIn).where(
        SignIn.subject_kind == SubjectKind.ACCOUNT,
        SignIn.subject_id == own_account(actor).id,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now(),
    )
    return list(db.session.scalars(rows.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())))


def end_own_sign_in(sign_in_id: int, actor: Actor) -> None:
    """Sign the actor's account out on one device.

    Raises:
        NotFoundError: no such sign-in of this account.
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(actor).id
    with transaction() as session:
        row = session.get(SignIn, sign_in_id)
        if row is None or (row.subject_kind, row.subject_id) != (SubjectKind.ACCOUNT, account_id):
            raise NotFoundError("没有这个登录")
        row.revoked_at = row.revoked_at or now()
        record(session, actor.act("sign_in.revoked", f"sign_in:{row.id}"))


def end_other_sign_ins(actor: Actor) -> None:
    """Sign the actor's account out on every device but this one.

    Raises:
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(actor).id
    with transaction() as session:
        end_sign_ins(session, account_id, but=actor.sign_in_id)
        record(session, actor.act("sign_ins.revoked", f"account:{account_id}"))
