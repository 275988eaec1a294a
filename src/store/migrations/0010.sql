-- Tokens that the keychain may still keep, of sign-outs for the most part: they are to be forgotten
-- before anything is resumed.
CREATE TABLE tokens_to_forget (
    operation TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    person TEXT,
    is_sign_out INTEGER NOT NULL CHECK (is_sign_out IN (0, 1)),
    asked_at TEXT NOT NULL
) STRICT;
