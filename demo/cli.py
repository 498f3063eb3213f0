"""The command that fills an empty database with the demo and says how to sign in."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.issue.issuing import IssueCertificates, issue_certificates
from certificates.issue.values import Terms, Wording, issuers_of
from certificates.models import Award
from competitions.judge_accounts.linking import LinkAccount, link_account
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, set_events
from competitions.models import Contestant, Delegation, Entrant, Judge
from competitions.setup import competition_of
from core import jobs
from core.accounts import Account, CreateAccount, GrantRole, create_account, grant_role
from core.auth import DEVICE_LIFE, Actor, SignIn, Subject, SubjectKind, hashed, sign_in
from core.cli import settings
from core.clock import now
from core.db import db, transaction
from core.judge_links import IssueLink, issue_link
from core.permissions import ROLE_NAMES, Role
from core.personal_data import decrypt, derived_code
from core.serving import demo_notes
from demo import (
    appeals,
    arrivals,
    course,
    earlier,
    enrolment,
    facts,
    jury,
    labour,
    layouts,
    notices,
    organisations,
    own_rules,
    paper,
    papers,
    programs,
    signing,
    stages,
    timetable,
)
from demo.building import CHIEF_JUDGE, CLOSES_ON, Demo, build
from demo.telling import tell
from scoring.sheets.reading import LAID_ASIDE

SYSTEM = ("system", "演示")
LAYOUT = "huiwen-gold"
NUMBER_PATTERN = "HBYS-{year}-{serial:6}"
EARLY = "演示数据：公示期当天就要看到证书"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo; roles of one competition but for the administrator's and the auditor's."""

    role: Role
    username: str
    name: str


ADMIN = DemoAccount(Role.SYSTEM_ADMIN, "admin", "系统管理员")
OTHERS = (
    DemoAccount(Role.ORGANISER, "organiser", "赵组织"),
    DemoAccount(Role.ORGANISER, "organiser2", "沈复核"),
    DemoAccount(Role.CHIEF_JUDGE, "chief", CHIEF_JUDGE),
    DemoAccount(Role.SUPERVISOR, "supervisor", "冯监督"),
    DemoAccount(Role.TEAM_LEADER, "leader", "褚领队"),
    DemoAccount(Role.AUDITOR, "auditor", "卫审计"),
)
KEEPERS = (
    DemoAccount(Role.CODE_KEEPER, "keeper1", "洪加密"),
    DemoAccount(Role.CODE_KEEPER, "keeper2", "石加密"),
)

TYPISTS = (
    DemoAccount(Role.DATA_ENTRY, "typist", "任录分"),
    DemoAccount(Role.DATA_ENTRY, "typist2", "秦录分"),
)


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_appcontext
def demo_command(as_json: bool) -> None:
    """Fill an empty database with the demo competition; exit 1 if it is not empty."""
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        click.echo("数据库不是空的，演示只能填入空数据库", err=True)
        raise SystemExit(1)
    notes = _fill()
    _keep(demo_notes(settings()), notes)
    if as_json:
        click.echo(json.dumps(notes, ensure_ascii=False, indent=1))
    else:
        click.echo(f"演示竞赛已建好，账号与密码记在 {demo_notes(settings())}")


