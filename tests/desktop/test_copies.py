"""Several copies of the app, and every way to leave it, in real windows:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_copies.py FOLDER_OF_THE_PROGRAMS

Each step is a function whose name says what is promised; they run in this order, and each finds
what the one before it left. What fails leaves the last screenshot in `tests/desktop/failed.png`.
"""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from desktop import (
    App, Desktop, PracticeService, Program, active, ask_to_close, asked_xdotool, minimise, run_steps,
    text_of, until, xdotool,
)
from test_desktop import (
    A_DELETE, AMELIA, CHECK, DOCTOR_FIELD, DOWNLOAD, PRIYA, SIGN_IN, TOKEN, WAITING, WITHOUT_BACKUP,
    ask_to_delete, fill_token, give_time_to_stop, tone,
)

PRACTICE = "Practice. Sample recordings only"
ALREADY_OPEN = "Another window of this app is open already"
NEWER = "A newer version of this app wrote its data"
CLOSE_TITLE = "Close while something is running?"
STAY = "Stay"
CUT_OFF_DOWNLOAD = "This download was cut off when the app ended"
CUT_OFF_DELETE = "This delete was cut off when the app ended"
NOT_SENT = "This delete was confirmed, and the app ended before it was sent. Nothing was deleted."

SENT = "Waiting for the service's answer…"
# What the log says of an end that waited as long as it may.
LEFT = "left while jobs were running"

# How often two copies are started at once with windows. (tests/copies does it 50 times without.)
ROUNDS = int(os.environ.get("COPIES_ROUNDS", "8"))
A_START = 60
FIRST_FORM = Path(__file__).parents[2] / "src/store/migrations/0001.sql"


class Walk:
    """What the steps share: the desktop, the service, and the data folder."""

    def __init__(self, programs, home):
        self.programs = programs
        self.home = home
        self.data = home / "data-folder"
        self.saved = home / "saved"
        self.saved.mkdir()
        recordings = home / "recordings"
        for seconds, doctor in enumerate([AMELIA, PRIYA], start=2):
            folder = recordings / doctor
            folder.mkdir(parents=True)
            tone(folder / "recording.wav", seconds)
        self.desktop = Desktop()
        self.service = PracticeService(
            programs / "practice-service", "--token", TOKEN, "--recordings", recordings, "--verbose",
            # A download that begins and stands still, and a delete whose answer takes long.
            "--fault", f"download({PRIYA})@2+:stall=600s@20000",
            "--fault", f"delete({AMELIA}):stall=600s",
            log=home / "service.log",
        )
        self.apps = []

    def start(self, *arguments, data=None, environment=None):
        """Starts the app, without waiting for anything."""
        app = App(
            self.programs / "audio-housekeeper", self.service.url, data or self.data, *arguments,
            log=self.home / "app.log", environment=environment,
        )
        self.apps.append(app)
        return app

    def close(self):
        """Ends what runs."""
        for app in self.apps:
            if app.process.poll() is None:
                app.process.send_signal(signal.SIGCONT)
            app.close()
        self.service.close()

    def deletes(self):
        """How many DELETE requests the service has been asked."""
        return self.service.log.read_text(errors="replace").count("method=DELETE ")


# Windows.


def windows():
    """The numbers of the app's windows, minimised ones included."""
    found = asked_xdotool("search", "--class", "audio-housekeeper").split()
    return [window for window in found if asked_xdotool("getwindowname", window) == App.TITLE]


def there_are_windows(number):
    """Waits until the app has so many windows."""
    until(lambda: len(windows()) == number, f"{number} windows", A_START)


def end(app, by=signal.SIGTERM):
    """Has the system end the app, and waits until it has ended in good order."""
    app.process.send_signal(by)
    assert app.wait() == 0, app.process.returncode
    there_are_windows(0)


def left(walk):
    """How often an end on the real data waited as long as it may."""
    return text_of(walk.data / "log" / "audio-housekeeper.log").count(LEFT)


# The record.


def record(data):
    """Follows the record from its first entry to its last, as docs/audit-record.md says, and gives
    the entries."""
    previous, entries = "0" * 64, []
    database = sqlite3.connect(f"file:{data / 'housekeeper.sqlite3'}?mode=ro", uri=True)
    rows = database.execute("SELECT number, canonical, digest FROM audit ORDER BY number")
    for expected, (number, canonical, digest) in enumerate(rows, start=1):
        entry = json.loads(canonical)
        assert number == entry["number"] == expected, (number, expected)
        assert entry["previous"] == previous, number
        assert hashlib.sha256(canonical.encode()).digest() == digest, number
        previous = digest.hex()
        entries.append(entry)
    database.close()
    return entries


