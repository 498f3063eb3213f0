"""What the pages of every kind of workbook do alike: read an upload, show its preview, take it in or drop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.incoming import previews
from certificates.incoming.forms import TakeInForm, UploadForm
from certificates.incoming.models import IncomingWorkbook
from certificates.incoming.taking_in import (
    Fate,
    ReadWorkbook,
    TakeInWorkbook,
    TakenIn,
    WorkbookKind,
    counted,
    placed_rows,
    read_workbook,
    take_in_workbook,
)
from competitions.forms import accepted
from competitions.setup import competition_of
from core.auth import signed_in_actor
from core.db import db


@dataclass(frozen=True, slots=True)
class WorkbookPages:
    """The pages of one kind of workbook. Routes and permissions stand in the kind's own room."""

    kind: WorkbookKind[Any]
    listing: str
    """Endpoint of the page to which a workbook belongs."""
    preview: str
    """Endpoint of the page that shows one."""
    template: str
    words: Mapping[str, object]
    """What the template of the preview is given beyond the rows."""

    def pending(self, competition_id: int) -> Sequence[IncomingWorkbook]:
        """Workbooks that wait to be taken in or dropped, the latest first."""
        return previews.pending(competition_id, self.kind.subject)

    def read(self, competition_id: int, form: UploadForm) -> ResponseReturnValue | None:
        """Keep what was uploaded and lead to its preview; None where the form says what is wrong with it."""
        made: list[int] = []
        if not accepted(form, lambda: made.append(self._read(competition_id, form))):
            return None
        return redirect(url_for(self.preview, competition_id=competition_id, workbook_id=made[0]))

    def _read(self, competition_id: int, form: UploadForm) -> int:
        upload = form.file.data
        data = upload.stream.read(previews.MOST_BYTES + 1)
        return read_workbook(self.kind, ReadWorkbook(competition_id, upload.filename or "", data, signed_in_actor()))

    def show(self, competition_id: int, workbook_id: int, form: TakeInForm) -> ResponseReturnValue:
        """What becomes of every row, by its fate."""
        workbook = previews.workbook_of(db.session(), competition_id, self.kind.subject, workbook_id)
        placed = placed_rows(db.session(), self.kind, workbook)
        page = render_template(
            self.template,
            competition=competition_of(competition_id),
            workbook=workbook,
            form=form,
            counts=counted(placed) if workbook.is_pending else workbook.counts,
            rows={fate.value: [one.row for one in placed if one.fate is fate] for fate in Fate},
            **self.words,
        )
        return page, 422 if form.is_submitted() else 200

    def take_in(self, competition_id: int, workbook_id: int) -> ResponseReturnValue:
        """Store the good rows of a preview, all or none."""
        form = TakeInForm()
        done: list[TakenIn] = []
        if not accepted(form, lambda: done.append(self._take_in(competition_id, workbook_id, form))):
            return self.show(competition_id, workbook_id, form)
        flash(_("已存入 %(n)s 条", n=done[0].stored), "success")
        return redirect(url_for(self.listing, competition_id=competition_id))

    def _take_in(self, competition_id: int, workbook_id: int, form: TakeInForm) -> TakenIn:
        leaves_out = bool(form.leaves_out_wrong.data)
        return take_in_workbook(self.kind, TakeInWorkbook(competition_id, workbook_id, leaves_out, signed_in_actor()))

    def drop(self, competition_id: int, workbook_id: int) -> ResponseReturnValue:
        """Forget a preview."""
        previews.drop(competition_id, self.kind.subject, workbook_id, signed_in_actor().act)
        flash(_("预览已放弃，什么也没有存入"), "success")
        return redirect(url_for(self.listing, competition_id=competition_id))