def _fill() -> dict[str, Any]:
    tell("填入演示竞赛，一般一分钟以内，机器忙时两三分钟；建管理员账号")
    admin_id, password = _account(ADMIN, None)
    accounts = [_account_note(ADMIN, password)]
    admin = Actor(SubjectKind.ACCOUNT, admin_id, ADMIN.name, 0, {None: frozenset({Role.SYSTEM_ADMIN})})
    built = build(admin)
    tell("建劳动竞赛：项目部、指标、评审组")
    contest = labour.build(admin)
    tell("建组织者、裁判长、监督、领队、审计账号")
    actors, organisers = {}, []
    for other in OTHERS:
        account_id, password = _account(other, built.competition_id)
        accounts.append(_account_note(other, password))
        if other.role is not Role.TEAM_LEADER:
            grant_role(GrantRole(account_id, other.role, contest.competition_id, *SYSTEM))
        own = frozenset({other.role})
        roles: dict[int | None, frozenset[Role]] = {built.competition_id: own, contest.competition_id: own}
        actors[other.role] = Actor(SubjectKind.ACCOUNT, account_id, other.name, 0, roles)
        organisers += [actors[other.role]] if other.role is Role.ORGANISER else []
    marked = course.run(built, actors[Role.CHIEF_JUDGE])
    tell("裁判长要看的：合议、疑问、照片、计时")
    jury.build(built, marked, actors[Role.CHIEF_JUDGE], settings().instance / "photos")
    typists = _typists(built, marked)
    tell("申诉：一件已裁定，一件待受理")
    appeals.build(built, actors)
    tell("检录：一个赛项多数人已到场")
    arrivals.build(built, actors[Role.ORGANISER])
    tell("劳动竞赛：三个月的指标、评审、公布")
    labour.run(contest, actors[Role.CHIEF_JUDGE])
    _award(built)
    _surround(built, admin, organisers, actors[Role.SUPERVISOR])
    accounts += [*typists, _chief_who_marks(built, actors[Role.CHIEF_JUDGE])]
    return _two_more(admin, actors, organisers, accounts) | {
        "base_url": settings().base_url,
        "accounts": accounts,
        "program": programs.build(built, organisers[0], settings().base_url),
        "judges": [_judge_note(judge_id, built.organiser) for judge_id in _judges_to_show(built)],
        "contestant": _contestant_note(built.event_ids[0]),
        "labour": {"id": contest.competition_id, "event": contest.event_ids[0]},
        "competition": {"id": built.competition_id, "events": dict(zip(_names(), built.event_ids, strict=True))},
    }


def _two_more(
    admin: Actor, actors: Mapping[Role, Actor], organisers: Sequence[Actor], accounts: list[dict[str, str]]
) -> dict[str, Any]:
    """Registration, two stages, two organisations, as the notes tell of them; keepers and others join `accounts`."""
    tell("在线报名：各代表队有的已通过，有的待审核，有的被退回")
    enrolling = enrolment.build(admin)
    tell("初赛到决赛：晋级线上有并列；木工作品两层编码，评到一半")
    keepers = []
    for one in KEEPERS:
        password = secrets.token_urlsafe(9)
        account_id = create_account(CreateAccount(one.username, one.name, password, *SYSTEM))
        keepers.append(db.session.get_one(Account, account_id))
        accounts.append(_account_note(one, password))
    staged = stages.build(admin, actors[Role.CHIEF_JUDGE], keepers)
    for competition_id in (enrolling.competition_id, staged.competition_id):
        for role in (Role.CHIEF_JUDGE, Role.SUPERVISOR):
            grant_role(GrantRole(actors[role].subject_id, role, competition_id, *SYSTEM))
        for organiser in organisers:
            grant_role(GrantRole(organiser.subject_id, Role.ORGANISER, competition_id, *SYSTEM))
    tell("两个办赛单位，各有管理员和一项竞赛")
    accounts += organisations.build(admin)
    link = f"{settings().base_url}/r/{enrolling.token}"
    return {
        "enrolment": {"id": enrolling.competition_id, "delegation": enrolling.delegation, "url": link},
        "stages": {"id": staged.competition_id, "events": staged.events},
    }


def _typists(built: Demo, marked: course.Course) -> list[dict[str, str]]:
    """Two who type paper sheets, and what they have typed; then the judges leave."""
    tell("纸质评分表：两个人各录一遍")
    people, notes = [], []
    for account in TYPISTS:
        account_id, password = _account(account, built.competition_id)
        roles: dict[int | None, frozenset[Role]] = {built.competition_id: frozenset({account.role})}
        people.append(Actor(SubjectKind.ACCOUNT, account_id, account.name, 0, roles))
        notes.append(_account_note(account, password))
    paper.build(built, marked, people)
    marked.leave()
    return notes


def _chief_who_marks(built: Demo, chief: Actor) -> dict[str, str]:
    """A judge of the half-marked event who is its chief judge, too, with an account: she confirms none of her marks."""
    tell("登记裁判的账号，发裁判登录链接")
    event_id, judge_id = built.event_ids[2], _judges_to_show(built)[0]
    account = DemoAccount(Role.CHIEF_JUDGE, "chief2", db.session.get_one(Judge, judge_id).name)
    account_id, password = _account(account, built.competition_id)
    person = ChiefPerson(None, account_id)
    set_events(SetChiefEvents(built.competition_id, person, (event_id,), built.organiser))
    for judge, own in ((judge_id, account_id), (built.chief_id, chief.subject_id)):
        link_account(LinkAccount(built.competition_id, judge, own, built.organiser))
    return _account_note(account, password)


