-- What was found out about the audio of a backup; unknown of those made before.
ALTER TABLE backups ADD COLUMN audio TEXT;

-- The digest of what last came for a doctor and was no backup: the same again is what the server has.
ALTER TABLE doctors ADD COLUMN came BLOB CHECK (length(came) = 32);
