-- By whose hand an account came to what lets it in (`account:NAME` or `operator`): whoever handed it out does not decide
-- together with that account, for it could be the same person twice (two people, art. 20).
ALTER TABLE accounts ADD COLUMN password_by TEXT; -- who made its last first password
ALTER TABLE tokens ADD COLUMN made_by TEXT;       -- who issued it
