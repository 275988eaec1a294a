-- The audit record. `canonical` is the text that is hashed (docs/audit-record.md), `digest` its
-- SHA-256. Rows only ever come, each with the number after the last.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    canonical TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is never changed');
END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is never shortened');
END;

-- Also keeps INSERT OR REPLACE away, which removes a row without asking the trigger above.
CREATE TRIGGER audit_only_grows_at_its_end BEFORE INSERT ON audit
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)
BEGIN
    SELECT RAISE(ABORT, 'the audit record only grows at its end');
END;

-- The doctors whose names were used here. Times are RFC 3339 in UTC, copies of what a server
-- showed are JSON.
CREATE TABLE doctors (
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    last_used TEXT NOT NULL,
    server TEXT NOT NULL DEFAULT 'never-checked'
        CHECK (server IN ('never-checked', 'has', 'nothing', 'could-not-check')),
    server_asked_at TEXT,
    server_copy TEXT,
    backup_health TEXT NOT NULL DEFAULT 'there'
        CHECK (backup_health IN ('there', 'missing', 'altered')),
    deletion TEXT
        CHECK (deletion IN ('gone', 'still-there', 'not-known', 'stopped', 'not-sent')),
    deletion_at TEXT,
    PRIMARY KEY (service, name)
) STRICT;

-- Every backup made; the newest of a doctor is the one with the highest number. A path is TEXT
-- where it is Unicode, and a BLOB of the system's own form where it is not.
CREATE TABLE backups (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    path ANY NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    format TEXT NOT NULL CHECK (format IN ('wav', 'flac')),
    milliseconds INTEGER,
    verified_at TEXT NOT NULL,
    proof TEXT NOT NULL CHECK (proof IN ('length', 'digest')),
    made_from TEXT NOT NULL,
    FOREIGN KEY (service, name) REFERENCES doctors (service, name) ON DELETE CASCADE
) STRICT;

CREATE INDEX backups_of_a_doctor ON backups (service, name, number);

-- Downloads that have begun and not ended.
CREATE TABLE transfers (
    operation TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    doctor TEXT NOT NULL,
    destination ANY NOT NULL,
    part ANY NOT NULL,
    begun_at TEXT NOT NULL
) STRICT;
