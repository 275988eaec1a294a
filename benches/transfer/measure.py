#!/usr/bin/python3
"""Measures downloads and the check of a FLAC beside curl and flac, run in turn on the same bytes.

    benches/transfer/measure.py TARGET_FOLDER [RUNS]

A download ends when its file is on the disk: curl's by `sync FILE`. Times are of whole processes,
from start to end. Memory is by how much a process grew at most: the app's since before it asked,
curl's beside one that fetches next to nothing. Each figure is the median of the runs. With
BENCH_4_GIB set, 4 GiB are fetched once more for the memory.
"""

import array
import math
import os
import random
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

MIB = 1 << 20
RATE = 44100


class Server:
    """Answers every request on loopback with the file that is served just now."""

    def __init__(self):
        self.file, self.bytes_a_second = None, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection, open(self.file, "rb") as file:
            request = b""
            while b"\r\n\r\n" not in request:
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            length, kind = self.file.stat().st_size, self.file.suffix[1:]
            head = (f"HTTP/1.1 200 OK\r\nContent-Type: audio/{kind}\r\nContent-Length: {length}\r\n"
                    "ETag: \"1\"\r\nConnection: close\r\n\r\n")
            connection.sendall(head.encode())
            if self.bytes_a_second is None:
                connection.sendfile(file)
                return
            began, piece = time.monotonic(), 65536
            for start in range(0, length, piece):
                connection.sendfile(file, start, piece)
                ahead = began + (start + piece) / self.bytes_a_second - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)


def write_wav(path, size):
    """A WAV of that many bytes: ten seconds of tones and noise, again and again."""
    noise = random.Random(1)
    piece = array.array("h", (
        int(6000 * math.sin(n / 17) + 3000 * math.sin(n / 61) + noise.gauss(0, 300))
        for n in range(10 * RATE)
    )).tobytes()
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 1, RATE,
                         2 * RATE, 2, 16, b"data", size - 44)
    with open(path, "wb") as file:
        file.write(header)
        left = size - 44
        while left > 0:
            file.write(piece[:left])
            left -= len(piece)
        file.flush()
        os.fsync(file.fileno())


def run(*command):
    """Runs a command and gives (seconds, its greatest memory in KiB, what it said)."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    memory = [0]
    threading.Thread(target=watch_memory, args=(process.pid, memory), daemon=True).start()
    said, complaint = process.communicate()
    seconds = time.monotonic() - began
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}: {complaint.decode()}")
    return seconds, max(memory), said


def watch_memory(pid, seen):
    """Keeps the greatest memory of a process as it goes. What the system tells in the end may be
    that of the process which started it."""
    while True:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        if (found := re.search(r"VmHWM:\s+(\d+)", status)) is None:
            return
        seen.append(int(found[1]))
        time.sleep(0.02)


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder, self.server = program, folder, Server()
        self.saved = folder / "saved"

    def fresh(self):
        """An empty folder to save to, on a disk that has nothing left to write."""
        shutil.rmtree(self.saved, ignore_errors=True)
        self.saved.mkdir()
        subprocess.run(["sync"], check=True)

    def app(self):
        """One download by the app: seconds, KiB by which it grew."""
        self.fresh()
        destination = self.saved / f"a{self.server.file.suffix}"
        seconds, _, said = run(self.program, "download", self.server.origin, destination)
        assert destination.stat().st_size == self.server.file.stat().st_size
        return seconds, int(said)

    def curl(self):
        """The same by curl: seconds, KiB in all."""
        self.fresh()
        destination = self.saved / "a"
        seconds, memory, _ = run("curl", "-s", "-S", "-f", "-o", destination, self.server.origin)
        return seconds + run("sync", destination)[0], memory

    def downloads(self, file, runs, bytes_a_second=None):
        """Medians of (app's seconds, curl's, app's growth, curl's), and each run's times."""
        self.server.file, self.server.bytes_a_second = file, bytes_a_second
        apps, curls = in_turn(runs, self.app, self.curl)
        self.server.file = self.folder / "nothing.wav"
        nothing = self.curl()[1]
        return Figures(
            [seconds for seconds, _ in apps], [seconds for seconds, _ in curls],
            [grown for _, grown in apps], [memory - nothing for _, memory in curls],
        )


class Figures:
    def __init__(self, app_seconds, peer_seconds, app_growth=(), peer_growth=()):
        self.seconds = app_seconds, peer_seconds
        self.growth = app_growth, peer_growth


def in_turn(runs, one, other):
    """What both gave, run after run; a first run of each is not counted."""
    one(), other()
    both = [(one(), other()) for _ in range(runs)]
    return [first for first, _ in both], [second for _, second in both]


def row(what, peer, figures, aim, unit=1.0):
    app, other = (statistics.median(values) * unit for values in figures)
    ratio = f"{app / other:7.2f}" if other > 0 else "      -"
    print(f"{what:42} {app:9.3f} {other:9.3f} {peer:12} {ratio}  {aim}", flush=True)


def main():
    target = Path(sys.argv[1]).resolve()
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory(dir=target) as folder:
        folder = Path(folder)
        bench = Bench(target / "transfer", folder)
        wav, flac = folder / "a.wav", folder / "a.flac"
        write_wav(folder / "nothing.wav", 1000)
        # Packed, some 200 MB of these are left.
        write_wav(wav, 330 * MIB)
        run("flac", "--silent", "-o", flac, wav)
        print(f"{'figure':42} {'app':>9} {'peer':>9} {'':12} {'ratio':>7}  aim")
        size = f"{flac.stat().st_size / 1e6:.0f} MB"

        apps, peers = in_turn(
            runs, lambda: run(bench.program, "check", flac)[0],
            lambda: run("flac", "--silent", "-t", flac)[0],
        )
        row(f"check of a FLAC of {size}, s", "flac -t", (apps, peers), "1.5")
        limited = bench.downloads(flac, runs, bytes_a_second=20e6)
        row(f"FLAC of {size} at 20 MB/s, s", "curl, sync", limited.seconds, "1.03")

        write_wav(wav, 1024 * MIB)
        full = bench.downloads(wav, runs)
        row("WAV of 1 GiB, s", "curl, sync", full.seconds, "0.85")
        row("growth of the memory by 1 GiB, MiB", "curl", full.growth, "under 16", 1 / 1024)
        if "BENCH_4_GIB" in os.environ:
            write_wav(wav, 4095 * MIB)
            large = bench.downloads(wav, 1)
            row("growth of the memory by 4 GiB, MiB", "curl", large.growth, "the same", 1 / 1024)


if __name__ == "__main__":
    main()
