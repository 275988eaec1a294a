-- Deletes that a person confirmed and that were not sent yet: they back up first, or wait for Stop.
-- Without a doctor it is one of everything.
CREATE TABLE waiting_deletes (
    operation TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    doctor TEXT,
    confirmed_at TEXT NOT NULL
) STRICT;