def begun_record(data):
    """The same of a record that may not be begun yet."""
    try:
        return record(data)
    except sqlite3.OperationalError:
        return []


# The steps.


def of_two_copies_started_at_once_one_window_stands_and_the_other_has_called_it(walk):
    data = walk.home / "raced"
    # A sign-in in the record is a copy that wrote.
    signed_in = lambda: len([e for e in begun_record(data / "practice") if e["action"] == "sign-in"])  # noqa: E731
    in_use = 0
    for number in range(1, ROUNDS + 1):
        both = [walk.start("--practice", data=data) for _ in range(2)]
        is_ended = lambda: any(app.process.poll() is not None for app in both)  # noqa: E731
        says_in_use = lambda: len(windows()) == 2 and sees(walk.desktop, ALREADY_OPEN)  # noqa: E731
        until(lambda: is_ended() or says_in_use(), "one to end", A_START)
        stay = [app for app in both if app.process.poll() is None]
        ended = [app for app in both if app not in stay]
        assert [app.wait() for app in ended] in ([0], [])
        until(lambda: signed_in() >= number, "the record", A_START)
        there_are_windows(len(stay))
        assert [app.process.poll() for app in stay] == [None] * len(stay)
        in_use += len(stay) - 1
        for app in stay:
            app.process.send_signal(signal.SIGTERM)
        assert [app.wait() for app in stay] == [0] * len(stay)
        there_are_windows(0)
        assert signed_in() == number
    # Where a copy stands still for two seconds before it listens, the other one can't call it.
    assert in_use <= ROUNDS // 2, in_use
    assert len(record(data / "practice")) == ROUNDS


def a_second_start_brings_the_minimised_window_to_the_front(walk):
    first = walk.start("--practice")
    walk.desktop.wait_for(PRACTICE, A_START)
    there_are_windows(1)
    (window,) = windows()
    with Program("xmessage", "another program", log=walk.home / "another.log"):
        xdotool("search", "--sync", "--onlyvisible", "--class", "Xmessage")
        minimise(window)
        begun = time.monotonic()
        second = walk.start("--practice")
        assert second.wait(A_START) == 0
        print(f"({time.monotonic() - begun:.1f} s)", end=" ")
        until(lambda: active() == window, "the window to come to the front")
        there_are_windows(1)
        assert windows() == [window]
    # Real data is another folder, and so another copy.
    real = walk.start()
    walk.desktop.find("button", SIGN_IN, A_START)
    there_are_windows(2)
    real.process.send_signal(signal.SIGTERM)
    assert real.wait() == 0
    end(first, signal.SIGHUP)


def a_copy_that_does_not_answer_leads_to_a_message(walk):
    first = walk.start("--practice")
    walk.desktop.wait_for(PRACTICE, A_START)
    first.process.send_signal(signal.SIGSTOP)
    second = walk.start("--practice")
    # A window that does not answer can't be read either.
    there_are_windows(2)
    first.process.send_signal(signal.SIGCONT)
    walk.desktop.wait_for(ALREADY_OPEN, A_START)
    second.process.send_signal(signal.SIGTERM)
    assert second.wait() == 0
    end(first, signal.SIGINT)


def a_start_on_another_screen_says_so_there(walk):
    first = walk.start("--practice")
    walk.desktop.wait_for(PRACTICE, A_START)
    display, number = another_display(walk.home)
    try:
        begun = time.monotonic()
        second = walk.start("--practice", environment={"DISPLAY": f":{number}"})
        walk.desktop.wait_for(ALREADY_OPEN, A_START)
        print(f"({time.monotonic() - begun:.1f} s)", end=" ")
        assert second.process.poll() is None
        second.process.send_signal(signal.SIGTERM)
        assert second.wait() == 0
    finally:
        display.kill()
        display.wait()
    end(first)


def a_killed_copy_is_no_obstacle(walk):
    for _ in range(2):
        killed = walk.start("--practice")
        walk.desktop.wait_for(PRACTICE, A_START)
        killed.process.kill()
        killed.wait()
        there_are_windows(0)
    app = walk.start("--practice")
    walk.desktop.wait_for(PRACTICE, A_START)
    end(app)


