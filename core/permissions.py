"""Named permissions and the roles that carry them. Nothing is allowed that is not named here."""

from enum import StrEnum

from core.errors import NotAllowedError
from core.messages import message
from core.programs.scopes import MANAGE, SCOPES, SELF


class Role(StrEnum):
    """What a person is in one competition; SYSTEM_ADMIN and AUDITOR may also be held for the whole system.

    ORGANISATION_ADMIN is held for an organisation (`core.organisations`), which makes it one in each competition of it.
    """

    SYSTEM_ADMIN = "system_admin"
    ORGANISATION_ADMIN = "organisation_admin"
    ORGANISER = "organiser"
    CHIEF_JUDGE = "chief_judge"
    JUDGE = "judge"
    SUPERVISOR = "supervisor"
    CODE_KEEPER = "code_keeper"
    DATA_ENTRY = "data_entry"
    TEAM_LEADER = "team_leader"
    CONTESTANT = "contestant"
    ENROLLER = "enroller"
    PROGRAM = "program"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.SYSTEM_ADMIN: message("系统管理员"),
    Role.ORGANISATION_ADMIN: message("办赛单位管理员"),
    Role.ORGANISER: message("组织者"),
    Role.CHIEF_JUDGE: message("裁判长"),
    Role.JUDGE: message("裁判"),
    Role.SUPERVISOR: message("监督/仲裁"),
    Role.CODE_KEEPER: message("加密裁判"),
    Role.DATA_ENTRY: message("录分员"),
    Role.TEAM_LEADER: message("代表队领队"),
    Role.CONTESTANT: message("选手"),
    Role.ENROLLER: message("单位报名联系人"),
    Role.PROGRAM: message("程序"),
    Role.AUDITOR: message("审计"),
}

_ORGANISER = {
    "competition.view",
    "competition.edit",
    "colleague.edit",
    "competition.move",
    "event.edit",
    "pack.edit",
    "pack.decide",
    "roster.view",
    "roster.import",
    "enrolment.edit",
    "enrolment.decide",
    "entrant.check_in",
    "draw.run",
    "panel.edit",
    "panel.view",
    "judge.invite",
    "judge.replace",
    "scheme.edit",
    "sheet.board",
    "external.import",
    "paper.type",
    "paper.decide",
    "result.view",
    "result.compute",
    "result.publish",
    "appeal.view",
    "appeal.take_in",
    "award.edit",
    "flag.view",
    "flag.decide",
    "certificate.issue",
    "certificate.revoke",
    "certificate.view",
    "layout.edit",
    "seal.confirm",
    "signing_key.edit",
    "paper.view",
    "paper.edit",
    "paper.template",
    "record.view",
    "statistics.view",
    "person.erase",
    "archive.export",
    "audit.view",
    "job.view",
    "job.stop",
    MANAGE,
}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.SYSTEM_ADMIN: frozenset(
        {
            "account.manage",
            "account.own",
            "organisation.edit",
            "organisation.run",
            "competition.create",
            "competition.list",
            "archive.import",
            "audit.view",
            "signing_key.edit",
            "metrics.view",
            MANAGE,
        }
    ),
    # Whom an organisation has run its competitions, and nothing that happens in them.
    Role.ORGANISATION_ADMIN: frozenset(
        {
            "account.own",
            "organisation.run",
            "competition.create",
            "competition.list",
            "colleague.edit",
            "audit.view",
        }
    ),
    Role.ORGANISER: frozenset(_ORGANISER | {"account.own", "competition.list"}),
    Role.CHIEF_JUDGE: frozenset(
        {
            "account.own",
            "competition.list",
            "competition.view",
            # Only between marking and review: the course itself says which moves are a chief judge's.
            "competition.move",
            "sheet.board",
            "sheet.mark",
            "sheet.confirm",
            "sheet.return",
            "sheet.unlock",
            "photo.view",
            # Marks that are closed until all have handed in: only with a reason on record.
            "sheet.open_early",
            "judge.replace",
            "sheet.hand_over",
            # Where two readings of a paper sheet differ; who typed one of them does not decide.
            "paper.decide",
            "result.view",
            # How the marks came about; who marked does not rule.
            "appeal.view",
            "appeal.explain",
            "panel.view",
        }
    ),
    Role.JUDGE: frozenset({"sheet.mark"}),
    Role.SUPERVISOR: frozenset(
        {
            "account.own",
            "competition.list",
            "competition.view",
            "sheet.board",
            "result.view",
            "appeal.view",
            "appeal.take_in",
            "appeal.rule",
            "flag.view",
            "seal.confirm",
            "audit.view",
        }
    ),
    # Keeps one layer of the codes between contestants and works, and sees no mark.
    Role.CODE_KEEPER: frozenset({"account.own", "competition.list", "code.keep"}),
    # Reads paper sheets into the system, each beside another person, and sees no mark but those she types.
    Role.DATA_ENTRY: frozenset({"account.own", "competition.list", "paper.type"}),
    Role.TEAM_LEADER: frozenset({"account.own", "competition.list", "roster.own", "enrolment.own"}),
    Role.CONTESTANT: frozenset({"own.view"}),
    Role.ENROLLER: frozenset({"enrolment.own"}),
    # Whatever a token was made for, and nothing that a person holds: no page of people opens to it.
    Role.PROGRAM: frozenset({SELF} | {scope.permission for scope in SCOPES}),
    Role.AUDITOR: frozenset({"account.own", "competition.list", "competition.view", "audit.view"}),
}

ALL_PERMISSIONS = frozenset().union(*PERMISSIONS.values())


class UnknownPermissionError(NotAllowedError):
    """A route names a permission that no role carries."""


def roles_with(permission: str) -> frozenset[Role]:
    """The roles that carry `permission`.

    Raises:
        UnknownPermissionError: no role does; the name is wrong.
    """
    if permission not in ALL_PERMISSIONS:
        raise UnknownPermissionError("没有名为 %(name)s 的权限", name=permission)
    return frozenset(role for role, names in PERMISSIONS.items() if permission in names)
