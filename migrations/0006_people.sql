-- People who log in: a password beside the account, and where they are logged in.

-- Argon2id (RFC 9106) as a PHC string; NULL: the account is for tokens alone.
ALTER TABLE accounts ADD COLUMN password TEXT;
ALTER TABLE accounts ADD COLUMN password_at TIMESTAMPTZ;
-- It was printed for somebody: nothing is done before it is changed.
ALTER TABLE accounts ADD COLUMN password_first BOOLEAN NOT NULL DEFAULT FALSE;
-- The secret of the second device (RFC 6238, base32); a time step that was used is used up, with all before it.
ALTER TABLE accounts ADD COLUMN totp TEXT;
ALTER TABLE accounts ADD COLUMN totp_step BIGINT;

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    hash       TEXT NOT NULL UNIQUE,         -- SHA-256 of what the browser shows
    form_token TEXT NOT NULL,                -- stands in every form of this session
    stage      TEXT NOT NULL CHECK (stage IN ('password', 'full')), -- password: the code of the second device is missing
    made_at    TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expire ON sessions (expires_at);
