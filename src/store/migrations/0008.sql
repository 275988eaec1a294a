-- By what a backup's file is known without reading it: unknown of those made before.
ALTER TABLE backups ADD COLUMN seen TEXT;
