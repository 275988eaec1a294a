-- The user name that a kept token was given for; NULL where the token came by itself.
ALTER TABLE kept_tokens ADD COLUMN user_name TEXT;
