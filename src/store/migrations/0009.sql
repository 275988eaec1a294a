-- Whether a backup and its name were flushed to the disk; as far as was kept, those made before were.
ALTER TABLE backups ADD COLUMN flushed INTEGER NOT NULL DEFAULT 1 CHECK (flushed IN (0, 1));
