-- Part files beside those of the transfers. That of an operation is set apart: it is kept until the
-- recording, which its download fetches whole, is there. One of none is the app's own, and to be removed.
CREATE TABLE parts_apart (
    part ANY PRIMARY KEY NOT NULL,
    operation TEXT UNIQUE REFERENCES transfers (operation) ON DELETE SET NULL,
    mark TEXT,
    came_size INTEGER,
    came_sha256 BLOB CHECK (length(came_sha256) = 32),
    came_copy TEXT
) STRICT;
