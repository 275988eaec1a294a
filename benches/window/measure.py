#!/usr/bin/python3
"""Measures the app's window beside a bare eframe window with one label, run in turn.

    tests/desktop/session benches/window/measure.py TARGET_FOLDER [RUNS] [IDLE_SECONDS]

Start is the time from starting the process to the first frame that takes input: in the app, the
first that shows the sign-in. Memory is the proportional set size (Pss) of the idle window. Frames
and processor time are those of the idle seconds. Each figure is the median of the runs.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(process):
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    raise ValueError("no Pss")


def bare_frames(output):
    return [float(line.split()[1]) for line in output.splitlines() if line.startswith("frame ")]


def app_lines(output, message):
    lines = [line for line in output.splitlines() if message in line]
    stamps = [re.match(r"\S+", line).group() for line in lines]
    return [datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() for stamp in stamps]


def measure(program, idle_seconds):
    """Starts one window and gives (seconds to start, MB, frames while idle, CPU seconds)."""
    with tempfile.TemporaryDirectory() as folder:
        is_app = program.name == "audio-housekeeper"
        arguments = ["--data-dir", folder] if is_app else []
        log = Path(folder, "log", "audio-housekeeper.log") if is_app else Path(folder, "frames")
        environment = dict(os.environ, AUDIO_HOUSEKEEPER_LOG="trace")
        with open(Path(folder, "frames"), "w") as output:
            began = time.time()
            process = subprocess.Popen([program, *arguments], stdout=output, env=environment)
        try:
            deadline = time.time() + 30
            first = None
            while first is None and time.time() < deadline:
                time.sleep(0.02)
                text = log.read_text() if log.exists() else ""
                seen = app_lines(text, "first usable frame") if is_app else bare_frames(text)
                first = seen[0] if seen else None
            if first is None:
                raise RuntimeError(f"{program} showed no frame")
            # The fonts, the theme and the window manager have a moment to settle.
            time.sleep(5)
            idle_from, before = time.time(), processor_seconds(process)
            time.sleep(idle_seconds)
            used, until = processor_seconds(process) - before, time.time()
            used_memory = memory(process)
            text = log.read_text()
            frames = app_lines(text, "frame drawn") if is_app else bare_frames(text)
            idle = sum(idle_from <= frame <= until for frame in frames)
        finally:
            process.kill()
            process.wait()
    return first - began, used_memory, idle, used


def main():
    target = Path(sys.argv[1]).resolve()
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    idle_seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    programs = [target / "audio-housekeeper", target / "bare-window"]
    results = {program: [] for program in programs}
    for run in range(runs + 1):
        for program in programs:
            # The first run of each warms the disk's cache and is not counted; only one run idles
            # for as long as is asked, since idling does not vary.
            figures = measure(program, idle_seconds if run == 1 else 1)
            if run > 0:
                results[program].append(figures)
    rows = [
        ("start to first usable frame, s", 0, statistics.median),
        ("memory of the idle window (Pss), MB", 1, statistics.median),
        (f"frames in {idle_seconds:.0f} idle seconds", 2, lambda values: values[0]),
        (f"CPU in {idle_seconds:.0f} idle seconds, s", 3, lambda values: values[0]),
    ]
    print(f"{'figure':40} {'app':>10} {'bare':>10} {'ratio':>7}")
    for name, index, of in rows:
        app, bare = (of([figures[index] for figures in results[program]]) for program in programs)
        ratio = f"{app / bare:7.2f}" if bare else "      -"
        print(f"{name:40} {app:10.3f} {bare:10.3f} {ratio}")
    sizes = [program.stat().st_size / 1e6 for program in programs]
    print(f"{'size of the binary, MB':40} {sizes[0]:10.1f} {sizes[1]:10.1f} {sizes[0] / sizes[1]:7.2f}")


if __name__ == "__main__":
    main()
