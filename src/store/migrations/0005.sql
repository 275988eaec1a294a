-- Files that came, can be no backup, and wait for a person to keep or to discard them. One is at
-- `path`, or at `part` where it could not be given its name.
CREATE TABLE set_aside (
    operation TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    doctor TEXT NOT NULL,
    path ANY NOT NULL,
    part ANY NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    format TEXT CHECK (format IN ('wav', 'flac')),
    unfit TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
