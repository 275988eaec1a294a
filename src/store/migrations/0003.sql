-- A backup may be proven in more ways than by a length or a digest.
CREATE TABLE backups_of_all_proofs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    path ANY NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    format TEXT NOT NULL CHECK (format IN ('wav', 'flac')),
    milliseconds INTEGER,
    verified_at TEXT NOT NULL,
    proof TEXT NOT NULL CHECK (proof IN ('length', 'digest', 'same-twice', 'own-totals')),
    made_from TEXT NOT NULL,
    FOREIGN KEY (service, name) REFERENCES doctors (service, name) ON DELETE CASCADE
) STRICT;

INSERT INTO backups_of_all_proofs
SELECT number, service, name, path, size, sha256, format, milliseconds, verified_at, proof, made_from
FROM backups;

DROP TABLE backups;

ALTER TABLE backups_of_all_proofs RENAME TO backups;

CREATE INDEX backups_of_a_doctor ON backups (service, name, number);
