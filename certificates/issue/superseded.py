"""Certificates in force that say something else than the prizes of the result that is final now."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from certificates.models import Award, Certificate, CertificateState
from competitions.models import Contestant

_PLACE = "{award.place}"


def on_earlier_results(session: Session, shown: Mapping[int, int]) -> dict[int, list[Certificate]]:
    """Certificates in force that stand on another result than the one shown, by event, in the order of their numbers.

    Args:
        session: for reading; one query, whatever the number of events.
        shown: event id → id of the snapshot that the public sees.
    """
    query = (
        select(Certificate)
        .join(Certificate.award)
        .where(Award.event_id.in_(list(shown)), Award.snapshot_id.not_in(list(shown.values())))
        .where(Certificate.state == CertificateState.VALID)
        .order_by(Certificate.id)
        .options(
            joinedload(Certificate.award),
            joinedload(Certificate.layout),
            joinedload(Certificate.contestant).joinedload(Contestant.person),
        )
    )
    found: dict[int, list[Certificate]] = {}
    for certificate in session.scalars(query):
        found.setdefault(certificate.award.event_id, []).append(certificate)
    return found


def is_superseded(certificate: Certificate, now: Award | None) -> bool:
    """Whether a certificate would say something else by the award that its holder has now.

    Args:
        certificate: on an earlier result.
        now: the holder's award by the result that is final now; None without a place.
    """
    if now is not None and now.is_open:
        return False  # nobody knows before the tie on the cut line is decided
    if now is None or certificate.values.get("award.title") != now.prize:
        return True
    # Within the same prize another place matters only where the layout prints it.
    place = f"第{now.contest_rank}名"
    return _PLACE in str(certificate.layout.document) and certificate.values.get("award.place") != place
