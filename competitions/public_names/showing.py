"""The name under which an entrant is shown to everybody. Published results hold no names, so a mask changes none."""

from competitions.models import Contestant, Entrant, Form, NameDisplay
from core.messages import said

BETWEEN = "、"
"""Stands between the names of an entrant of two or three."""
HIDDEN = "＊＊＊"
OF_PEOPLE = (Form.SINGLE, Form.DOUBLE, Form.TRIPLE)
"""Entrants of these forms are called by the names of their members; a team or unit has a name of its own."""


def masked(name: str) -> str:
    """The first character; how many follow is hidden as well."""
    return name[:1] + HIDDEN[1:]


def is_hidden(contestant: Contestant) -> bool:
    """Whether strangers do not read this name: by choice of the competition, or because the person asked."""
    display = contestant.entrant.event.competition.name_display
    return (display is not NameDisplay.FULL or contestant.is_name_hidden) and not contestant.person.is_erased


def public_name(entrant: Entrant) -> str:
    """What strangers read for an entrant.

    Args:
        entrant: with members, persons, event and competition loaded, as a page may not ask the database.

    Returns:
        The name, or with each hidden member's name masked; a number where the competition shows numbers alone.
    """
    hidden = {member.person.name for member in entrant.members if is_hidden(member)}
    if not hidden:
        return entrant.name
    is_of_people = entrant.event.form in OF_PEOPLE
    if is_of_people and entrant.event.competition.name_display is NameDisplay.NUMBER:
        return said("%(n)s 号", n=entrant.draw_number) if entrant.draw_number else HIDDEN
    known = {member.person.name for member in entrant.members} - hidden
    # What is no name of a member is a team's own name, or among people a name that was spelt otherwise: then masked.
    return BETWEEN.join(
        masked(part) if part in hidden or (is_of_people and part not in known) else part
        for part in entrant.name.split(BETWEEN)
    )


def public_holder(contestant: Contestant, name: str, otherwise: str) -> str:
    """What strangers read for the holder of a certificate.

    Args:
        contestant: whose it is.
        name: as it stands on the certificate.
        otherwise: what they read where the name is not hidden on results either.
    """
    if not is_hidden(contestant):
        return otherwise
    display = contestant.entrant.event.competition.name_display
    return HIDDEN if display is NameDisplay.NUMBER else masked(name)
