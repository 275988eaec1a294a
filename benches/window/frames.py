#!/usr/bin/python3
"""Measures what a frame of the app's window costs while eight downloads run, and while nothing does.

    tests/desktop/session benches/window/frames.py TARGET_FOLDER [SECONDS]

A frame's cost is the time from the start of the app's own work for it to the end of its layout, by
the app's log; what the toolkit then paints is not in it. Drawn by software here, a frame takes far
longer than on a computer with a graphics card.
"""

import os
import re
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "desktop"))

from desktop import App, Desktop, PracticeService  # noqa: E402
from test_desktop import (  # noqa: E402
    DOCTOR_FIELD, DOWNLOAD, SIGN_IN, TOKEN, fill_token, tone,
)

EIGHT = [f"Dr. Number {number}" for number in range(1, 9)]


def costs(log, since):
    """The cost of each frame since then, in milliseconds."""
    lines = log.read_text().splitlines()[since:]
    return [int(found[1]) / 1000 for line in lines if (found := re.search(r"micros=(\d+)", line))]


def row(what, seconds, frames):
    if not frames:
        return f"{what:32} {0:6} frames in {seconds:.0f} s"
    median, longest = statistics.median(frames), max(frames)
    return (f"{what:32} {len(frames):6} frames in {seconds:.0f} s, "
            f"median {median:.2f} ms, longest {longest:.2f} ms")


def main():
    programs = Path(sys.argv[1]).resolve()
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    home = Path(os.environ["DESKTOP_HOME"])
    recordings = home / "recordings"
    for doctor in EIGHT:
        (recordings / doctor).mkdir(parents=True)
        tone(recordings / doctor / "recording.wav", 5)
    desktop = Desktop()
    saved = home / "saved"
    saved.mkdir()
    service = PracticeService(
        programs / "practice-service", "--token", TOKEN, "--recordings", recordings,
        "--fault", "download@2+:drip=5ms", log=home / "service.log",
    )
    app = App(
        programs / "audio-housekeeper", service.url, home / "data", log=home / "app.log",
        environment={"AUDIO_HOUSEKEEPER_LOG": "trace"},
    )
    log = home / "data" / "log" / "audio-housekeeper.log"
    rows = []
    try:
        fill_token(desktop, TOKEN, timeout=60)
        desktop.click("button", SIGN_IN)
        desktop.find("entry", DOCTOR_FIELD, 20)
        for doctor in EIGHT:
            desktop.fill(DOCTOR_FIELD, doctor)
            desktop.click("button", DOWNLOAD)
            desktop.save_as(saved / f"{doctor}.wav")
        time.sleep(2)
        for what in ["eight downloads", "nothing runs"]:
            since = len(log.read_text().splitlines())
            time.sleep(seconds)
            rows.append(row(what, seconds, costs(log, since)))
            if what == "eight downloads":
                for _ in EIGHT:
                    desktop.click("button", "Cancel")
                    time.sleep(0.5)
                # The last result folds after a while, which is a frame.
                time.sleep(20)
    finally:
        app.close()
        service.close()
    print("\n".join(rows))


if __name__ == "__main__":
    main()
