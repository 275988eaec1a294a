-- Whether what is set apart came whole, in one answer.
ALTER TABLE parts_apart ADD COLUMN came_whole INTEGER NOT NULL DEFAULT 0 CHECK (came_whole IN (0, 1));

-- Whether what came into a part file is not to be gone on with. The file is still known by it.
ALTER TABLE parts ADD COLUMN unwanted INTEGER NOT NULL DEFAULT 0 CHECK (unwanted IN (0, 1));
