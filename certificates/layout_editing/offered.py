"""What the editor offers to choose from: the variables that an issue gives, and the faces, each with a name."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from certificates.layouts.loading import load_layout
from certificates.layouts.names import ITEM_NAMES, ROLE_NAMES, STYLE_NAMES
from certificates.layouts.variables import KNOWN_VARIABLES, Variable
from core.messages import message

FACE_NAMES: Mapping[str, str] = {
    "kai": message("楷体"),
    "song": message("宋体"),
    "song-bold": message("粗宋"),
    "brush": message("毛笔"),
}
SAMPLE_WORDS = "荣誉证书 Aa 12"
"""Words to show a face with: drawn, never said."""
NOT_ISSUED = ("recipient.coach", "cert.proof")
"""Variables for lists of one's own on the command line; an issue from results has no values for them."""


def offered_variables(document: Mapping[str, Any]) -> list[Variable]:
    """The variables that the editor puts into a text: those that an issue gives, then those of the layout's own."""
    known = [variable for name, variable in KNOWN_VARIABLES.items() if name not in NOT_ISSUED]
    return [*known, *load_layout(document).extra.values()]


def names_for(variables: Iterable[Variable]) -> dict[str, dict[str, str]]:
    """What the editor calls items, font roles, styles and variables, in the visitor's language.

    No two variables have the same name there: what is typed must be told apart again.
    """
    spoken: dict[str, str] = {}
    for variable in (*KNOWN_VARIABLES.values(), *variables):
        label = str(_(variable.label))
        taken = label in spoken.values() and variable.name not in spoken
        spoken[variable.name] = f"{label} {variable.name}" if taken else label
    tables = {"items": ITEM_NAMES, "roles": ROLE_NAMES, "styles": STYLE_NAMES}
    told = {table: {name: str(_(words)) for name, words in names.items()} for table, names in tables.items()}
    return told | {"variables": spoken}
