"""The English catalogue: messages gathered from code and pages, merged into the catalogue, compiled at start.

Chinese is the source. A sentence of an error class, of a form, of a page or of the tablet is a message; there is no
other list to keep.
"""

import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from core.config import ROOT

FOLDER = ROOT / "translations" / "en" / "LC_MESSAGES"
ROOMS = ("core", "competitions", "scoring", "certificates")
METHODS = [
    *((f"{room}/**.py", "python") for room in ROOMS),
    ("templates/**.html", "jinja2.ext:babel_extract"),
]
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "message": None,
    "said": (1,),
    "__init__": (1,),
    "Obstacle": (2,),
    "refusal": (1,),
}
_ERROR_CLASS = re.compile(r"^class (\w+Error)\b", re.MULTILINE)


def _error_names() -> set[str]:
    """Names of all error classes: the first argument of each is a message. Read from the text of the modules, so
    that it does not matter which of them happen to be imported."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return {name for file in files for name in _ERROR_CLASS.findall(file.read_text("utf-8"))}


def gather() -> Catalog:
    """Every message in code and pages, with where it stands."""
    catalog = Catalog(project="skills-competition", charset="utf-8")
    keywords: dict[str, tuple[int | tuple[int, str], ...] | None] = dict(KEYWORDS)
    keywords |= dict.fromkeys(_error_names(), (1,))
    found = extract_from_dir(str(ROOT), METHODS, {}, keywords, directory_filter=_is_ours)
    for name, line, message, comments, context in found:
        catalog.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def _is_ours(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in {"tests", "instance", "node_modules", "translations"}


def merge() -> tuple[int, int]:
    """Bring new messages into the catalogue, keep what is translated; how many there are and how many lack English."""
    path = FOLDER / "messages.po"
    catalog = read_po(BytesIO(path.read_bytes()), locale="en") if path.exists() else Catalog(locale="en")
    catalog.update(gather(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    FOLDER.mkdir(parents=True, exist_ok=True)
    _write(path, lambda file: write_po(file, catalog, width=110, include_lineno=False, sort_output=True))
    return len(catalog), len(untranslated(catalog))


def untranslated(catalog: Catalog) -> list[str]:
    """Messages that have no English yet."""
    return [str(message.id) for message in catalog if message.id and not _has_english(message.string)]


def _has_english(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if isinstance(text, str) else bool(text) and all(text or ())


def compile_catalogue() -> None:
    """Make the file that the pages read, if the catalogue is newer."""
    source, target = FOLDER / "messages.po", FOLDER / "messages.mo"
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return
    catalog = read_po(BytesIO(source.read_bytes()), locale="en")
    _write(target, lambda file: write_mo(file, catalog))


def _write(path: Path, content: Callable[[IO[bytes]], None]) -> None:
    """Put a whole file in place at once, as other processes may be starting and reading it."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        content(file)
    made.replace(path)
