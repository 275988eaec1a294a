"""An older version's data, taken over by a newer one, in a real window:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_upgrade.py FOLDER_OF_THE_PROGRAMS COMMAND…

The folder's `audio-housekeeper` is the older version until the command has run, as `apt-get install` would.
"""

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from desktop import CHECKED, run_steps, text_of, until
from test_desktop import (
    A_DELETE, ACTIVITY, AMELIA, DELETE, DOCTOR_FIELD, DOWNLOAD, GONE, JUERGEN, KEEPING_BACKUP, NAME_FIELD,
    PASSWORD, PASSWORD_FIELD, PRIYA, SAVED, SETTINGS, SIGN_IN, SIGN_IN_TITLE, TOKEN, USER, WITHOUT_BACKUP, Walk,
)

CHECK_THE_RECORD = "Check record"
NO_CHANGES = "No gaps or changes found"
LARGER = "150 %"
DATABASE = "housekeeper.sqlite3"


class Upgrade(Walk):
    """What the steps share."""

    def __init__(self, programs, home, command):
        super().__init__(programs, home)
        self.command = command
        self.entries = []

    def version(self):
        """What the program says it is."""
        program = self.programs / "audio-housekeeper"
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout

    def record(self):
        """All entries of the audit record, as they are kept."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / DATABASE}?mode=ro", uri=True)) as database:
            return database.execute("SELECT * FROM audit ORDER BY 1").fetchall()

    def form(self):
        """The form of the database, which each migration raises by one."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / DATABASE}?mode=ro", uri=True)) as database:
            return database.execute("PRAGMA user_version").fetchone()[0]


# The steps.


def the_older_version_signs_in_and_downloads_and_deletes(walk):
    walk.before = walk.version()
    walk.open()
    walk.desktop.fill(NAME_FIELD, USER, 60)
    walk.desktop.fill(PASSWORD_FIELD, PASSWORD)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    until(lambda: walk.in_the_keychain() == [TOKEN], "the token in the keychain")
    walk.choose(AMELIA)
    walk.desktop.click("button", DOWNLOAD)
    walk.desktop.save_as(walk.saved / "Amelia.wav")
    walk.desktop.wait_for(SAVED)
    walk.choose(PRIYA)
    walk.ask_to_delete(PRIYA)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(GONE, A_DELETE)
    walk.desktop.click("tab", SETTINGS)
    walk.desktop.click("radio", LARGER)
    walk.desktop.find("radio", LARGER, where=lambda c: c.has(CHECKED))
    assert walk.app.leave() == 0
    walk.entries = walk.record()
    assert len(walk.entries) > 5, walk.entries


def the_newer_version_is_installed(walk):
    files = {file: file.read_bytes() for file in walk.data.rglob("*") if file.is_file()}
    subprocess.run(walk.command, check=True, stdin=subprocess.DEVNULL, timeout=300)
    assert walk.version() != walk.before, walk.before
    assert files == {file: file.read_bytes() for file in walk.data.rglob("*") if file.is_file()}


def it_finds_the_sign_in_the_doctors_the_record_and_the_settings(walk):
    form = walk.form()
    walk.open()
    walk.desktop.find("entry", DOCTOR_FIELD, 60)
    assert not walk.desktop.shows(SIGN_IN_TITLE)
    walk.desktop.wait_for(USER)
    assert walk.in_the_keychain() == [TOKEN]
    walk.desktop.wait_for(AMELIA)
    walk.desktop.wait_for(PRIYA)
    assert walk.record()[: len(walk.entries)] == walk.entries
    copies = list(walk.data.glob("housekeeper form * before version *.sqlite3"))
    # One copy of the older form, where the form has changed.
    assert len(copies) == (walk.form() != form), (copies, form, walk.form())
    walk.desktop.click("tab", SETTINGS)
    assert '"text_size":150' in re.sub(r"\s", "", (walk.data / "settings.json").read_text())


def the_record_has_no_gap_and_goes_on(walk):
    walk.desktop.click("tab", ACTIVITY)
    walk.desktop.click("button", CHECK_THE_RECORD)
    walk.desktop.wait_for(NO_CHANGES)
    walk.desktop.wait_for(PRIYA)


def a_backup_of_the_older_version_is_known_and_a_delete_rests_on_it(walk):
    walk.desktop.click("tab", "Recordings")
    walk.choose(AMELIA)
    walk.ask_to_delete(AMELIA)
    walk.desktop.click("button", KEEPING_BACKUP)
    walk.desktop.wait_for(GONE, A_DELETE)
    assert walk.held(AMELIA) is None
    assert walk.held(JUERGEN) is not None
    assert walk.app.leave() == 0
    assert len(walk.record()) > len(walk.entries)


STEPS = [
    the_older_version_signs_in_and_downloads_and_deletes,
    the_newer_version_is_installed,
    it_finds_the_sign_in_the_doctors_the_record_and_the_settings,
    the_record_has_no_gap_and_goes_on,
    a_backup_of_the_older_version_is_known_and_a_delete_rests_on_it,
]


def main():
    programs, *command = sys.argv[1:]
    walk = Upgrade(Path(programs).absolute(), Path(os.environ["DESKTOP_HOME"]), command)
    return run_steps(STEPS, walk, lambda: text_of(walk.home / "app.log"))


if __name__ == "__main__":
    sys.exit(main())
