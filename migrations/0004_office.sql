-- The office: notices and their letters, cases and their decisions, who may do what, and who did.

-- Official working days that were imported; a year that stands here goes before the one that ships with the program.
CREATE TABLE calendar_days (
    day  DATE PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('holiday', 'workday')),
    name TEXT NOT NULL
);

-- What was done, by whom and why: append-only, a chain of hashes a subject (a notice, a case, the calendar …), under the
-- same daily root as the evidence.
CREATE TABLE audit (
    id        TEXT PRIMARY KEY,
    chain     TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    body      TEXT NOT NULL,                 -- JSON as it was hashed: actor, action, states, reason
    body_hash TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL,
    UNIQUE (chain, seq)
);
CREATE INDEX audit_at ON audit (at);

-- Running numbers of notices and cases, by office and year.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Secrets of this installation: what signs instructions and makes links unguessable.
CREATE TABLE keys (
    name    TEXT PRIMARY KEY,
    made_at TIMESTAMPTZ NOT NULL,
    secret  TEXT NOT NULL
);

-- What an office decided goes before what the registry says.
ALTER TABLE sites ADD COLUMN decided_state TEXT CHECK (decided_state IN ('suspended', 'revoked'));

-- When the friendly mail about a reminder was written, or found to have nobody to go to.
ALTER TABLE findings ADD COLUMN mailed_at TIMESTAMPTZ;
CREATE INDEX findings_unmailed ON findings (id) WHERE effect = 'reminder' AND mailed_at IS NULL AND ended_at IS NULL;

CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    number     TEXT UNIQUE,                  -- given when it is approved
    site_id    TEXT NOT NULL REFERENCES sites (id),
    region     TEXT REFERENCES regions (code),
    state      TEXT NOT NULL CHECK (state IN ('drafted', 'queued', 'sent', 'acknowledged', 'bounced', 'awaiting_look',
                   'overdue', 'rectified', 'withdrawn', 'closed')),
    version    BIGINT NOT NULL,              -- guards every change
    drafted_at TIMESTAMPTZ NOT NULL,
    due_on     DATE,                         -- the earliest of its items'
    provisional BOOLEAN NOT NULL,            -- due_on was counted through a year without an official calendar (暂定)
    next_at    TIMESTAMPTZ,                  -- when the clock has something to say about it
    calendar   TEXT,                         -- the calendar its deadlines were counted by
    objected   BOOLEAN NOT NULL,             -- an objection waits for an answer
    ended_at   TIMESTAMPTZ,
    body       JSONB NOT NULL
);
CREATE UNIQUE INDEX notices_open ON notices (site_id) WHERE ended_at IS NULL;
CREATE INDEX notices_next ON notices (next_at) WHERE ended_at IS NULL;
CREATE INDEX notices_state ON notices (state, due_on);

-- Which finding is told by which notice: each is told once.
CREATE TABLE notice_items (
    finding_id TEXT PRIMARY KEY REFERENCES findings (id),
    notice_id  TEXT NOT NULL REFERENCES notices (id),
    cleared_at TIMESTAMPTZ
);
CREATE INDEX notice_items_notice ON notice_items (notice_id);
CREATE INDEX notice_items_live ON notice_items (finding_id) WHERE cleared_at IS NULL;

-- Files that came with an objection.
CREATE TABLE attachments (
    id         TEXT PRIMARY KEY,
    notice_id  TEXT NOT NULL REFERENCES notices (id),
    at         TIMESTAMPTZ NOT NULL,
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    content    BYTEA NOT NULL
);
CREATE INDEX attachments_notice ON attachments (notice_id);

-- Announced maintenance: limits stand still meanwhile.
CREATE TABLE maintenance (
    id       TEXT PRIMARY KEY,
    site_id  TEXT NOT NULL REFERENCES sites (id),
    from_on  DATE NOT NULL,
    until_on DATE NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL,
    noted_by TEXT NOT NULL,
    reason   TEXT NOT NULL
);
CREATE INDEX maintenance_site ON maintenance (site_id);

-- Periodic reports (art. 17) as offices note them.
CREATE TABLE reports (
    id       TEXT PRIMARY KEY,
    site_id  TEXT NOT NULL REFERENCES sites (id),
    made_on  DATE NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL,
    noted_by TEXT NOT NULL
);
CREATE INDEX reports_site ON reports (site_id, made_on);