def two_people_have_two_copies_with_their_own_data(walk):
    both, folders = [], []
    for person in ["anna", "ben"]:
        folder = walk.home / person
        runtime = folder / "runtime"
        runtime.mkdir(parents=True, mode=0o700)
        environment = {
            "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"), "XDG_RUNTIME_DIR": str(runtime),
        }
        program = walk.programs / "audio-housekeeper"
        app = Program(program, "--practice", log=walk.home / "app.log", environment=environment)
        walk.apps.append(app)
        both.append(app)
        folders.append(folder / "data" / "audio-housekeeper" / "practice")
        there_are_windows(len(both))
    for folder in folders:
        until(lambda folder=folder: begun_record(folder), "a record", A_START)
        assert len(record(folder)) == 1
    for app in both:
        app.process.send_signal(signal.SIGTERM)
    assert [app.wait() for app in both] == [0, 0]


def closing_during_a_download_asks_and_the_end_of_the_session_does_not(walk):
    app = sign_in(walk)
    # Also for the steps after this one.
    give_time_to_stop(walk.desktop)
    walk.desktop.fill(DOCTOR_FIELD, PRIYA)
    walk.desktop.click("button", DOWNLOAD)
    copy = walk.saved / "Priya.wav"
    walk.desktop.save_as(copy)
    part = walk.saved / "Priya.wav.part"
    until(part.exists, "the part file")
    ask_to_close(windows()[0])
    walk.desktop.wait_for(CLOSE_TITLE)
    walk.desktop.wait_for(f"Download for {PRIYA}")
    walk.desktop.picture(walk.home / "closing.png")
    walk.desktop.click("button", STAY)
    walk.desktop.gone(CLOSE_TITLE)
    assert part.exists()
    end(app)
    # Where that took too long, the next start does it.
    assert left(walk) == 1 or list(walk.saved.iterdir()) == []


def what_the_end_cut_off_is_named_at_the_next_start(walk):
    app = walk.start()
    walk.desktop.wait_for(CUT_OFF_DOWNLOAD, A_START)
    until(lambda: list(walk.saved.iterdir()) == [], "the part file to be removed")
    assert record(walk.data)[-1]["outcome"] == "cut-off"
    begin_delete(walk, AMELIA)
    ask_to_close(windows()[0])
    walk.desktop.wait_for(CLOSE_TITLE)
    walk.desktop.wait_for(f"Delete for {AMELIA}")
    end(app)
    assert walk.deletes() == 0
    app = walk.start()
    walk.desktop.wait_for(NOT_SENT, A_START)
    # It is named once.
    end(app)
    app = walk.start()
    walk.desktop.find("entry", DOCTOR_FIELD, A_START)
    time.sleep(2)
    assert not walk.desktop.shows(NOT_SENT) and not walk.desktop.shows(CUT_OFF_DOWNLOAD)
    end(app)


def a_kill_in_the_wait_is_named_as_well(walk):
    app = walk.start()
    walk.desktop.find("entry", DOCTOR_FIELD, A_START)
    begin_delete(walk, AMELIA)
    app.process.kill()
    app.wait()
    app = walk.start()
    walk.desktop.wait_for(NOT_SENT, A_START)
    assert walk.deletes() == 0
    end(app)


def a_delete_that_was_sent_before_the_end_is_looked_into_at_the_next_start(walk):
    app = walk.start()
    walk.desktop.find("entry", DOCTOR_FIELD, A_START)
    begin_delete(walk, AMELIA)
    walk.desktop.wait_for(SENT, A_DELETE)
    assert record(walk.data)[-1]["outcome"] == "intended"
    before = left(walk)
    # The answer, which is not in sight, is still waited for. (That the window has gone by then is for
    # tests/app/leaving.rs: from outside nobody tells in which order two things happened.)
    end(app)
    assert left(walk) == before + 1
    assert record(walk.data)[-1]["outcome"] == "intended"
    app = walk.start()
    walk.desktop.wait_for(CUT_OFF_DELETE, A_START)
    assert record(walk.data)[-1]["outcome"] in ("gone", "still-there")
    end(app)
    assert walk.deletes() <= 1


