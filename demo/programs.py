"""The demo's access tokens: a website in use, a bureau's system, and one that was revoked."""

from datetime import timedelta

from core.auth import Actor
from core.clock import competition_day
from core.programs.endpoints import V1
from core.programs.making import MakeProgram, RevokeProgram, make_program, revoke_program
from demo.building import Demo
from demo.telling import tell

WEBSITE = ("省总工会网站", "公布成绩、日程和通知；省总工会宣教部管理")
BUREAU = ("省人社厅证书系统", "取证书登记和等级晋级名单；省人社厅职业能力建设处管理")
SCREEN = ("赛场大屏（试用）", "试用三天，已改用系统自带的大屏页面")


def build(demo: Demo, organiser: Actor, base_url: str) -> dict[str, str]:
    """Make them, each with its own scopes; returns the website's token and where to try it, for the demo's notes."""
    tell("访问令牌：网站、主管部门的系统")

    def make(words: tuple[str, str], *scopes: str) -> tuple[int, str]:
        permissions = tuple(f"program.{scope}" for scope in scopes)
        last_day = competition_day() + timedelta(days=90)
        command = MakeProgram(demo.competition_id, *words, permissions, last_day, organiser.subject_id, organiser)
        made = make_program(command)
        return made.program_id, made.token

    screen, _token = make(SCREEN, "results", "progress")
    revoke_program(RevokeProgram(demo.competition_id, screen, organiser))
    make(BUREAU, "facts", "awards", "certificates")
    _id, token = make(WEBSITE, "results", "schedule", "facts")
    return {"name": WEBSITE[0], "token": token, "url": f"{base_url}{V1}/token"}
