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

-- Circulars (通报): figures as they were when each was drafted, and the words around them.
CREATE TABLE circulars (
    id           TEXT PRIMARY KEY,
    number       TEXT UNIQUE,                -- given when it is released
    area         TEXT NOT NULL,              -- GB/T 2260; 000000: the whole country
    from_on      DATE NOT NULL,
    until_on     DATE NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'released', 'withdrawn')),
    version      BIGINT NOT NULL,            -- guards every change
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      TEXT NOT NULL,
    office       TEXT NOT NULL,              -- signs it (落款)
    addressee    TEXT NOT NULL,              -- 主送
    opening      TEXT NOT NULL,
    next_steps   TEXT NOT NULL,
    figures      JSONB NOT NULL,
    released_at  TIMESTAMPTZ,
    released_by  TEXT,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by TEXT,
    why          TEXT                        -- it was withdrawn
);
CREATE INDEX circulars_area ON circulars (area, until_on);