def a_display_that_goes_away_is_like_a_kill(walk):
    display, number = another_display(walk.home)
    try:
        app = walk.start(environment={"DISPLAY": f":{number}"})
        until(lambda: record(walk.data), "the record", A_START)
        walk.desktop.find("entry", DOCTOR_FIELD, A_START)
        begin_delete(walk, PRIYA)
    finally:
        display.kill()
        display.wait()
    app.wait()
    app = walk.start()
    walk.desktop.wait_for(NOT_SENT, A_START)
    end(app)


def a_database_of_a_newer_version_is_left_alone_and_said_so(walk):
    data = walk.home / "newer"
    data.mkdir()
    file = data / "housekeeper.sqlite3"
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE to_come (x)")
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = file.read_bytes()
    app = walk.start(data=data)
    walk.desktop.wait_for(NEWER, A_START)
    walk.desktop.picture(walk.home / "newer.png")
    # A second start shows no second message.
    assert walk.start(data=data).wait(A_START) == 0
    there_are_windows(1)
    end(app)
    assert file.read_bytes() == before
    assert sorted(f.name for f in data.iterdir() if f.is_file() and f.name.startswith("housekeeper")) == [file.name]


def a_database_of_an_older_version_is_brought_up_to_date_after_a_copy(walk):
    before = record(walk.data)
    newest = walk.data / "housekeeper.sqlite3"
    other = walk.home / "newest.sqlite3"
    newest.rename(other)
    database = sqlite3.connect(newest)
    database.executescript(FIRST_FORM.read_text())
    database.execute("ATTACH ? AS newest", (str(other),))
    database.execute("INSERT INTO audit SELECT * FROM newest.audit ORDER BY number")
    database.execute("PRAGMA user_version = 1")
    database.commit()
    database.close()
    newest.chmod(0o600)
    # That version knew of no accounts, nor that the keychain keeps a token for one.
    app = sign_in(walk)
    (copy,) = walk.data.glob("housekeeper form 1 before version *.sqlite3")
    assert copy.stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(copy)
    assert database.execute("SELECT count(*) FROM audit").fetchone() == (len(before),)
    database.close()
    assert record(walk.data)[: len(before)] == before
    end(app)


STEPS = [
    of_two_copies_started_at_once_one_window_stands_and_the_other_has_called_it,
    a_second_start_brings_the_minimised_window_to_the_front,
    a_copy_that_does_not_answer_leads_to_a_message,
    a_start_on_another_screen_says_so_there,
    a_killed_copy_is_no_obstacle,
    two_people_have_two_copies_with_their_own_data,
    closing_during_a_download_asks_and_the_end_of_the_session_does_not,
    what_the_end_cut_off_is_named_at_the_next_start,
    a_kill_in_the_wait_is_named_as_well,
    a_delete_that_was_sent_before_the_end_is_looked_into_at_the_next_start,
    a_display_that_goes_away_is_like_a_kill,
    a_database_of_a_newer_version_is_left_alone_and_said_so,
    a_database_of_an_older_version_is_brought_up_to_date_after_a_copy,
]


def sees(desktop, text):
    """Whether something was read that holds `text`; more may be showing."""
    return any(text in c.name for c in desktop.controls())


def sign_in(walk):
    app = walk.start()
    fill_token(walk.desktop, TOKEN, timeout=A_START)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    return app


def begin_delete(walk, doctor):
    """Confirms a delete, and waits until it waits."""
    walk.desktop.fill(DOCTOR_FIELD, doctor)
    walk.desktop.click("button", CHECK)
    walk.desktop.find("button", CHECK)
    ask_to_delete(walk.desktop, doctor)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(WAITING.format(doctor))


def another_display(home):
    """A second display, and its number."""
    pipe = home / "another-display"
    os.mkfifo(pipe)
    with (home / "another-xvfb.log").open("wb") as log:
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        writing = os.open(pipe, os.O_WRONLY)
        display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=[writing], stdout=log, stderr=log,
        )
    number = b""

    def read():
        nonlocal number
        try:
            number += os.read(reading, 16)
        except BlockingIOError:
            pass
        return number.endswith(b"\n")

    until(read, "another display", 30)
    os.close(reading)
    os.close(writing)
    pipe.unlink()
    return display, number.decode().strip()


def main():
    programs = Path(sys.argv[1]).resolve()
    walk = Walk(programs, Path(os.environ["DESKTOP_HOME"]))
    return run_steps(STEPS, walk, lambda: text_of(walk.home / "app.log"))


if __name__ == "__main__":
    sys.exit(main())
