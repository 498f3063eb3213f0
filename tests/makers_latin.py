"""A small competition with everything a page can show, whose names are all in Latin letters.

Whatever is Chinese on an English page of it comes from the product.
"""

from datetime import date
from typing import Any
from uuid import uuid4

from enrolled import Enrolment
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_panel,
    make_person,
    stored,
)
from flask_babel import force_locale
from latin_documents import EVERY_SEAT, FIRST_SEAT, OWN_RULES, PRACTICE, PRIZES, ROSTER, SCHEME, SQUARE
from latin_draws import make_judge_draws
from latin_times import make_notices, make_timetable
from made_fonts import made_font
from own_rules import decide, handed_over, make_own_pack
from programs_made import make_token
from signing_keys import KEYS, certificate, pem
from sqlalchemy import select

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.incoming.taking_in import ReadWorkbook, TakeInWorkbook, take_in_workbook
from certificates.incoming.taking_in import read_workbook as read_incoming
from certificates.innovations.kinds import Kind, Stage
from certificates.innovations.placing import INNOVATIONS
from certificates.innovations.recording import RecordInnovation, record_innovation
from certificates.innovations.rows import COLUMNS as INNOVATION_COLUMNS
from certificates.issue.issuing import IssueCertificates, issue_certificates
from certificates.issue.values import Terms, Wording
from certificates.layouts.loading import builtin_source
from certificates.layouts.reader import read_json
from certificates.materials.fonts import AddFont, add_font
from certificates.materials.own_layouts import AddLayout, add_layout
from certificates.materials.pictures import AddPicture, add_picture
from certificates.materials.printers import SavePrinter, save_printer
from certificates.materials.seals import RecordSeal, SealPaper, record_seal
from certificates.models import Certificate, Recommendation
from certificates.signing_keys.registering import RegisterKey, register_key
from certificates.titles.models import FactKind, FactSource
from certificates.titles.placing import TITLES
from certificates.titles.rows import COLUMNS as TITLE_COLUMNS
from certificates.titles.stating import StateFact, Statement, WithdrawFact, state_fact, withdraw_fact
from competitions.draws.drawing import RunDraw, run_draw
from competitions.enrolment.deciding import ReturnEntry, return_entry
from competitions.enrolment.models import Part
from competitions.enrolment.periods import EventPeriod
from competitions.judge_ties.declaring import DeclareTie, WithdrawTie, declare_tie, withdraw_tie
from competitions.judge_ties.own import DeclareOwn, declare_own
from competitions.judges.conflicts import Tie
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, EntrantStatus, Judge, Module, Programme
from competitions.registration.importing import ReadRoster, read_workbook
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import drawn, seal
from core import jobs
from core.accounts import Account, GrantRole, grant_role
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.judge_links import IssueLink, issue_link
from core.organisations.models import Organisation, OrganisationAdmin
from core.permissions import Role
from core.personal_data import decrypt, derived_code
from core.programs.making import RevokeProgram, revoke_program
from core.spreadsheets import SheetPlan, write_xlsx
from scoring.appeals.filing import FileAppeal, file_appeal
from scoring.appeals.models import Channel
from scoring.appeals.ruling import TakeStep, take_step
from scoring.appeals.states import StepKind
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import ReadScheme
from scoring.models import ScoreSheet, SheetRevision
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.paper_entry.models import PaperEntry
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.schemes.drafts import KeepDraft, keep_draft
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.states import SheetState
from scoring.team_standings.deciding import PublishTeams, publish_teams
from scoring.team_standings.document import digest_of, document_of
from scoring.team_standings.formulas import Choice, formula_of
from scoring.team_standings.reckoning import team_standings


