-- What is known of a download's part file: a mark that no other file has, and, once it is whole and
-- checked, what it is and which name it is about to get.
CREATE TABLE parts (
    operation TEXT PRIMARY KEY REFERENCES transfers (operation) ON DELETE CASCADE,
    mark TEXT,
    name ANY,
    numbered INTEGER CHECK (numbered IN (0, 1)),
    size INTEGER,
    sha256 BLOB CHECK (length(sha256) = 32),
    format TEXT CHECK (format IN ('wav', 'flac')),
    milliseconds INTEGER,
    audio TEXT,
    completeness TEXT,
    copy TEXT
) STRICT;
