-- The number and the digest of the last entry that the app wrote: no number is used again where the end
-- of the record was cut off, and what somebody else added is told from what the app wrote.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

INSERT INTO audit_head SELECT 1, number, digest FROM audit ORDER BY number DESC LIMIT 1;

DROP TRIGGER IF EXISTS audit_only_grows_at_its_end;

-- Also keeps INSERT OR REPLACE away, which removes a row without asking the trigger against that.
CREATE TRIGGER audit_only_grows_at_its_end BEFORE INSERT ON audit
WHEN NEW.number <> 1 + max(
    (SELECT coalesce(max(number), 0) FROM audit),
    (SELECT coalesce(max(number), 0) FROM audit_head)
)
BEGIN
    SELECT RAISE(ABORT, 'the audit record only grows at its end');
END;
