"""A delete that could not have been stopped is not sent, in real windows:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_stop.py FOLDER_OF_THE_PROGRAMS

Each step is a function whose name says what is promised; they run in this order, each on a doctor
of its own. What fails leaves the last screenshot in `tests/desktop/failed.png`.
"""

import ctypes
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from desktop import Program, activate, minimise, run_steps, text_of, until, xdotool
from test_desktop import (
    A_DELETE, AMELIA, DOCTOR_FIELD, GONE, JUERGEN, KENJI, PRIYA, SIGN_IN, STOP, STOPPED, TOKEN,
    WAITING, WITHOUT_BACKUP, WOULD_BE_SENT, Walk, fill_token, give_time_to_stop,
)

TOO_LONG = "That text is too long for this field"


def signs_in_and_chooses_a_long_time_to_stop(walk):
    walk.open()
    fill_token(walk.desktop, TOKEN, timeout=60)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    give_time_to_stop(walk.desktop)


def a_window_that_hangs_sends_no_delete_until_it_has_seen_that_nobody_pressed_stop(walk):
    confirm(walk, AMELIA)
    with hanging(walk.app):
        time.sleep(WOULD_BE_SENT)
        assert walk.deletes() == 0
        assert walk.held(AMELIA) is not None
    walk.desktop.wait_for(GONE, A_DELETE)
    walk.has_answered_deletes(1)


def a_stop_pressed_while_the_window_hangs_stops(walk):
    confirm(walk, JUERGEN)
    stop = walk.desktop.find("button", STOP)
    with hanging(walk.app):
        walk.desktop.mouse_click(stop)
        # The hand moves on; all of it reaches the window at once.
        xdotool("mousemove", "640", "200")
        time.sleep(WOULD_BE_SENT)
        assert walk.deletes() == 1
    walk.desktop.wait_for(STOPPED)
    is_over(walk, JUERGEN)
    assert walk.deletes() == 1
    assert walk.held(JUERGEN) is not None


def a_text_of_megabytes_that_is_pasted_does_not_keep_stop_waiting(walk):
    confirm(walk, JUERGEN)
    stop = walk.desktop.find("button", STOP)
    text = walk.home / "megabytes.txt"
    text.write_text("Dr. Amelia Smith\n" * 250_000)
    # It goes into the background, where it hands the text out.
    subprocess.run(["xclip", "-selection", "clipboard", str(text)], check=True, timeout=60)
    walk.desktop.focus("entry", DOCTOR_FIELD)
    walk.desktop.key("ctrl+v")
    walk.desktop.mouse_click(stop)
    walk.desktop.wait_for(STOPPED)
    walk.desktop.wait_for(TOO_LONG)
    is_over(walk, JUERGEN)
    assert walk.deletes() == 1
    assert walk.held(JUERGEN) is not None


def a_stop_pressed_in_a_minimised_window_stops(walk):
    confirm(walk, JUERGEN)
    stop = walk.desktop.find("button", STOP)
    minimise(window())
    walk.desktop.press(stop)
    time.sleep(WOULD_BE_SENT)
    assert walk.deletes() == 1
    assert walk.held(JUERGEN) is not None
    activate(window())
    is_over(walk, JUERGEN)


def a_minimised_window_lets_its_delete_go(walk):
    confirm(walk, KENJI)
    minimise(window())
    assert walk.deletes() == 1
    until(lambda: walk.held(KENJI) is None, "the delete", A_DELETE)
    walk.has_answered_deletes(2)
    activate(window())
    walk.desktop.wait_for(GONE)


def a_covered_window_lets_its_delete_go(walk):
    confirm(walk, PRIYA)
    cover = ["xmessage", "-geometry", "1280x900+0+0", "over everything"]
    with Program(*cover, log=walk.home / "cover.log"):
        xdotool("search", "--sync", "--onlyvisible", "--class", "Xmessage")
        assert walk.deletes() == 2
        until(lambda: walk.held(PRIYA) is None, "the delete", A_DELETE)
    walk.has_answered_deletes(3)


STEPS = [
    signs_in_and_chooses_a_long_time_to_stop,
    a_window_that_hangs_sends_no_delete_until_it_has_seen_that_nobody_pressed_stop,
    a_stop_pressed_while_the_window_hangs_stops,
    a_text_of_megabytes_that_is_pasted_does_not_keep_stop_waiting,
    a_stop_pressed_in_a_minimised_window_stops,
    a_minimised_window_lets_its_delete_go,
    a_covered_window_lets_its_delete_go,
]


def confirm(walk, doctor):
    """Confirms a delete, and waits until its wait has begun."""
    walk.choose(doctor)
    walk.ask_to_delete(doctor)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(WAITING.format(doctor))


def is_over(walk, doctor):
    """Waits until a delete neither waits any more nor is sent."""
    walk.desktop.gone(f"Deleting for {doctor}")


def window():
    """The number of the app's window."""
    found = subprocess.run(
        ["xdotool", "search", "--class", "audio-housekeeper"],
        check=True, capture_output=True, text=True, timeout=30,
    )
    return found.stdout.split()[-1]


@contextmanager
def hanging(app):
    """Halts the thread that draws the window, which is the process's first one, and no other, for
    as long as the block lasts (ptrace(2): `PTRACE_SEIZE` takes one thread)."""
    seize, interrupt, detach, all_children = 0x4206, 0x4207, 17, 0x40000000
    thread = app.process.pid
    trace(seize, thread)
    trace(interrupt, thread)
    os.waitpid(thread, all_children)
    try:
        yield
    finally:
        trace(detach, thread)


def trace(request, thread):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def main():
    programs = Path(sys.argv[1]).resolve()
    walk = Walk(programs, Path(os.environ["DESKTOP_HOME"]))
    return run_steps(STEPS, walk, lambda: text_of(walk.home / "app.log"))


if __name__ == "__main__":
    sys.exit(main())
