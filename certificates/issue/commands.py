"""The command that lists the certificates of a competition, for another register or an archive."""

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certificates.issue.numbering import grouped_code
from certificates.models import Award, Certificate, CertificateState
from competitions.models import Event
from competitions.setup import competition_of
from core.command_line import JSON, echo_csv, echo_json, in_a_sentence
from core.db import db

HEADINGS = ("编号", "核验码", "姓名", "赛项", "奖项", "颁发日期", "状态", "SHA-256")
STATE_WORDS = {
    CertificateState.VALID: "有效",
    CertificateState.REVOKED: "已撤销",
    CertificateState.REPLACED: "已换发",
}


@click.command("issued")
@click.argument("competition_id", type=int)
@JSON
@with_appcontext
def issued_command(competition_id: int, as_json: bool) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 颁发过的证书，撤销和换发的也在内。"""
    with in_a_sentence():
        competition_of(competition_id)
    query = select(Certificate).join(Certificate.award).join(Award.event)
    query = query.where(Certificate.competition_id == competition_id).order_by(Event.position, Certificate.id)
    found = db.session.scalars(query.options(joinedload(Certificate.award).joinedload(Award.event)))
    rows = [_row(one) for one in found]
    if as_json:
        echo_json(rows)
    else:
        echo_csv(HEADINGS, ([*row.values()] for row in ({**one, "state": STATE_WORDS[one["state"]]} for one in rows)))


def _row(one: Certificate) -> dict[str, Any]:
    return {
        "number": one.number,
        "code": grouped_code(one.code),
        "name": one.values["recipient.name"],
        "event": str(one.award.event.title),
        "prize": one.award.prize,
        "issued_on": one.issued_on.isoformat(),
        "state": one.state,
        "digest": one.digest,
    }
