"""Events marked with item values: a target or a difficulty of each contestant that comes by list."""

from factories import make_actor, make_competition, make_entrant, make_event, make_judge, make_panel
from sqlalchemy import select

from competitions.models import Entrant, EntrantStatus, Form, Module, ModuleKind
from core.db import db
from core.permissions import Role
from core.spreadsheets import SheetPlan, write_xlsx
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ScoreSheet, SheetRevision
from scoring.outside_lists.reading import read_external_list
from scoring.outside_lists.taking import ImportExternal, import_external, outside_values
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets

LABOUR = {
    "format": "1",
    "title": "劳动竞赛",
    "children": [
        {
            "code": "月报",
            "label": "月报",
            "level": "module",
            "children": [
                {"code": "1#楼", "label": "一号楼产值", "kind": "indicator", "max": 60, "target": "target"},
                {"code": "合格", "label": "验收合格", "kind": "yes_no", "max": 40},
            ],
        },
    ],
}
DIVING = {
    "format": "1",
    "title": "难度动作",
    "children": [
        {
            "code": "动作",
            "label": "动作",
            "level": "module",
            "children": [
                {"code": "A", "max": 10, "panel": {"judges": 2}, "steps": [{"multiply": "factor"}]},
                {"code": "B", "max": 10, "panel": {"judges": 2}},
            ],
        },
        {"code": "收尾", "level": "module", "children": [{"code": "C", "max": 10, "panel": {"judges": 2}}]},
    ],
    "ranking": {"ties": [{"time": "low"}]},
}


class Site:
    """An event under a scheme with its sheets open."""

    def __init__(self, document=LABOUR, entrants=2):
        self.competition = make_competition()
        self.actor = make_actor(Role.ORGANISER, self.competition.id)
        self.event_id = make_event(competition_id=self.competition.id, form=Form.UNIT).id
        scheme = scheme_from_document(document)
        adopt_scheme(AdoptScheme(self.competition.id, self.event_id, scheme, "x.yaml", (), self.actor))
        judges = [make_judge(competition_id=self.competition.id) for _ in range(2)]
        for module in self.modules():
            if module.kind is ModuleKind.JUDGED:
                make_panel(module_id=module.id, judges=judges)
        for n in range(1, entrants + 1):
            make_entrant(event_id=self.event_id, draw_number=n, status=EntrantStatus.PRESENT)
        open_sheets(OpenSheets(self.competition.id, self.event_id, self.actor))

    def modules(self):
        query = select(Module).where(Module.event_id == self.event_id).order_by(Module.position)
        return list(db.session.scalars(query))

    def take_in(self, rows, module=0):
        chosen = self.modules()[module]
        data = write_xlsx([SheetPlan("清单", rows)])
        admitted = outside_values(chosen)
        lines = read_external_list(data, "清单.xlsx", admitted.aspects, admitted.items)
        return import_external(ImportExternal(self.competition.id, chosen.id, lines, "清单.xlsx", self.actor))

    def newest(self, number=1):
        query = select(SheetRevision).join(ScoreSheet).join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        query = query.where(Entrant.draw_number == number, ScoreSheet.seat_number == 0)
        return db.session.scalar(query.order_by(SheetRevision.number.desc()).limit(1)).marks
