-- When a look got no answer, where that was the last look: what was seen before stays beside it.
ALTER TABLE doctors ADD COLUMN no_answer_at TEXT;

UPDATE doctors
SET no_answer_at = server_asked_at, server = 'never-checked', server_asked_at = NULL
WHERE server = 'could-not-check';
