-- The digests of the settings file that the app wrote last: of two where a write was begun and has not
-- been seen to end. An empty one stands for no file.
CREATE TABLE IF NOT EXISTS settings_files (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) IN (0, 32))
) STRICT;

-- What is still to be recorded of a settings file that was not as the app had left it.
CREATE TABLE IF NOT EXISTS settings_changes (
    note TEXT NOT NULL PRIMARY KEY
) STRICT;
