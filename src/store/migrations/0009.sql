-- Whether a backup and its name were flushed to the disk; those made before were, but where the record
-- says otherwise. A damaged entry may be no JSON, and of a path that is not Unicode the record has not
-- all: there the digest alone tells.
ALTER TABLE backups ADD COLUMN flushed INTEGER NOT NULL DEFAULT 1 CHECK (flushed IN (0, 1));

WITH unflushed AS MATERIALIZED (
    SELECT
        json_extract(entry, '$.backup_path') AS path,
        json_extract(entry, '$.backup_sha256') AS sha256
    FROM (
        SELECT CASE WHEN json_valid(canonical) THEN canonical ELSE '{}' END AS entry
        FROM audit
        WHERE instr(canonical, 'not flushed to the disk') > 0
    )
    WHERE json_extract(entry, '$.action') = 'download'
        AND instr(json_extract(entry, '$.note'), 'not flushed to the disk') > 0
)
UPDATE backups
SET flushed = 0
WHERE EXISTS (
    SELECT 1
    FROM unflushed
    WHERE unflushed.sha256 = lower(hex(backups.sha256))
        AND (unflushed.path = backups.path OR typeof(backups.path) = 'blob')
);