def _surround(built: Demo, admin: Actor, organisers: list[Actor], supervisor: Actor) -> None:
    """What stands around a competition: own layouts, an earlier year, what came back, papers, own rules."""
    organiser = organisers[-1]
    tell("自有版式、印章授权")
    layouts.build(built.competition_id, organiser, supervisor)
    tell("日程和通知")
    timetable.build(built, organiser)
    notices.build(built, organiser)
    tell("两年前的竞赛，供历年档案使用")
    earlier_id = earlier.build(admin, organiser, built)
    grant_role(GrantRole(organiser.subject_id, Role.ORGANISER, earlier_id, *SYSTEM))
    tell("称号回填、创新成果、申报材料、自有规则")
    facts.build(built, earlier_id, organiser)
    papers.build(built, organiser)
    tell("两年前的竞赛：颁证，归档，可以导出存档")
    earlier.close(earlier_id, admin)
    own_rules.keep(*organisers)


def _award(built: Demo) -> None:
    final = built.event_ids[0]
    tell("焊工：定奖项，按规则核对晋级与称号")
    fix_awards(FixAwards(built.competition_id, final, built.organiser))
    assess_flags(AssessFlags(built.competition_id, final, built.organiser))
    tell("焊工：登记签名证书，颁发证书")
    competition = competition_of(built.competition_id)
    issuers = issuers_of(competition.host)
    key_id = signing.register(built.competition_id, issuers[0], CLOSES_ON, built.organiser)
    terms = Terms(LAYOUT, NUMBER_PATTERN, Wording(issuers, CLOSES_ON), key_id=key_id)
    issue_certificates(IssueCertificates(built.competition_id, final, terms, built.organiser, early_reason=EARLY))
    jobs.sweep()


def _names() -> list[str]:
    return ["welder", "cnc", "bricklayer", "security"]


def _account(account: DemoAccount, competition_id: int | None) -> tuple[int, str]:
    password = secrets.token_urlsafe(9)
    account_id = create_account(CreateAccount(account.username, account.name, password, *SYSTEM))
    delegation_id = _first_delegation(competition_id) if account.role is Role.TEAM_LEADER else None
    grant_role(GrantRole(account_id, account.role, competition_id, *SYSTEM, delegation_id))
    return account_id, password


def _first_delegation(competition_id: int | None) -> int | None:
    query = select(Delegation.id).where(Delegation.competition_id == competition_id)
    return db.session.scalar(query.order_by(Delegation.position).limit(1))


def _account_note(account: DemoAccount, password: str) -> dict[str, str]:
    return {"role": ROLE_NAMES[account.role], "username": account.username, "password": password}


def _judges_to_show(built: Demo) -> list[int]:
    """The panel of the event that is half marked, the lead judge first."""
    return built.judge_ids[10:15]


def _judge_note(judge_id: int, organiser: Actor) -> dict[str, str]:
    judge = db.session.get_one(Judge, judge_id)
    name, competition_id = judge.name, judge.competition_id
    link = issue_link(IssueLink(judge_id, name, Role.JUDGE, competition_id, organiser))
    subject = Subject(SubjectKind.JUDGE, judge_id, name, DEVICE_LIFE, competition_id, Role.JUDGE)
    token = sign_in(subject, "演示程序")
    _lay_aside(token)
    return {"name": name, "sign_in_url": f"{settings().base_url}/j/{link.token}", "pin": link.pin, "token": token}


def _lay_aside(token: str) -> None:
    """A program's sign-in that nobody has used yet stands beside no tablet, as if it had been made long ago."""
    with transaction() as session:
        row = session.scalars(select(SignIn).where(SignIn.token_hash == hashed(token))).one()
        row.last_seen_at = row.created_at = now() - 2 * LAID_ASIDE


def _contestant_note(event_id: int) -> dict[str, str]:
    """The winner of the event that is final, with what is needed to sign in."""
    query = select(Contestant).join(Entrant).join(Award, Award.entrant_id == Entrant.id)
    winner = db.session.scalars(query.where(Award.event_id == event_id, Award.award_rank == 1)).first()
    if winner is None:
        raise LookupError(event_id)
    return {
        "name": winner.person.name,
        "document": decrypt(winner.person.document_sealed),
        "code": derived_code("contestant", winner.id, winner.code_serial),
    }


def _keep(path: Path, notes: dict[str, Any]) -> None:
    """Write the notes so that only the owner reads them."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(notes, file, ensure_ascii=False, indent=1)