class LatinCompetition:
    """A competition that has been through everything, beside a fresh one; ids and sign-ins for every page."""

    def __init__(self) -> None:
        self.competition_id = self._competition()
        self._organisation()
        self.organiser = make_actor(Role.ORGANISER, self.competition_id, name="Zhao", subject_id=1)
        self.event_id = make_event(
            competition_id=self.competition_id,
            name="Welding",
            group_name="Workers",
            occupation_code="6-18-02-04",
            occupation_direction="Arc",
            prize_rules=PRIZES,
        ).id
        self.empty_event_id = make_event(competition_id=self.competition_id, name="Turning", group_name="Workers").id
        self.delegations = [
            make_delegation(competition_id=self.competition_id, name=name) for name in ("Tangshan", "Baoding")
        ]
        self.delegation_ids = [delegation.id for delegation in self.delegations]
        self._seats()
        self._entrants()
        self._ties()
        self._roster()
        self._enrolment()
        self._draw()
        self._marks()
        self._results()
        self._appeals()
        self._certificates()
        self._layouts()
        self._facts()
        self._accounts()
        self._stages()
        self._work_codes()
        self._times()
        self._paper()
        self.own_id = make_own_pack(OWN_RULES, owner="Port City", actor=self.organiser).id
        decide(
            self.own_id, handed_over(self.own_id, "first", self.organiser), reason="as printed", actor=self._second()
        )

    def _organisation(self) -> None:
        """The competition is one organisation's of two, run by somebody of its own staff."""
        made = (Organisation(name=name, short_name="", is_open=True, created_at=now()) for name in ("Port", "Hills"))
        self.organisation_id, _other = (stored(one).id for one in made)
        self.manager_id = make_account(username="manager", display_name="Manager", actor_name="System").id
        with transaction() as session:
            session.get_one(Competition, self.competition_id).organisation_id = self.organisation_id
            session.get_one(Account, self.manager_id).organisation_id = self.organisation_id
        about = {"organisation_id": self.organisation_id, "account_id": self.manager_id}
        stored(OrganisationAdmin(**about, named_at=now(), named_by="system"))

    def _stages(self) -> None:
        """A final that follows the event, by a line on which two are tied."""
        self.final_event_id = make_event(competition_id=self.competition_id, name="Final", group_name="Workers").id
        line, before = Line(Measure.NUMBER, "2"), db.session.get_one(Competition, self.competition_id).state
        self.state(CompetitionState.MARKING)
        set_stage(SetStage(self.competition_id, self.final_event_id, self.event_id, line, self.organiser))
        make_judge_draws(self.competition_id, self.final_event_id, self.judge_ids, self.organiser)
        self.state(before)

    def _times(self) -> None:
        before = db.session.get_one(Competition, self.competition_id).state
        self.state(CompetitionState.MARKING)
        self.session_id, self.off_session_id = make_timetable(self.competition_id, self.event_id, self.organiser)
        make_notices(self.competition_id, self.event_id, self.organiser)
        self.state(before)

    def _second(self) -> Any:
        return make_actor(Role.ORGANISER, self.competition_id, name="Qian", subject_id=77)

    def _competition(self) -> int:
        competition = make_competition(
            title="Hebei Skills 2026",
            host="Federation of Trade Unions",
            state=CompetitionState.REGISTERING,
        )
        stored(
            Programme(
                competition_id=competition.id,
                name="Hebei Skills",
                class_name="",
                pack_id="hebei.provincial-skills-contest.2025",
            )
        )
        return int(competition.id)

    def _seats(self) -> None:
        command = AdoptScheme(
            self.competition_id, self.event_id, scheme_from_document(SCHEME), "welding.yaml", (), self.organiser
        )
        adopt_scheme(command)
        self.module_ids = {m.code: m.id for m in db.session.scalars(select(Module)) if m.event_id == self.event_id}
        named = {"qualification": "Senior assessor", "competition_id": self.competition_id}
        home = self.delegation_ids[0]
        self.judges = [
            make_judge(name="Judge A", unit="College A", **named),
            make_judge(name="Judge B", unit="College B", delegation_id=home, **named),
            make_judge(name="Judge C", unit="Federation of Trade Unions", **named),
            make_judge(name="Chief", unit="College D", role=Role.CHIEF_JUDGE, **named),
        ]
        make_panel(module_id=self.module_ids["P"], judges=self.judges[:3], name="Panel 1")
        self.judge_ids = [judge.id for judge in self.judges]
        self.link = self.link_for(self.judges[0])

    def link_for(self, judge: Judge) -> str:
        """A sign-in link that nobody has used."""
        return issue_link(IssueLink(judge.id, judge.name, judge.role, self.competition_id, self.organiser)).token

    def _entrants(self) -> None:
        self.entrant_ids = [
            make_entrant(
                event_id=self.event_id,
                delegation_id=self.delegation_ids[n % 2],
                person=make_person(name=f"Contestant {n}"),
                unit="Steel Works",
                identity="Worker",
                level=3,
                status=EntrantStatus.PRESENT,
            ).id
            for n in range(1, 5)
        ]
        self.contestant_ids = list(db.session.scalars(select(Contestant.id).order_by(Contestant.id)))

    def _ties(self) -> None:
        """One that a seated judge has, one to be decided upon, one with a delegation, one that was withdrawn."""
        own, home = self.contestant_ids[0], self.delegation_ids[0]
        sides = ((0, Tie.COACH, own, None), (0, Tie.OTHER, own, None), (1, Tie.DECLARED, None, home))
        for judge, kind, contestant, delegation in (*sides, (2, Tie.RELATIVE, own, None)):
            told = DeclareTie(
                self.competition_id, self.judge_ids[judge], kind, contestant, delegation, "Letter", self.organiser
            )
            tie_id = declare_tie(told)
        withdraw_tie(WithdrawTie(self.competition_id, tie_id, "mistaken", self.organiser))
        roles = {self.competition_id: frozenset({Role.JUDGE})}
        judge = Actor(SubjectKind.JUDGE, self.judge_ids[0], "Judge", 1, roles, self.competition_id)
        for delegation_id in self.delegation_ids:
            tie_id = declare_own(DeclareOwn(Tie.RELATIVE, delegation_id, "My sister", judge))
        withdraw_tie(WithdrawTie(self.competition_id, tie_id, "does not concern it", self.organiser))

    def _roster(self) -> None:
        command = ReadRoster(self.competition_id, "roster.csv", ROSTER.encode(), self.organiser)
        self.import_id = read_workbook(command)

    def _enrolment(self) -> None:
        """A delegation with people who were handed in, one of them returned, a draft and a leader; another link."""
        open_to = Enrolment(self.competition_id, self.event_id, *self.delegation_ids, self.organiser, "Tangshan")
        open_to.open(EventPeriod(self.event_id, most=9))
        latin = {"unit": "Steel Works", "phone": ""}
        self.entry_id = open_to.add(21, name="Wang Wu", **latin)
        returned = open_to.add(22, name="Zhao Liu", **latin)
        open_to.add(23, self.delegation_ids[1], name="Sun Qi", **latin)
        open_to.add(24, part=Part.LEADER, name="Leader", **latin)
        open_to.hand_in(signer="Zhao Liu")
        revision = open_to.entry(returned).revision
        return_entry(ReturnEntry(self.competition_id, returned, revision, "Copy is unreadable", self.organiser))
        open_to.add(25, name="Zhou Ba", **latin)
        self.enrolment_token = open_to.link()

    def _draw(self) -> None:
        self.state(CompetitionState.DRAWING)
        run_draw(
            RunDraw(self.competition_id, self.event_id, "Wang", ("7", "42"), self.organiser), lambda _event_id: False
        )
        self.state(CompetitionState.MARKING)
        open_sheets(OpenSheets(self.competition_id, self.event_id, self.organiser))

    def state(self, state: CompetitionState) -> None:
        """Put the competition where a page is to be looked at."""
        with transaction() as session:
            session.get_one(Competition, self.competition_id).state = state

    def _marks(self) -> None:
        drawn = {e.draw_number: n for n, e in enumerate(self._drawn())}
        rows = [ExternalMark(n + 2, str(number), {"T": "80"}) for n, number in enumerate(sorted(drawn))]
        import_external(ImportExternal(self.competition_id, self.module_ids["T"], rows, "theory.csv", self.organiser))
        query = select(ScoreSheet).where(ScoreSheet.module_id == self.module_ids["P"])
        with transaction() as session:
            for sheet in session.scalars(query):
                position = self.entrant_ids.index(sheet.entrant_id)
                marks = EVERY_SEAT | {"P1": PRACTICE[position][sheet.seat_number - 1]}
                marks |= FIRST_SEAT if sheet.seat_number == 1 else {}
                sheet.revision, sheet.state = 1, SheetState.SUBMITTED
                values = {"number": 1, "key": uuid4(), "marks": marks, "saved_at": now(), "saved_by": "Judge"}
                session.add(SheetRevision(sheet_id=sheet.id, notes={"P1": "fine"}, doubts=["P2"], **values))
        self.sheet_id = db.session.scalar(query.with_only_columns(ScoreSheet.id).order_by(ScoreSheet.id))

    def _drawn(self) -> list[Entrant]:
        return [db.session.get_one(Entrant, entrant_id) for entrant_id in self.entrant_ids]

    def _results(self) -> None:
        chief = make_actor(Role.CHIEF_JUDGE, self.competition_id, name="Chief", subject_id=2)
        for module_id in self.module_ids.values():
            confirm_submitted(ConfirmSubmitted(self.competition_id, module_id, chief))
        self.snapshot_id = compute_result(ComputeResult(self.competition_id, self.event_id, self.organiser, ""))
        for is_final in (False, True):
            publish_result(PublishResult(self.competition_id, self.snapshot_id, is_final, self.organiser, "agreed"))
        self._teams()
        self.later_snapshot_id = compute_result(
            ComputeResult(self.competition_id, self.event_id, self.organiser, "to compare")
        )

    def _appeals(self) -> None:
        """One ruled upon with everything that can be said about it, one that waits."""
        panel = make_actor(Role.SUPERVISOR, self.competition_id, name="Feng", subject_id=5)
        chief = make_actor(Role.CHIEF_JUDGE, self.competition_id, name="Chief", subject_id=2)
        self.appeal_id, _waiting = (
            file_appeal(FileAppeal(self.competition_id, entrant, "The seam was sound.", Channel.PAPER, self.organiser))
            for entrant in self.entrant_ids[:2]
        )
        for kind, actor in ((StepKind.ACCEPTED, panel), (StepKind.EXPLAINED, chief), (StepKind.UPHELD, panel)):
            take_step(TakeStep(self.competition_id, self.appeal_id, kind, "as the record says", actor))

    def _teams(self) -> None:
        """The standing of delegations is published; a further scheme waits to be adopted."""
        formula, nobody = formula_of(Choice()), dict[tuple[int, int], str]()
        seen = digest_of(document_of(team_standings(self.competition_id, formula, None, lambda _: nobody), formula))
        command = PublishTeams(self.competition_id, formula, None, seen, self.organiser)
        publish_teams(command, lambda _: nobody)
        read = ReadScheme(scheme_from_document(SCHEME | {"title": "Welding again"}))
        self.draft_id = keep_draft(KeepDraft(self.competition_id, self.event_id, read, "again.yaml", self.organiser))

    def _certificates(self) -> None:
        self.state(CompetitionState.AWARDING)
        fix_awards(FixAwards(self.competition_id, self.event_id, self.organiser))
        assess_flags(AssessFlags(self.competition_id, self.event_id, self.organiser))
        wording = Wording(("Federation of Trade Unions",), date(2026, 10, 22))
        signing = pem(KEYS["P-256"], certificate(KEYS["P-256"], "Federation"))
        register = RegisterKey(self.competition_id, wording.issuers[0], signing, "", True, self.organiser)
        terms = Terms("huiwen-gold", "HB-{year}-{serial:4}", wording, key_id=register_key(register))
        with force_locale("en"):  # a job is called in the language of whoever starts it
            self.batch_id = issue_certificates(
                IssueCertificates(self.competition_id, self.event_id, terms, self.organiser, early_reason="no notice")
            )
        jobs.sweep()
        db.session.rollback()
        found = db.session.scalars(select(Certificate).order_by(Certificate.id)).first()
        assert found is not None
        self.certificate_id, self.code = found.id, found.code
        self.holder_id = found.contestant_id
        own = select(Recommendation.id).where(Recommendation.contestant_id == self.holder_id)
        self.flag_id = db.session.scalars(own.order_by(Recommendation.id)).first()

    def _layouts(self) -> None:
        document = read_json(builtin_source("plain-red")) | {"name": "Plain"}
        self.layout_id = add_layout(AddLayout(self.competition_id, document, "first", self.organiser))
        self.picture_id = add_picture(AddPicture(self.competition_id, "logo", "logo.png", SQUARE, self.organiser))
        self.font_id = add_font(AddFont(self.competition_id, "made.ttf", made_font(), self.organiser))
        paper = SealPaper("Seal", "Federation", "Zhao", "No. 12", date(2026, 1, 1), date(2090, 1, 1))
        self.seal_id = record_seal(RecordSeal(self.competition_id, paper, SQUARE, self.organiser))
        self.printer_id = save_printer(SavePrinter(self.competition_id, "Office", 5, -3, self.organiser))

    def _accounts(self) -> None:
        self.account_id = make_account(username="zhao", display_name="Zhao", actor_name="System").id
        self.leader_id = make_account(username="leader", display_name="Leader", actor_name="System").id
        self.keeper_id = make_account(username="keeper", display_name="Keeper", actor_name="System").id
        self.chief_id = make_account(username="chief", display_name="Chief", actor_name="System").id
        by = ("system", "System")
        grant_role(GrantRole(self.chief_id, Role.CHIEF_JUDGE, self.competition_id, *by))
        grant_role(GrantRole(self.account_id, Role.ORGANISER, self.competition_id, *by))
        grant_role(GrantRole(self.account_id, Role.SYSTEM_ADMIN, None, *by))
        grant_role(GrantRole(self.leader_id, Role.TEAM_LEADER, self.competition_id, *by, self.delegation_ids[0]))
        self._programs()

    def _programs(self) -> None:
        """A token in force and one that was revoked."""
        over = {"name": "Website", "purpose": "Shows results", "maker_id": self.account_id, "actor": self.organiser}
        make_token(self.competition_id, **over)
        ended = make_token(self.competition_id, **over)
        revoke_program(RevokeProgram(self.competition_id, ended.program_id, self.organiser))

    def _work_codes(self) -> None:
        """A layer that is drawn, with a second above it that is not, and one that is still to be drawn."""
        grant_role(GrantRole(self.keeper_id, Role.CODE_KEEPER, self.competition_id, "system", "System"))
        about: dict[str, Any] = {"draws": 0, "record": {}, "drawn_at": None, "opened_at": None, "supervisor": ""}
        layer = WorkLayer(event_id=self.empty_event_id, number=1, custodian_id=self.keeper_id, **about)
        made = drawn(layer, ["1", "2"], ("7",))
        layer.sealed, layer.drawn_at, layer.draws = seal(layer, made), now(), 1
        layer.record = {"commitment": "0", "called_out": ["7"], "witness": "Li", "fingerprint": made.fingerprint}
        stored(layer)
        stored(WorkLayer(event_id=self.empty_event_id, number=2, custodian_id=self.chief_id, **about))
        stored(WorkLayer(event_id=self.final_event_id, number=1, custodian_id=self.keeper_id, **about))

    def _paper(self) -> None:
        """A sheet that came on paper and was typed once, and one whose readings differ."""
        query = select(ScoreSheet).where(ScoreSheet.module_id == self.module_ids["P"], ScoreSheet.judge_id.is_not(None))
        once, twice = db.session.scalars(query.order_by(ScoreSheet.id).limit(2)).all()
        self.typed_ids = [once.id, twice.id]
        people = [(self.keeper_id, "Keeper"), (self.leader_id, "Leader")]
        for sheet, readings in ((once, [{"P1": "1"}]), (twice, [{"P1": "1"}, {"P1": "2"}])):
            for place, marks in enumerate(readings, start=1):
                account_id, name = people[place - 1]
                about = {"sheet_id": sheet.id, "attempt": 1, "place": place, "judge_id": sheet.judge_id, "key": uuid4()}
                about |= {"account_id": account_id, "typist": name, "marks": marks, "typed_at": now()}
                stored(PaperEntry(**about, differing=["P1"] if place > 1 else []))

    def _facts(self) -> None:
        """A title that came back, one that was denied and withdrawn, innovations, and a preview of each."""
        person = db.session.get_one(Contestant, self.contestant_ids[0]).person
        number, name = decrypt(person.document_sealed), person.name
        row = [name, number, "Port City Master", "", "Port City", "No. 1", "2025-03-01", "Welding", "", ""]
        self.titles_id = self._read_titles([row])
        take_in = TakeInWorkbook(self.competition_id, self.titles_id, leaves_out_wrong=False, actor=self.organiser)
        take_in_workbook(TITLES, take_in)
        self.pending_titles_id = self._read_titles([[*row[:2], "Other", *row[3:]], ["Nobody", "X1", *row[2:]], row])
        denied = Statement(FactKind.NONE_ELSE, FactSource.DECLARED, stated_by="Herself", evidence="Letter")
        fact_id = state_fact(StateFact(self.competition_id, self.contestant_ids[0], denied, self.organiser))
        withdraw_fact(WithdrawFact(self.competition_id, fact_id, "mistaken", self.organiser))
        record_innovation(
            RecordInnovation(
                self.competition_id,
                "Fixture",
                Kind.SMALL_REFORM,
                Stage.IN_USE,
                "Steel Works",
                (self.contestant_ids[0],),
                "12.5",
                "hours saved",
                None,
                "No. 2",
                self.organiser,
            )
        )
        rows = [["Fixture 2", "其他", "已采纳", "Steel Works", "", "", "", "", "", ""], ["", "其他", *[""] * 8]]
        data = write_xlsx([SheetPlan("a", [list(INNOVATION_COLUMNS), *rows])])
        command = ReadWorkbook(self.competition_id, "innovations.xlsx", data, self.organiser)
        self.pending_innovations_id = read_incoming(INNOVATIONS, command)

    def _read_titles(self, rows: list[list[str]]) -> int:
        data = write_xlsx([SheetPlan("a", [list(TITLE_COLUMNS), *rows])])
        return read_incoming(TITLES, ReadWorkbook(self.competition_id, "titles.xlsx", data, self.organiser))

    def values(self) -> dict[str, object]:
        """What stands in an address, by the name it has in routes."""
        return {
            "competition_id": self.competition_id,
            "event_id": self.event_id,
            "module_id": self.module_ids["P"],
            "delegation_id": self.delegation_ids[0],
            "judge_id": self.judge_ids[0],
            "contestant_id": self.contestant_ids[0],
            "entrant_id": self.entrant_ids[0],
            "import_id": self.import_id,
            "sheet_id": self.sheet_id,
            "snapshot_id": self.snapshot_id,
            "draft_id": self.draft_id,
            "number": 1,
            "certificate_id": self.certificate_id,
            "layout_id": self.layout_id,
            "picture_id": self.picture_id,
            "font_id": self.font_id,
            "seal_id": self.seal_id,
            "printer_id": self.printer_id,
            "batch_id": self.batch_id,
            "account_id": self.account_id,
            "organisation_id": self.organisation_id,
            "token": self.link,
            "code": self.code,
            "pack_id": "hebei.provincial-skills-contest.2025",
            "flag_id": self.flag_id,
            "benefit": "promotion",
            "own_id": self.own_id,
            "part": "promotion",
            "workbook_id": self.pending_titles_id,
            "appeal_id": self.appeal_id,
            "entry_id": self.entry_id,
            "session_id": self.session_id,
            "badge": derived_code("badge", self.contestant_ids[0]),
        }

    def special(self) -> dict[str, list[dict[str, object]]]:
        """Pages that are looked at with other values, or with several."""
        empty: list[dict[str, object]] = [{}, {"event_id": self.empty_event_id}]
        return {
            "certificates.event_page": empty,
            "certificates.titles_preview": [{}, {"workbook_id": self.titles_id}],
            "certificates.innovations_preview": [{"workbook_id": self.pending_innovations_id}],
            "certificates.flags": empty,
            "competitions.edit_event": empty,
            "competitions.event_draw": empty,
            "competitions.event_judge_draws": [*empty, {"event_id": self.final_event_id}],
            "competitions.own_enrolment_again": [{"act": "workbooks"}],
            "second_factor.again": [{"act": "drafts"}],
            "competitions.enrolment_link": [{"token": self.enrolment_token}],
            "competitions.work_codes": empty,
            "competitions.timetable_session": [{}, {"session_id": self.off_session_id}],
            "competitions.work_layer": [{"event_id": self.empty_event_id}, {"event_id": self.final_event_id}],
            "scoring.event_board": empty,
            "scoring.scheme": empty,
            "scoring.external": [{"module_id": self.module_ids["T"]}],
            "scoring.paper_sheet": [{"sheet_id": self.typed_ids[0]}],
            "scoring.paper_decision": [{"sheet_id": sheet_id} for sheet_id in self.typed_ids],
            "scoring.carrying": [{"event_id": self.final_event_id}],
            "scoring.snapshot": [{}, {"snapshot_id": self.later_snapshot_id}],
        }
