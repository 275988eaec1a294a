-- Sign-outs whose token the keychain may still keep: it is to be forgotten before anything is resumed.
CREATE TABLE tokens_to_forget (
    operation TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    person TEXT,
    asked_at TEXT NOT NULL
) STRICT;
