"""An issue is checked before it writes, and what changes meanwhile is checked again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from awarded import (
    certificates,
    issue,
    make_awarded,
)
from flask import Flask

from certificates.issue.planning import Plan, plan_issue
from certificates.pdf.rendering import check
from certificates.pdf.scene import Problem
from competitions.models import Contestant, Person
from core import jobs
from core.db import db, transaction
from core.errors import ConflictError

NOBODY_DRAWS = "王\U000323af"
"""U+323AF stands at the end of CJK Extension H, which no font of the house covers."""


def rename(contestant_id: int, name: str) -> None:
    with transaction() as session:
        person_id = session.get_one(Contestant, contestant_id).person_id
        session.get_one(Person, person_id).name = name


def test_nobody_is_measured_while_other_writers_wait(app: Flask) -> None:
    published, open_ones = make_awarded(), []

    def watched(*given: object) -> list[Problem]:
        open_ones.append(db.session().info.get("is_writing"))
        return check(*given)  # type: ignore[arg-type]

    with patch("certificates.materials.freezing.check", watched):
        issue(published)

    assert open_ones
    assert not any(open_ones)


def test_a_name_that_changes_after_the_check_is_checked_again_before_anything_is_queued(app: Flask) -> None:
    published = make_awarded()
    changed = iter([NOBODY_DRAWS])

    def plan_and_rename(*given: object) -> Plan:
        plan = plan_issue(*given)  # type: ignore[arg-type]
        for name in changed:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(in_context, app, rename, published.contestant_ids[1], name).result()
        return plan

    with patch("certificates.issue.issuing.plan_issue", plan_and_rename):
        issue(published)
    jobs.sweep()

    made = [c.contestant_id for c in certificates(published)]
    assert made == [published.contestant_ids[0], published.contestant_ids[2]]


def test_a_list_that_never_stands_still_is_refused_after_a_few_tries(app: Flask) -> None:
    published, turns = make_awarded(), iter(range(100))

    def plan_and_rename(*given: object) -> Plan:
        plan = plan_issue(*given)  # type: ignore[arg-type]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_context, app, rename, published.contestant_ids[1], f"张{next(turns)}").result()
        return plan

    with (
        patch("certificates.issue.issuing.plan_issue", plan_and_rename),
        pytest.raises(ConflictError, match="正在改动，请稍后再颁发"),
    ):
        issue(published)

    assert next(turns) == 3
    assert db.session.query(jobs.Batch).count() == 0


def in_context(app: Flask, act: Callable[..., None], *given: object) -> None:
    with app.app_context():
        act(*given)
