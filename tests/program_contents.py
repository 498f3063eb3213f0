"""A competition with something in everything that programs read, and the addresses under which they read it."""

import re
from datetime import timedelta

from awarded import issue
from factories import make_actor, make_event, make_judge, make_sheet, stored
from flagged import approve, make_flagged

from certificates.models import LevelCertificate
from competitions.notices.models import Readers
from competitions.notices.posting import PostNotice, WithdrawNotice, post_notice, withdraw_notice
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableSession
from core import jobs
from core.clock import now
from core.db import db
from core.programs.endpoints import OPERATIONS, V1
from scoring.models import ResultSnapshot, TeamPublication
from scoring.tablet.openapi import document


def add_session(competition_id, **over):
    begins = now() + timedelta(days=1)
    values = {"title": "焊工比赛", "kind": Kind.CONTEST, "begins_at": begins, "ends_at": begins + timedelta(hours=2)}
    values |= {"place": "一号车间", "audience": Audience.EVERYONE, "note": "带面罩"}
    return stored(TimetableSession(competition_id=competition_id, **(values | over))).id


def tell(competition_id, text, readers=Readers.EVERYONE):
    return post_notice(PostNotice(competition_id, readers, None, text, make_actor()))


def whole():
    """A competition with something in every list; returns what was made of its result."""
    made = make_flagged()
    approve(made, 2)
    issue(made)
    jobs.sweep()
    add_session(made.competition_id)
    tell(made.competition_id, "班车 7:40 开")
    withdraw_notice(WithdrawNotice(made.competition_id, tell(made.competition_id, "作废的话"), "写错了", make_actor()))
    first = made.contestant_ids[0]
    values = {"competition_id": made.competition_id, "contestant_id": first, "level": 2, "read_at": now()}
    for number in ("OLD-1", "1234567890123456"):
        stored(LevelCertificate(**values, number=number, remarks=[], read_by="account:1"))
    judge = make_judge(competition_id=made.competition_id)
    make_sheet(judge=judge)
    final = make_event(competition_id=made.competition_id).id
    set_stage(SetStage(made.competition_id, final, made.event_id, Line(Measure.NUMBER, "3"), make_actor()))
    rank_delegations(made)
    return made


def rank_delegations(made):
    """A published standing in which the first delegation has a place."""
    snapshot = db.session.get_one(ResultSnapshot, made.snapshot_id)
    result = {"event": made.event_id, "snapshot": snapshot.id, "number": 1, "digest": snapshot.digest, "is_final": True}
    part = {"snapshot": snapshot.id, "entrant": made.entrant_ids[0], "value": "12.5"}
    place = {
        "delegation": "石家庄市",
        "rank": 1,
        "value": "12.5",
        "share": "1",
        "medal": "",
        "reason": "",
        "counted": [part],
    }
    formula = {"key": "places", "name": "按名次计分", "words": "", "figures": []}
    document = {"formula": formula, "results": [result], "places": [place]}
    values = {"is_shown": True, "digest": "d" * 64, "reason": "", "decided_at": now(), "decided_by": "赵组织"}
    stored(TeamPublication(competition_id=made.competition_id, document=document, **values))


def addresses(made):
    """Every endpoint that is read, with its places filled in."""
    for operation in OPERATIONS.values():
        if operation.takes_file:
            continue
        place = operation.path.replace("<int:competition_id>", str(made.competition_id))
        yield operation, V1 + place.replace("<int:event_id>", str(made.event_id))


def described(operation):
    return document()["paths"][V1 + re.sub(r"<int:(\w+)>", r"{\1}", operation.path)]["get"]
