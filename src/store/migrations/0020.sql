-- A kept token belongs to an account, not to a service. Who was signed in last is signed in again at the
-- next start; an earlier version kept one token a service, for nobody in particular.
CREATE TABLE kept_accounts (
    origin TEXT NOT NULL,
    holder TEXT NOT NULL,
    user_name TEXT,
    person TEXT,
    person_id TEXT,
    is_present INTEGER NOT NULL CHECK (is_present IN (0, 1)),
    -- Whether the desk was left locked since its password was last typed.
    is_locked INTEGER NOT NULL DEFAULT 0 CHECK (is_locked IN (0, 1)),
    PRIMARY KEY (origin, holder)
) STRICT;
INSERT INTO kept_accounts (origin, holder, user_name, is_present)
    SELECT origin, '', user_name, 1 FROM kept_tokens;
DROP TABLE kept_tokens;
ALTER TABLE tokens_to_forget ADD COLUMN holder TEXT NOT NULL DEFAULT '';
