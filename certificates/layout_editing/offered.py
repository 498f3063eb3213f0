"""What the editor offers to choose from: the variables that an issue gives, and the faces, each with a name."""

from collections.abc import Mapping
from typing import Any

from certificates.layouts.loading import load_layout
from certificates.layouts.variables import KNOWN_VARIABLES, Variable
from core.messages import message

FACE_NAMES: Mapping[str, str] = {
    "kai": message("楷体"),
    "song": message("宋体"),
    "song-bold": message("粗宋"),
    "brush": message("毛笔"),
}
NOT_ISSUED = ("recipient.coach", "cert.proof")
"""Variables for lists of one's own on the command line; an issue from results has no values for them."""


def offered_variables(document: Mapping[str, Any]) -> list[Variable]:
    """The variables that the editor puts into a text: those that an issue gives, then those of the layout's own."""
    known = [variable for name, variable in KNOWN_VARIABLES.items() if name not in NOT_ISSUED]
    return [*known, *load_layout(document).extra.values()]
