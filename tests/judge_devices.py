"""A judge at a device that is signed in, as use cases are given one."""

from dataclasses import replace
from uuid import uuid4

from factories import make_actor, stored

from competitions.models import Judge
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now


def judge_actor(judge: Judge) -> Actor:
    """Judge 钱裁判 at a signed-in device."""
    row = stored(
        SignIn(
            token_hash=uuid4().hex,
            subject_kind=SubjectKind.JUDGE,
            subject_id=judge.id,
            name=judge.name,
            competition_id=judge.competition_id,
            role=judge.role,
            device="test",
            created_at=now(),
            last_seen_at=now(),
            expires_at=now(),
            revoked_at=None,
        )
    )
    actor = make_actor(judge.role, judge.competition_id, kind=SubjectKind.JUDGE, subject_id=judge.id, name=judge.name)
    return replace(actor, sign_in_id=row.id, competition_id=judge.competition_id)
