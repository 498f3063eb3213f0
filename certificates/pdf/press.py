"""Compile once, stamp many: what a group shares is made once, a certificate costs only its own name and number."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from certificates.layouts.layout import Item, Layout
from certificates.layouts.variables import ISSUE_DAY, Scope
from certificates.pdf.assets import NO_ASSETS, Assets
from certificates.pdf.composing import Composer
from certificates.pdf.fonts import FontBook, house_fonts
from certificates.pdf.metadata import About
from certificates.pdf.scene import CertificateRefusedError, Placed, Problem, errors_of
from certificates.pdf.signing import Signer
from certificates.pdf.single import SingleFiles
from certificates.pdf.template import Drawings, Template, compile_template
from certificates.pdf.truetype import Face
from core.errors import InvalidInputError

_MOST_GROUPS = 64


class IssueDayError(InvalidInputError):
    """The day of issue is not written as a date."""


@dataclass(slots=True)
class _Group:
    """One group: its fixed items measured, and compiled once the first certificate needs it."""

    shown: dict[str, Placed]
    errors: tuple[Problem, ...]
    template: Template | None = None
    files: SingleFiles | None = None


class Press:
    """Makes certificates of one layout, fast, and keeps what their groups share.

    Args:
        layout: the layout.
        assets: pictures that the layout names.
        fonts: the faces at hand; the house fonts if None.
        signer: signs every certificate, or None.
    """

    def __init__(
        self,
        layout: Layout,
        assets: Assets = NO_ASSETS,
        fonts: FontBook | None = None,
        signer: Signer | None = None,
    ) -> None:
        self.layout = layout
        self._assets = assets
        self._fonts = fonts or house_fonts()
        self._signer = signer
        self._composer = Composer(layout, self._fonts)
        self._drawings = Drawings(layout, assets)
        self._fixed, self._varying, self._seals = layout.layers()
        variables = layout.variables()
        self._group_names = tuple(v.name for v in variables if v.scope is Scope.GROUP)
        self._groups: OrderedDict[tuple[object, ...], _Group] = OrderedDict()

    def stamp(self, values: Mapping[str, str]) -> bytes:
        """Make one certificate.

        Args:
            values: by variable name, in standard characters.

        Returns:
            A PDF/A-2a and PDF/UA-1 file; the same values give the same bytes, whatever was made before.

        Raises:
            CertificateRefusedError: a character that nobody can draw, text that does not fit, a missing value.
            AssetError: a picture is missing or unusable.
            IssueDayError: `issue.day` is not a date.
            UndatedSignatureError: a signature is asked for but `issue.day` has no value.
        """
        group, placed = self._measured(values)
        if group.files is None:
            faces = self._fonts.faces()
            group.files = SingleFiles(self.layout, self._template(group, placed), faces, self._signer)
        return group.files.write(placed, self._about(values), self._identity(values))

    def compiled(self, values: Mapping[str, str]) -> tuple[Template, list[Placed]]:
        """Give the compiled template of a certificate's group, and the certificate's own items measured.

        Raises:
            CertificateRefusedError, AssetError: as `stamp`.
        """
        group, placed = self._measured(values)
        if group.template is None:
            group.template = self._template(group, placed)
        return group.template, placed

    def faces(self) -> Mapping[str, Face]:
        """Give the faces at hand."""
        return self._fonts.faces()

    def _measured(self, values: Mapping[str, str]) -> tuple[_Group, list[Placed]]:
        """Find the certificate's group and measure what varies; refuse it with all its errors."""
        shown = [item for item in self._varying if item.is_visible(values)]
        group = self._group(values, shown)
        placed = self._composer.place_all(shown, values)
        if group.errors or any(one.problems for one in placed):
            errors = {problem.item: problem for problem in (*errors_of(placed), *group.errors)}
            if errors:
                raise CertificateRefusedError(errors[i.id] for i in self.layout.items if i.id in errors)
        return group, placed

    def _group(self, values: Mapping[str, str], shown: list[Item]) -> _Group:
        key = (*(values.get(name, "") for name in self._group_names), *(item.id for item in shown))
        group = self._groups.get(key)
        if group is None:
            fixed = self._composer.place_all((*self._fixed, *self._seals), values)
            group = _Group({placed.item.id: placed for placed in fixed}, errors_of(fixed))
            self._groups[key] = group
            if len(self._groups) > _MOST_GROUPS:
                self._groups.popitem(last=False)
        else:
            self._groups.move_to_end(key)
        return group

    def _template(self, group: _Group, varying: list[Placed]) -> Template:
        shown = group.shown | {placed.item.id: placed for placed in varying}
        return compile_template(self.layout, shown, self._assets, self._fonts, self._drawings)

    def _about(self, values: Mapping[str, str]) -> About:
        layout = self.layout
        title, author, subject = (t.text(values) for t in (layout.title, layout.author, layout.subject))
        return About(title, author, subject, _day(values.get(ISSUE_DAY, "")))

    def _identity(self, values: Mapping[str, str]) -> bytes:
        """Make the file's identifier from what it says."""
        words = "\x1f".join(f"{name}={values[name]}" for name in sorted(values))
        return hashlib.sha256(f"{self.layout.digest}\x1f{words}".encode()).digest()[:16]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise IssueDayError("颁发日“%(day)s”应写作 2026-11-21", day=text) from error
