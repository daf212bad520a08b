-- People who log in: a password beside the account, and where they are logged in.

-- Argon2id (RFC 9106) as a PHC string; NULL: the account is for tokens alone.
ALTER TABLE accounts ADD COLUMN password TEXT;
ALTER TABLE accounts ADD COLUMN password_at TIMESTAMPTZ;
-- It was printed for somebody: nothing is done before it is changed.
ALTER TABLE accounts ADD COLUMN password_first BOOLEAN NOT NULL DEFAULT FALSE;
-- The secret of the second device (RFC 6238, base32); a time step that was used is used up, with all before it. It stands
-- here as it is: a key beside it would keep nothing from whoever reads the database or a backup (which hold the key that
-- signs instructions, too), and a key elsewhere would lock everybody out once it is lost. A backup is kept like the database.
ALTER TABLE accounts ADD COLUMN totp TEXT;
ALTER TABLE accounts ADD COLUMN totp_at TIMESTAMPTZ;
ALTER TABLE accounts ADD COLUMN totp_step BIGINT;
-- Log-ins in vain since the last that was not.
ALTER TABLE accounts ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
-- For whom it acts: the office (编办) or its supervisor (网信办).
ALTER TABLE accounts ADD COLUMN body TEXT NOT NULL DEFAULT 'office' CHECK (body IN ('office', 'supervisor'));

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    hash       TEXT NOT NULL UNIQUE,         -- SHA-256 of what the browser shows
    form_token TEXT NOT NULL,                -- stands in every form of this session
    stage      TEXT NOT NULL CHECK (stage IN ('password', 'full')), -- password: the code of the second device is missing
    address    TEXT,                         -- where it was opened from, as far as it is known
    made_at    TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expire ON sessions (expires_at);

-- When somebody last looked at personal data: a look is put on record once an hour (audit, chain `views`).
CREATE TABLE views (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    what       TEXT NOT NULL,
    subject    TEXT NOT NULL,                -- id of what it belongs to
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, what, subject)
);
