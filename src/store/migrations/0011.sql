-- What came of a recording whose download is not finished, and is kept to be gone on with.
ALTER TABLE parts ADD COLUMN came_size INTEGER;
ALTER TABLE parts ADD COLUMN came_sha256 BLOB CHECK (length(came_sha256) = 32);
ALTER TABLE parts ADD COLUMN came_copy TEXT;

-- Whether the record says how the download ended. One that is kept then waits for the person.
ALTER TABLE transfers ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0 CHECK (recorded IN (0, 1));
