"""Looks for secrets in the memory of a process that runs as the same person."""

import re

# What a secret may be kept as: the toolkit's own text, and what other systems' calls would take.
ENCODINGS = ("utf-8", "utf-16-le")


def found_in_memory(pid, secret, around=24):
    """The bytes that stand right before `secret` and right behind it, at each place in the memory of `pid`.
    What can't be written to, or not be read, as the graphics driver's, is left out."""
    needles = [secret.encode(encoding) for encoding in ENCODINGS]
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if not rights.startswith("rw"):
                continue
            try:
                contents = read(memory, int(start, 16), int(end, 16))
            except (OSError, OverflowError):
                continue
            for needle in needles:
                for match in re.finditer(re.escape(needle), contents):
                    before = contents[max(match.start() - around, 0):match.start()]
                    found.append((before, contents[match.end():match.end() + around]))
    return found


def read(memory, start, end):
    """What stands from one address to another; one read may give less than all of it."""
    memory.seek(start)
    pieces = []
    while start < end and (piece := memory.read(end - start)):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)
