-- What this computer asks of a delete, as the app wrote it last.
CREATE TABLE IF NOT EXISTS deletion_rules (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    words TEXT NOT NULL
) STRICT;
