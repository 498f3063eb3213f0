"""What an access token can be made for: a few scopes, each with what its maker has to hold. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.messages import Said, message, said

MANAGE = "program.manage"
"""What who makes and ends tokens holds; a token ends with it."""
SELF = "program.self"
"""What every token carries: to be told what it is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing that a token may be made for.

    Attributes:
        permission: what routes ask for; no person holds it.
        needs: what the maker has to hold, now and as long as the token works; None for what strangers may read.
        name: as on the page.
        about: what the program reads or does by it, in a sentence.
    """

    permission: str
    needs: str | None
    name: str
    about: str

    @property
    def said_name(self) -> Said:
        """The name inside a sentence, in the reader's language there too."""
        return said(self.name)


RESULTS = Scope("program.results", None, message("已公布的成绩"), message("只有公布了的，姓名按公开页面的规则显示"))
SCHEDULE = Scope("program.schedule", None, message("公开的日程和通知"), message("只有对所有人公开的场次和通知"))
FACTS = Scope("program.facts", "competition.view", message("竞赛和赛项"), message("竞赛的基本情况、赛项、阶段和状态"))
PROGRESS = Scope("program.progress", "sheet.board", message("评分进度"), message("只有张数和人数，没有任何分数"))
ROSTER = Scope("program.roster", "roster.view", message("参赛名单"), message("姓名、单位、抽签号，没有证件号码"))
AWARDS = Scope("program.awards", "flag.view", message("奖项和推荐"), message("奖项、晋级和称号推荐、返回的等级证书"))
CERTIFICATES = Scope(
    "program.certificates", "certificate.view", message("证书登记册"), message("编号、状态，姓名与公开核验一样隐去")
)
IMPORT = Scope(
    "program.import", "roster.import", message("导入参赛名单"), message("送报名表进来，全部无误时直接成为参赛选手")
)
SCOPES = (RESULTS, SCHEDULE, FACTS, PROGRESS, ROSTER, AWARDS, CERTIFICATES, IMPORT)
BY_PERMISSION = {scope.permission: scope for scope in SCOPES}

Permits = Callable[[str], bool]
"""Whether somebody holds a permission in a certain competition."""


def may_give(permits: Permits) -> tuple[Scope, ...]:
    """The scopes that somebody can make a token for: never more than is held; none without `MANAGE`."""
    if not permits(MANAGE):
        return ()
    return tuple(scope for scope in SCOPES if scope.needs is None or permits(scope.needs))


def carried(permissions: Iterable[str], permits: Permits) -> frozenset[str]:
    """What a token carries now.

    Args:
        permissions: of the scopes that it was made for.
        permits: what who made it holds now.

    Returns:
        `SELF` and the permissions that the maker could still give; nothing where one of them is lost, since a token
        that goes on with half of what it was made for would be taken to be whole.
    """
    wanted = frozenset(permissions)
    given = {scope.permission for scope in may_give(permits)}
    return wanted | {SELF} if given and wanted <= given else frozenset()