-- Letters and messages on their way: written in the transaction of the change they tell.
CREATE TABLE outbox (
    id        TEXT PRIMARY KEY,              -- also the Message-ID
    key       TEXT NOT NULL UNIQUE,          -- what it tells, and whom: never twice
    channel   TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    kind      TEXT NOT NULL,
    part      TEXT NOT NULL CHECK (part IN ('unit', 'copy', 'office', 'authority')),
    recipient TEXT NOT NULL,                 -- an address, or a webhook's name
    site_id   TEXT REFERENCES sites (id),
    notice_id TEXT REFERENCES notices (id),
    case_id   TEXT,
    step      BIGINT,                        -- of a notice: 0 itself, then its supplements
    state     TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'bounced', 'refused', 'parked', 'cancelled')),
    attempts  BIGINT NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    next_at   TIMESTAMPTZ NOT NULL,          -- due, or the end of a lease
    lease     TEXT,
    sent_at   TIMESTAMPTZ,
    sent_on   DATE,                          -- Beijing
    trial_at  TIMESTAMPTZ,                   -- went to ourselves
    error     TEXT,
    body      JSONB NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_notice ON outbox (notice_id, step);
CREATE INDEX outbox_case ON outbox (case_id);

-- One letter a recipient, site and day: who has the day sends.
CREATE TABLE outbox_days (
    recipient TEXT NOT NULL,
    site_id   TEXT NOT NULL REFERENCES sites (id),
    day       DATE NOT NULL,                 -- Beijing
    outbox_id TEXT NOT NULL REFERENCES outbox (id),
    PRIMARY KEY (recipient, site_id, day)
);

-- Addresses that refuse mail for good; a registry that brings another one mends it by itself.
CREATE TABLE bad_contacts (
    address TEXT PRIMARY KEY,
    since   TIMESTAMPTZ NOT NULL,
    why     TEXT NOT NULL
);

CREATE TABLE cases (
    id        TEXT PRIMARY KEY,
    number    TEXT NOT NULL UNIQUE,
    site_id   TEXT NOT NULL REFERENCES sites (id),
    notice_id TEXT REFERENCES notices (id),
    region    TEXT REFERENCES regions (code),
    ground    TEXT NOT NULL,
    state     TEXT NOT NULL,
    version   BIGINT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    next_at   TIMESTAMPTZ,
    ended_at  TIMESTAMPTZ,
    body      JSONB NOT NULL
);
CREATE UNIQUE INDEX cases_open ON cases (site_id, ground) WHERE ended_at IS NULL;
CREATE INDEX cases_next ON cases (next_at) WHERE ended_at IS NULL;
CREATE INDEX cases_state ON cases (state, opened_at);
CREATE INDEX cases_notice ON cases (notice_id);

-- What a registry or CNNIC was told to do, and what came of it.
CREATE TABLE instructions (
    id               TEXT PRIMARY KEY,
    case_id          TEXT NOT NULL REFERENCES cases (id),
    authority        TEXT NOT NULL CHECK (authority IN ('registry', 'cnnic')),
    act              TEXT NOT NULL CHECK (act IN ('revoke', 'stop', 'reinstate')),
    names            TEXT NOT NULL,          -- A-labels, separated by ;
    jws              TEXT NOT NULL,
    made_at          TIMESTAMPTZ NOT NULL,
    acknowledged_at  TIMESTAMPTZ,
    acknowledged_by  TEXT,
    acknowledged_ref TEXT,
    confirmed_at     TIMESTAMPTZ,            -- by our own looks at the names
    overdue_at       TIMESTAMPTZ,            -- flagged: the names still say otherwise
    UNIQUE (case_id, authority, act, made_at)
);
CREATE INDEX instructions_open ON instructions (made_at) WHERE confirmed_at IS NULL;

-- People who act for an office, and what their programs show instead of a password.
CREATE TABLE accounts (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    person      TEXT NOT NULL,
    region      TEXT NOT NULL,               -- GB/T 2260: acts there and below; 000000: everywhere
    role        TEXT NOT NULL CHECK (role IN ('viewer', 'officer', 'approver', 'admin')),
    made_at     TIMESTAMPTZ NOT NULL,
    disabled_at TIMESTAMPTZ
);
CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    hash       TEXT NOT NULL UNIQUE,
    made_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX tokens_account ON tokens (account_id);
