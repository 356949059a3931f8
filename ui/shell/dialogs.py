"""Opens the dialogs: each is made when first asked for, shown with ``open()``, and blocks nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog

from app.text import Text
from ui.bridge.away import AwayWatch
from ui.models.task_ask import ADD, TaskAsk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.record import Record
    from app.services.check.check import Finding
    from ui.map.hands import Drawn
    from ui.models.ending import Ending
    from ui.models.sites import Pick
    from ui.shell.parts import Parts

_NO_COMPOUND: Final = Text("接管的是小区：先选一个", "It is a compound that is adopted: choose one first")


class Dialogs(QObject):
    """One place that knows which dialog belongs to which action."""

    conflicts_asked = Signal()  # the panel of what others changed meanwhile

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.host)
        self._host, self._context, self._files = parts.host, parts.context, parts.files
        self._map_area = parts.map_area
        self.away = AwayWatch(parts.context, self)  # whether the server is there
        context = parts.context
        context.registry_left.connect(self.close_sheets)
        context.import_asked.connect(self.import_kind)
        context.step_wanted.connect(self.take_step)
        context.end_asked.connect(self.end)
        context.waive_asked.connect(self.waive)
        context.pick_asked.connect(self.pick)
        context.task_asked.connect(self.task)
        context.template_asked.connect(self.write_template)
        parts.map_area.canvas.station_placed.connect(self.add_station)
        parts.map_area.canvas.station_moved.connect(self.move_station)
        parts.map_area.drafts.outline_drawn.connect(self.add_compound)

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot(object)
    def pick(self, asked: Pick) -> None:
        """Ask for a file, and hand its path to whoever asked."""
        from ui.dialogs.base.picker import Picks, make_picker

        picks = Picks(asked.purpose, asked.kinds, is_new=asked.is_new)
        picker = make_picker(self._context, picks, asked.typed, self._host)
        picker.setObjectName(f"{asked.purpose}.picker")
        picker.fileSelected.connect(asked.take)
        picker.open()

    def show_keys(self) -> None:
        """List the short cuts."""
        from ui.dialogs.keys import KeysDialog

        self._show(KeysDialog(self._context, self._host))

    def show_about(self) -> None:
        """Say what this program is, and which libraries open files here."""
        from ui.dialogs.about import AboutDialog

        self._show(AboutDialog(self._context, self._host))

    def open_registry(self) -> None:
        """Ask for a registry to open."""
        from ui.dialogs.registry_files import OpenDialog

        dialog = OpenDialog(self._context, self._host)
        dialog.opened.connect(self._files.take)
        self._open(dialog)

    def new_registry(self) -> None:
        """Ask for a new registry's path and profile."""
        from ui.dialogs.registry_files import NewDialog

        dialog = NewDialog(self._context, self._host)
        dialog.opened.connect(self._files.take)
        self._open(dialog)

    @Slot(str)
    def import_kind(self, kind: str) -> None:
        """Ask for a file of a kind of records, where one may write."""
        if self._context.lock is None:
            self.import_file(kind=kind)

    def import_file(self, path: str = "", kind: str | None = None) -> QDialog:
        """Ask for a file to bring in, of a kind of records if that is known, ``path`` if one is; return the sheet."""
        from ui.dialogs.bring_in.import_file import ImportDialog

        sheet = ImportDialog(self._context, self._host, path=path, kind=kind)
        self._open(sheet)
        return sheet

    @Slot(str)
    def write_template(self, kind: str = "") -> None:
        """Ask which workbook a street is to fill in; ``kind``: offered first."""
        from ui.dialogs.bring_in.import_file import ImportDialog
        from ui.dialogs.bring_in.template import TemplateDialog

        asked = self._host.findChildren(ImportDialog)
        kind = kind or (str(asked[0].kind.currentData()) if asked else "compounds")
        self._open(TemplateDialog(self._context, self._host, kind=kind))

    def show_profile(self) -> None:
        """Show what the registry's profile declares."""
        from ui.dialogs.bring_in.profile import ProfileDialog

        self._open(ProfileDialog(self._context, self._host))

    def show_backups(self) -> None:
        """Show the automatic backups, and a record then and now."""
        from ui.dialogs.backups.sheet import BackupsSheet

        sheet = BackupsSheet(self._context, self._host)
        sheet.opened.connect(self._files.open)
        sheet.rules_asked.connect(self.keep_backups)
        self._open(sheet)

    def keep_backups(self) -> None:
        """Ask how automatic backups are kept."""
        from ui.dialogs.backups.rules import RulesSheet
        from ui.dialogs.backups.sheet import BackupsSheet

        rules = RulesSheet(self._context, self._host)
        for sheet in self._host.findChildren(BackupsSheet):
            rules.accepted.connect(sheet.load)
        self._open(rules)

    def copy_registry(self) -> None:
        """Ask where to copy the registry: to a server, or from one into a file."""
        from ui.dialogs.copying import CopyDialog

        dialog = CopyDialog(self._context, self._host)
        dialog.opened.connect(self._files.open)
        self._open(dialog)

    def export_file(self) -> None:
        """Ask for what to bring out."""
        from ui.dialogs.export_file import ExportDialog
        from ui.map.export import FORMATS

        self._open(ExportDialog(self._context, self._host, formats=FORMATS))

    def attach(self, kind: str, codes: Sequence[str]) -> None:
        """Attach an organisation or firm to records, all as one change."""
        from ui.dialogs.attach.attach import AttachDialog

        if codes:
            self._open(AttachDialog(self._context, kind, codes, self._host))

    def open_case(self, place: str) -> None:
        """Ask for a mediation case of a compound or community."""
        from ui.dialogs.mediation.case import CaseDialog

        self._open(CaseDialog(self._context, place, self._host))

    def note_entry(self, place: str) -> None:
        """Ask for a need, resource or project of a compound or community."""
        from ui.dialogs.mediation.entry import EntryDialog

        self._open(EntryDialog(self._context, place, self._host))

    @Slot(str, str)
    def take_step(self, code: str, step: str) -> None:
        """Ask for the next step of a case, or of an entry of the three lists."""
        from ui.dialogs.mediation.case import CaseStepDialog
        from ui.dialogs.mediation.entry import EntryStepDialog

        context = self._context
        record = context.record(code)
        if record is not None and record.kind == "cases":
            self._open(CaseStepDialog(context, code, self._host))
        elif record is not None and record.kind == "entries":
            self._open(EntryStepDialog(context, code, step, self._host))

    @Slot(object)
    def end(self, ending: Ending) -> None:
        """Ask for the day and the reason of what ends, goes or is replaced."""
        from ui.dialogs.edit.ending import EndSheet

        self._open(EndSheet(self._context, ending, self._host))

    @Slot(object)
    def waive(self, finding: Finding) -> None:
        """Ask until when, and why, a finding is left alone."""
        from ui.dialogs.waive import WaiveSheet

        self._open(WaiveSheet(self._context, finding, self._host))

    def keep_table(self) -> None:
        """Keep the table that is asked for, as it is published."""
        from ui.dialogs.snapshots import SnapshotSheet

        self._open(SnapshotSheet(self._context, self._host))

    @Slot(object)
    def task(self, asked: TaskAsk) -> None:
        """Ask for what makes tasks, or moves some on."""
        from ui.dialogs.tasks.task import TaskSheet

        if asked.codes:
            self._open(TaskSheet(self._context, asked, self._host))

    @Slot(list)
    def task_gaps(self, codes: Sequence[str]) -> None:
        """Ask for what makes tasks of the gaps of the measure at hand."""
        self.task(TaskAsk(ADD, tuple(codes), measure=self._context.question.measure))

    def remove(self, record: Record | None) -> None:
        """Take a record out, or let it end."""
        from ui.dialogs.edit.record_change import RemoveSheet

        if record is not None:
            self._open(RemoveSheet(self._context, record.code, self._host))

    def merge(self, codes: Sequence[str]) -> None:
        """Merge records, after a look at what goes where."""
        from ui.dialogs.lineage.ask import MergeSheet

        if len(codes) > 1:
            self._open(MergeSheet(self._context, codes, parent=self._host))

    def purge(self, record: Record | None) -> None:
        """Take a text, or what the journal keeps of a record, out for good."""
        from ui.dialogs.purge import PurgeSheet

        self._open(PurgeSheet(self._context, record, self._host))

    def settle_foreign(self) -> None:
        """Take or turn back what another program edited in the file."""
        from ui.dialogs.foreign.sheet import ForeignSheet

        self._open(ForeignSheet(self._context, self._host))

    def show_offline(self) -> None:
        """Show what was entered without the server."""
        from ui.dialogs.offline.sheet import OfflineSheet

        self._open(OfflineSheet(self._context, self.away, self._host))

    def rename(self, record: Record | None) -> None:
        """Give a record another name."""
        from ui.dialogs.edit.record_change import RenameSheet

        if record is not None:
            self._open(RenameSheet(self._context, record.code, self._host))

    def move(self, record: Record | None) -> None:
        """Give a station another place, typed."""
        from ui.dialogs.edit.record_change import MoveSheet

        if record is not None:
            self._open(MoveSheet(self._context, record.code, self._host))

    @Slot(str, float, float)
    def move_station(self, code: str, lon: float, lat: float) -> None:
        """Ask why a station was dragged to another place."""
        from ui.dialogs.edit.record_change import MoveSheet

        context = self._context
        lock = context.lock
        if lock is not None:
            context.said.emit(lock)
        elif context.record(code) is not None:
            context.select([code], "map")
            self._open(MoveSheet(context, code, self._host, to=(lon, lat)))

    def relate(self, codes: Sequence[str]) -> None:
        """Make a declared relation of records, all as one change."""
        from ui.dialogs.attach.relation import RelateDialog

        if codes:
            self._open(RelateDialog(self._context, codes, self._host))

    def assess(self, record: Record | None, scheme: str = "") -> None:
        """Assess a record by a declared scheme."""
        from ui.dialogs.edit.assess import AssessDialog

        if record is not None:
            self._open(AssessDialog(self._context, record.code, scheme, self._host))

    @Slot(str)
    def assess_current(self, scheme: str) -> None:
        """Assess the record shown, by one of its schemes."""
        self.assess(self._context.current, scheme)

    def credit(self, record: Record | None) -> None:
        """Put a firm on a list, or grade it, from a day on."""
        from ui.dialogs.adoption.firm_credit import CreditDialog

        if record is not None and record.kind == "firms":
            self._open(CreditDialog(self._context, record.code, self._host))

    def adopt(self, codes: Sequence[str]) -> None:
        """Take the next step of a three-no compound's adoption: of the one selected last."""
        from ui.dialogs.adoption.adopt import AdoptDialog

        if codes:
            self._open(AdoptDialog(self._context, codes[-1], self._host))
        else:
            self._context.said.emit(_NO_COMPOUND)

    @Slot(float, float)
    def add_station(self, lon: float, lat: float) -> None:
        """Ask for a new station's name and kind."""
        from ui.dialogs.edit.draw import StationDialog

        dialog = StationDialog(self._context, lon, lat, self._host)
        dialog.added.connect(self._map_area.canvas.finish_tool)
        self._open(dialog)

    @Slot(object)
    def add_compound(self, drawn: Drawn) -> None:
        """Ask for the name and kind of an outline just drawn."""
        from ui.dialogs.edit.draw import CompoundDialog

        drafts = self._map_area.drafts
        dialog = CompoundDialog(self._context, drawn.outline, self._host, is_taking=drawn.is_taking)
        dialog.added.connect(drafts.forget_outline)
        dialog.rejected.connect(drafts.go_on_drawing)
        self._open(dialog)

    @Slot()
    def close_sheets(self) -> None:
        """Close what was asked about the registry that is being left; not what asks for another file."""
        from ui.dialogs.base.sheet import Sheet
        from ui.dialogs.registry_files import NewDialog, OpenDialog

        for dialog in self._host.findChildren(Sheet):
            if not isinstance(dialog, NewDialog | OpenDialog):
                dialog.reject()

    def raise_open(self) -> None:
        """Lay the open dialogs over a window that was made anew."""
        for dialog in self._host.findChildren(QDialog):
            if dialog.isVisible():
                dialog.raise_()

    def _open(self, dialog: QDialog) -> None:
        for other in self._host.findChildren(type(dialog)):
            if other is not dialog:
                other.close()
                other.deleteLater()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
