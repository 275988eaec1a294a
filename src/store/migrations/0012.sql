-- The services for which the keychain was given a token that it is not known to have forgotten.
CREATE TABLE kept_tokens (
    origin TEXT PRIMARY KEY
) STRICT;
