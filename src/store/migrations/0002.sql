-- Deletes that a person confirmed and that were not sent yet: they back up first, or wait for Stop.
-- Without a doctor it is one of everything. `person` was signed in, where that is known.
CREATE TABLE waiting_deletes (
    operation TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    doctor TEXT,
    person TEXT,
    confirmed_at TEXT NOT NULL
) STRICT;

-- Who was signed in when a download began, where that is known.
ALTER TABLE transfers ADD COLUMN person TEXT;
