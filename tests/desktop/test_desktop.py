"""The app in a real window, driven through its accessibility tree:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_desktop.py FOLDER_OF_THE_PROGRAMS \\
        [LAST_STEP]

Each step is a function whose name says what is promised; they run in this order, and each finds
what the one before it left. What fails leaves the last screenshot in `tests/desktop/failed.png`.
"""

import math
import os
import re
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import wave
from pathlib import Path

from desktop import A_WHILE, CHECKED, ENABLED, App, Desktop, PracticeService, run_steps, text_of, until

# What the window says. The words are those of assets/i18n/en.
TOKEN_FIELD, WITH_TOKEN = "Access token", "Use an access token from IT"
NAME_FIELD, PASSWORD_FIELD = "User name or email", "Password"
WITH_PASSWORD = "Use a user name and password"
SIGN_IN = "Sign in"
SIGN_IN_TITLE = "Sign in to Nuxera"
NOT_ACCEPTED = "doesn't accept this access token"
NOT_KNOWN = "doesn't know this user name with this password"
RECORDINGS, ACTIVITY, SETTINGS = "Recordings", "Activity", "Settings"
DOCTOR_FIELD = "Doctor"
CHECK = "Check"
DOWNLOAD = "Download…"
DELETE = "Delete…"
DELETE_ALL = "Delete all recordings…"
CANCEL = "Cancel"
STOP = "Stop"
DELETE_TITLE = "Delete the recordings of {}?"
WITHOUT_BACKUP = "Delete without backup"
KEEPING_BACKUP = "Delete, keeping the earlier backup"
BACK_UP_FIRST = "Back up, then delete…"
WAITING = "Deleting for {} in "
ALL_TITLE = "Delete every recording on the server?"
PHRASE_FIELD = "Type DELETE ALL to continue"
DELETE_ALL_NOW = "Delete all doctors' recordings"
WAITING_ALL = "Deleting every recording in "
SAVED = "Saved and checked"
GONE = "Deleted. Nuxera has nothing under this name now."
GONE_ALL = "Deleted. Nuxera has nothing now for any doctor listed here."
STOPPED = "Stopped. Nothing was sent, and nothing was deleted."
NOTHING_THERE = "Nothing under exactly this name"
SIGN_OUT = "Sign out"

KEYCHAIN_ENTRY = "Audio Housekeeper"

# Long enough for the window's own waits: 8 s before a delete, 15 s before that of everything, and
# 30 s where that time was chosen.
A_DELETE = 90
A_DELETE_OF_ALL = 120

# The time to stop a delete, in seconds, that is chosen where something is to happen in it: the usual
# one could pass while the machine stands still.
TIME_TO_STOP = 30
# When a delete has surely gone out that nothing held, after its confirmation.
WOULD_BE_SENT = TIME_TO_STOP + 6

TOKEN = "eyJhbGciOiJIUzI1NiJ9.desktop-test-token.c2lnbmF0dXJl"
USER, PASSWORD = "front.desk", "correct horse battery"
AMELIA, JUERGEN, KENJI, PRIYA = (
    "Dr. Amelia Smith", "Dr. Jürgen Müller", "Dr. Kenji Tanaka 田中", "Dr. Priya Nair",
)


