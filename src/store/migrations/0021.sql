-- Of which download a part file is that is set apart or to be removed. An earlier version did not say of one
-- that is to be removed.
ALTER TABLE parts_apart ADD COLUMN download TEXT;
UPDATE parts_apart SET download = operation;
