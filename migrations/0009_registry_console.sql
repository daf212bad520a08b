-- The registry and circulars in the console.

-- Who brought an import, for which area, and which rows were refused.
ALTER TABLE imports ADD COLUMN made_by TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE imports ADD COLUMN area TEXT NOT NULL DEFAULT '000000'; -- GB/T 2260: what lies outside was left alone
CREATE TABLE import_refusals (
    id        TEXT PRIMARY KEY,
    import_id TEXT NOT NULL REFERENCES imports (id),
    row_number BIGINT NOT NULL,              -- as a spreadsheet shows it
    field     TEXT,                          -- the column at fault
    reason    TEXT NOT NULL,
    sentence  TEXT NOT NULL
);
CREATE INDEX import_refusals_import ON import_refusals (import_id, row_number);

-- A file that was sent and is not taken yet: one an account, for a while.
CREATE TABLE import_previews (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id),
    made_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    file       TEXT NOT NULL,
    content    BYTEA NOT NULL
);