class Walk:
    """What the steps share: the desktop, the service, and the app."""

    def __init__(self, programs, home, *service_options):
        self.programs = programs
        self.home = home
        self.data = home / "data-folder"
        self.saved = home / "saved"
        self.saved.mkdir()
        self.recordings = home / "recordings"
        for seconds, doctor in enumerate([AMELIA, JUERGEN, KENJI, PRIYA], start=1):
            folder = self.recordings / doctor
            folder.mkdir(parents=True)
            tone(folder / "recording.wav", seconds)
        self.desktop = Desktop()
        self.service = PracticeService(
            programs / "practice-service",
            "--token", TOKEN, "--user", f"{USER}:{PASSWORD}",
            "--recordings", self.recordings, "--verbose", *service_options,
            log=home / "service.log",
        )
        self.app = None

    def open(self):
        """Opens the app's window."""
        self.app = App(
            self.programs / "audio-housekeeper", self.service.url, self.data,
            log=self.home / "app.log", environment={"AUDIO_HOUSEKEEPER_LOG": "trace"},
        )

    def close(self):
        """Ends what runs."""
        if self.app:
            self.app.close()
        self.service.close()

    # What the service holds, asked past the app.

    def held(self, doctor):
        """The recording that the service holds for a doctor, or None."""
        query = urllib.parse.urlencode({"doctorName": doctor}, quote_via=urllib.parse.quote)
        request = urllib.request.Request(
            f"{self.service.url}/api/download?{query}", headers={"Authorization": f"Bearer {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=A_WHILE) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def deletes(self):
        """How many DELETE requests the service has answered."""
        return self.answered(r"method=DELETE ")

    def has_answered_deletes(self, number):
        """Waits until the service has answered so many DELETE requests, and no more: it answers first
        and writes its log after."""
        until(lambda: self.deletes() >= number, f"{number} DELETE requests")
        assert self.deletes() == number, self.deletes()

    def answered(self, pattern):
        """How many requests the service has answered whose line in its log fits."""
        return len(re.findall(pattern, self.service.log.read_text(errors="replace")))

    # What a person does again and again.

    def choose(self, doctor):
        """Names the doctor that the next buttons are about, and checks."""
        self.desktop.fill(DOCTOR_FIELD, doctor)
        self.desktop.click("button", CHECK)
        self.desktop.find("button", CHECK)

    def ask_to_delete(self, doctor):
        """Opens the question about a doctor's recordings and waits for its facts."""
        ask_to_delete(self.desktop, doctor)

    def in_the_keychain(self):
        """The tokens that the system's keychain holds for this app; the record's head stays."""
        found = subprocess.run(
            ["secret-tool", "search", "--all", "--unlock", "service", KEYCHAIN_ENTRY],
            capture_output=True, text=True, timeout=A_WHILE,
        )
        entries = re.findall(r"^label = (.*)\nsecret = (.*)$", found.stdout, re.MULTILINE)
        return [secret for label, secret in entries if ": record " not in label]


def tone(path, seconds):
    """Writes a WAV file, 16 bit 16 kHz mono, of a tone of its own."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        pitch = 200 + 50 * seconds
        file.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(2 * math.pi * pitch * i / 16_000)))
            for i in range(16_000 * seconds)
        ))


# The steps.


def a_wrong_token_is_refused_and_not_kept(walk):
    walk.open()
    fill_token(walk.desktop, "not-the-token", timeout=60)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.wait_for(NOT_ACCEPTED)
    assert walk.in_the_keychain() == []


def a_name_and_a_password_sign_in_and_only_the_token_is_kept(walk):
    walk.desktop.click("button", WITH_PASSWORD)
    walk.desktop.fill(NAME_FIELD, USER)
    walk.desktop.fill(PASSWORD_FIELD, "not the password")
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.wait_for(NOT_KNOWN)
    walk.desktop.fill(PASSWORD_FIELD, PASSWORD)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    walk.desktop.wait_for("Signed in until")
    until(lambda: walk.in_the_keychain() == [TOKEN], "the token in the keychain")
    sign_out(walk)


def a_pasted_token_signs_in_and_is_in_the_keychain(walk):
    fill_token(walk.desktop, TOKEN)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    until(lambda: walk.in_the_keychain() == [TOKEN], "the token in the keychain")


def a_check_shows_what_the_service_has(walk):
    walk.choose(AMELIA)
    walk.desktop.wait_for("WAV, 32")
    walk.choose("Dr. Amelia  Smith")
    walk.desktop.wait_for(NOTHING_THERE)


def closing_the_save_dialog_leaves_no_trace(walk):
    walk.choose(AMELIA)
    walk.desktop.click("button", DOWNLOAD)
    proposed = walk.desktop.save_dialog()
    assert proposed.startswith(f"{AMELIA} ") and proposed.endswith(".wav"), proposed
    walk.desktop.cancel_dialog()
    time.sleep(1)
    assert not walk.desktop.shows(SAVED)
    assert list(walk.saved.iterdir()) == []


def a_download_is_byte_for_byte_what_the_service_has(walk):
    walk.desktop.click("button", DOWNLOAD)
    copy = walk.saved / "Amelia.wav"
    walk.desktop.save_as(copy)
    walk.desktop.wait_for(SAVED)
    assert copy.read_bytes() == walk.held(AMELIA)
    assert [file.name for file in walk.saved.iterdir()] == ["Amelia.wav"]


def escape_and_return_delete_nothing(walk):
    for key in ["Escape", "Return"]:
        walk.ask_to_delete(AMELIA)
        walk.desktop.has_focus("button", CANCEL)
        walk.desktop.key(key)
        walk.desktop.gone(DELETE_TITLE.format(AMELIA))
    assert not walk.desktop.shows(WAITING.format(AMELIA))
    assert walk.deletes() == 0


def return_on_a_button_that_deletes_does_nothing(walk):
    walk.ask_to_delete(AMELIA)
    walk.desktop.focus("button", KEEPING_BACKUP)
    walk.desktop.key("Return")
    time.sleep(1)
    assert walk.desktop.shows(DELETE_TITLE.format(AMELIA))
    walk.desktop.click("button", CANCEL)
    walk.desktop.gone(DELETE_TITLE.format(AMELIA))
    assert walk.deletes() == 0


def a_delete_keeps_the_backup_and_is_seen_to_have_worked(walk):
    before = walk.held(AMELIA)
    walk.choose(AMELIA)
    walk.ask_to_delete(AMELIA)
    walk.desktop.click("button", KEEPING_BACKUP)
    walk.desktop.wait_for(GONE, A_DELETE)
    assert walk.held(AMELIA) is None
    walk.has_answered_deletes(1)
    assert (walk.saved / "Amelia.wav").read_bytes() == before


def back_up_then_delete_does_both_in_that_order(walk):
    before = walk.held(JUERGEN)
    walk.choose(JUERGEN)
    walk.ask_to_delete(JUERGEN)
    walk.desktop.click("button", BACK_UP_FIRST)
    copy = walk.saved / "Jürgen.wav"
    walk.desktop.save_as(copy)
    until(copy.exists, "the backup")
    assert copy.read_bytes() == before
    until(lambda: walk.held(JUERGEN) is None, "the delete", A_DELETE)
    walk.has_answered_deletes(2)


def a_delete_stopped_in_its_wait_is_never_sent(walk):
    give_time_to_stop(walk.desktop)
    walk.choose(PRIYA)
    walk.ask_to_delete(PRIYA)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(WAITING.format(PRIYA))
    walk.desktop.click("button", STOP)
    walk.desktop.wait_for(STOPPED)
    time.sleep(WOULD_BE_SENT)
    assert walk.deletes() == 2
    assert walk.held(PRIYA) is not None


def a_delete_of_everything_wants_its_phrase(walk):
    walk.desktop.click("button", DELETE_ALL)
    walk.desktop.wait_for(ALL_TITLE)
    for phrase in ["", "DELETE AL", "delete all"]:
        walk.desktop.fill(PHRASE_FIELD, phrase)
        time.sleep(0.3)
        assert not walk.desktop.find("button", DELETE_ALL_NOW, enabled=None).has(ENABLED), phrase
    walk.desktop.focus("entry", PHRASE_FIELD)
    walk.desktop.key("Return")
    time.sleep(0.5)
    assert walk.desktop.shows(ALL_TITLE)
    walk.desktop.key("Escape")
    walk.desktop.gone(ALL_TITLE)


def a_delete_of_everything_can_be_stopped(walk):
    confirm_delete_all(walk)
    walk.desktop.click("button", STOP)
    walk.desktop.gone(WAITING_ALL)
    time.sleep(WOULD_BE_SENT)
    assert walk.deletes() == 2
    assert walk.held(KENJI) is not None


def a_delete_of_everything_leaves_nothing(walk):
    confirm_delete_all(walk)
    walk.desktop.wait_for(GONE_ALL, A_DELETE_OF_ALL)
    for doctor in [AMELIA, JUERGEN, KENJI, PRIYA]:
        assert walk.held(doctor) is None, doctor
    walk.has_answered_deletes(3)


def the_token_is_in_no_file_argument_or_variable_of_the_app(walk):
    places = [file for file in walk.data.rglob("*") if file.is_file()]
    assert places, "the data folder is empty"
    process = Path("/proc") / str(walk.app.process.pid)
    places += [walk.app.log, process / "environ", process / "cmdline"]
    for place in places:
        contents = place.read_bytes()
        assert TOKEN.encode() not in contents and PASSWORD.encode() not in contents, place


def a_restart_finds_the_sign_in_kept(walk):
    assert walk.app.leave() == 0
    walk.open()
    walk.desktop.find("entry", DOCTOR_FIELD, 60)
    assert not walk.desktop.shows(SIGN_IN_TITLE)
    walk.desktop.click("tab", ACTIVITY)
    walk.desktop.wait_for(JUERGEN)


def signing_out_empties_the_keychain(walk):
    sign_out(walk)
    assert walk.app.leave() == 0


STEPS = [
    a_wrong_token_is_refused_and_not_kept,
    a_name_and_a_password_sign_in_and_only_the_token_is_kept,
    a_pasted_token_signs_in_and_is_in_the_keychain,
    a_check_shows_what_the_service_has,
    closing_the_save_dialog_leaves_no_trace,
    a_download_is_byte_for_byte_what_the_service_has,
    escape_and_return_delete_nothing,
    return_on_a_button_that_deletes_does_nothing,
    a_delete_keeps_the_backup_and_is_seen_to_have_worked,
    back_up_then_delete_does_both_in_that_order,
    a_delete_stopped_in_its_wait_is_never_sent,
    a_delete_of_everything_wants_its_phrase,
    a_delete_of_everything_can_be_stopped,
    a_delete_of_everything_leaves_nothing,
    the_token_is_in_no_file_argument_or_variable_of_the_app,
    a_restart_finds_the_sign_in_kept,
    signing_out_empties_the_keychain,
]


def sign_out(walk):
    walk.desktop.click("tab", SETTINGS)
    walk.desktop.click("button", SIGN_OUT)
    walk.desktop.wait_for(SIGN_IN_TITLE)
    until(lambda: walk.in_the_keychain() == [], "the keychain to be empty")


def fill_token(desktop, token, timeout=A_WHILE):
    """Types a token where the sign-in may ask for a name and a password first."""
    if desktop.wait_for_any(TOKEN_FIELD, WITH_TOKEN, timeout=timeout) == WITH_TOKEN:
        desktop.click("button", WITH_TOKEN)
    desktop.fill(TOKEN_FIELD, token)


def ask_to_delete(desktop, doctor):
    """Opens the question about a doctor's recordings and waits for its facts, with which its buttons come."""
    desktop.click("button", DELETE)
    desktop.wait_for(DELETE_TITLE.format(doctor))
    desktop.wait_for_any(WITHOUT_BACKUP, KEEPING_BACKUP)


def give_time_to_stop(desktop):
    """Has deletes wait longer from now on. (To have them wait less again takes a password.)"""
    desktop.click("tab", SETTINGS)
    chosen = f"{TIME_TO_STOP} s"
    desktop.click("radio", chosen)
    desktop.find("radio", chosen, where=lambda c: c.has(CHECKED))
    desktop.click("tab", RECORDINGS)


def confirm_delete_all(walk):
    walk.desktop.click("button", DELETE_ALL)
    walk.desktop.wait_for(ALL_TITLE)
    walk.desktop.fill(PHRASE_FIELD, "DELETE ALL")
    walk.desktop.click("button", DELETE_ALL_NOW)
    walk.desktop.wait_for(WAITING_ALL)


def main():
    programs = Path(sys.argv[1]).resolve()
    names = [step.__name__ for step in STEPS]
    last = names.index(sys.argv[2]) if len(sys.argv) > 2 else len(STEPS) - 1
    walk = Walk(programs, Path(os.environ["DESKTOP_HOME"]))
    return run_steps(STEPS[: last + 1], walk, lambda: text_of(walk.home / "app.log"))


if __name__ == "__main__":
    sys.exit(main())
