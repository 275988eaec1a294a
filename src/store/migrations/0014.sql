-- The acts of the audit record, by which its entries are put together, ordered and asked for. All of it is
-- derived from the entries, is filled by the app, and can be made anew at any time. An act is
-- known by the number of its first entry; an entry that is not what the app writes says no operation, and
-- is an act by itself. `at` is in milliseconds since 1970 (UTC).
CREATE TABLE acts (
    first INTEGER PRIMARY KEY,
    operation TEXT UNIQUE,
    last INTEGER NOT NULL,
    action TEXT,
    outcome TEXT,
    doctor TEXT,
    who TEXT,
    at INTEGER
) STRICT;

-- An index holds the primary key too: what is equal stands in the order of `first`.
CREATE INDEX acts_by_doctor ON acts (doctor);
CREATE INDEX acts_by_who ON acts (who);
CREATE INDEX acts_by_action ON acts (action);
CREATE INDEX acts_by_outcome ON acts (outcome);
CREATE INDEX acts_by_time ON acts (at);

-- Which act each entry is part of.
CREATE TABLE steps (
    number INTEGER PRIMARY KEY,
    act INTEGER NOT NULL
) STRICT;

CREATE INDEX steps_by_act ON steps (act);
