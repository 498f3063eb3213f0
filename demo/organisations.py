"""Two city federations beside the province: each with somebody who runs it and a competition that is being prepared."""

import secrets
from dataclasses import dataclass
from datetime import date

from competitions.models import Level
from competitions.setup import CompetitionFacts, CreateCompetition, create_competition
from core.auth import Actor, SubjectKind
from core.organisations.keeping import AddOrganisation, NameAdmin, add_organisation, name_admin
from core.organisations.staffing import CreateStaff, create_staff
from core.permissions import ROLE_NAMES, Role

OPENS_ON, CLOSES_ON = date(2027, 5, 12), date(2027, 5, 14)


@dataclass(frozen=True, slots=True)
class City:
    """A federation of the demo, its region, who runs it, and what it holds."""

    name: str
    short_name: str
    region: str
    username: str
    admin: str
    title: str


CITIES = (
    City(
        "石家庄市总工会（演示）", "石家庄", "130100", "shijiazhuang", "常晓岚", "2027年石家庄市职工焊工技能竞赛（演示）"
    ),
    City("唐山市总工会（演示）", "唐山", "130200", "tangshan", "滕远征", "2027年唐山市职工钳工技能竞赛（演示）"),
)


def build(keeper: Actor) -> list[dict[str, str]]:
    """Make both and return how to sign in.

    Args:
        keeper: a system administrator.
    """
    return [_city(city, keeper) for city in CITIES]


def _city(city: City, keeper: Actor) -> dict[str, str]:
    """Who runs it makes its competition, and so is the organiser."""
    organisation_id = add_organisation(AddOrganisation(city.name, city.short_name, keeper))
    password = secrets.token_urlsafe(9)
    account_id = create_staff(CreateStaff(organisation_id, city.username, city.admin, password, keeper))
    name_admin(NameAdmin(organisation_id, city.username, keeper))
    organisations = frozenset({organisation_id})
    admin = Actor(SubjectKind.ACCOUNT, account_id, city.admin, 0, organisations=organisations)
    facts = CompetitionFacts(city.title, Level.CITY, city.region, city.name, OPENS_ON, CLOSES_ON)
    create_competition(CreateCompetition(facts, admin, organisation_id))
    return {"role": ROLE_NAMES[Role.ORGANISATION_ADMIN], "username": city.username, "password": password}
