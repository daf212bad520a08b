-- The watch: what is due, what was seen, what it amounts to.

-- One row a site. `next_at` is when it is due or, while a worker has it, when its lease runs out: a worker that dies
-- gives the site back by doing nothing.
CREATE TABLE plan (
    site_id          TEXT PRIMARY KEY REFERENCES sites (id),
    rank             BIGINT NOT NULL CHECK (rank IN (0, 1)),  -- 0: somebody asked for it
    next_at          TIMESTAMPTZ NOT NULL,
    home_at          TIMESTAMPTZ NOT NULL,                    -- the next daily look
    pages_at         TIMESTAMPTZ NOT NULL,                    -- the next look at all pages
    recheck_at       TIMESTAMPTZ,                             -- when a re-check was asked for
    lease            TEXT,
    attempts         BIGINT NOT NULL,                         -- claims since the last finished look
    crawl_started_at TIMESTAMPTZ                              -- a look at all pages is under way since
);
CREATE INDEX plan_due ON plan (rank, next_at);

CREATE TABLE pages (
    site_id       TEXT NOT NULL REFERENCES sites (id),
    url           TEXT NOT NULL,
    depth         BIGINT NOT NULL,
    origin        TEXT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    looked_at     TIMESTAMPTZ,               -- the last try
    fair_at       TIMESTAMPTZ,               -- the last fair look, which counts
    look          JSONB,                     -- what the last fair look saw; of a page never fairly seen, the last try
    etag          TEXT,
    last_modified TEXT,
    body_sha256   TEXT,
    judged_under  TEXT,                      -- rules and registry data the look was judged under
    PRIMARY KEY (site_id, url)
);

CREATE TABLE looks (
    id         TEXT PRIMARY KEY,
    site_id    TEXT NOT NULL REFERENCES sites (id),
    kind       TEXT NOT NULL CHECK (kind IN ('home', 'pages', 'recheck')),
    slot_at    TIMESTAMPTZ NOT NULL,         -- what it was due as: one look a slot
    started_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ NOT NULL,
    vantage    TEXT NOT NULL,
    rules      TEXT NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'undetermined', 'not_applicable')),
    cause      TEXT NOT NULL,
    instrument TEXT NOT NULL,                -- 'well', 'not_needed', or what was wrong with it
    findings   JSONB NOT NULL,
    dns        JSONB NOT NULL,
    coverage   JSONB NOT NULL,
    UNIQUE (site_id, kind, slot_at)
);
CREATE INDEX looks_site ON looks (site_id, started_at);
CREATE INDEX looks_started ON looks (started_at);

-- What is known of a site now: the row behind every dashboard.
CREATE TABLE standings (
    site_id     TEXT PRIMARY KEY REFERENCES sites (id),
    verdict     TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'undetermined', 'not_applicable')),
    cause       TEXT NOT NULL,
    looked_at   TIMESTAMPTZ NOT NULL,
    fair_at     TIMESTAMPTZ,
    passed_at   TIMESTAMPTZ,
    address     TEXT,                        -- where its first name leads
    badge_host  TEXT,
    checked     BIGINT NOT NULL,
    known       BIGINT NOT NULL,
    complete    BOOLEAN NOT NULL
);
CREATE INDEX standings_verdict ON standings (verdict, cause, site_id);
CREATE INDEX standings_looked ON standings (looked_at);
CREATE INDEX standings_badge_host ON standings (badge_host);
CREATE INDEX standings_address ON standings (address);

CREATE TABLE holds (
    id          TEXT PRIMARY KEY,
    dimension   TEXT NOT NULL CHECK (dimension IN ('address', 'badge_host', 'region', 'vantage')),
    member      TEXT NOT NULL,               -- the address, host, region or vantage
    code        TEXT NOT NULL,
    opened_at   TIMESTAMPTZ NOT NULL,
    failing     BIGINT NOT NULL,
    watched     BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'real', 'ours')),
    decided_at  TIMESTAMPTZ,
    decided_by  TEXT,
    reason      TEXT
);
CREATE INDEX holds_state ON holds (state);

CREATE TABLE findings (
    id              TEXT PRIMARY KEY,
    site_id         TEXT NOT NULL REFERENCES sites (id),
    code            TEXT NOT NULL,
    broken_step     TEXT,
    effect          TEXT NOT NULL CHECK (effect IN ('fault', 'lead', 'reminder', 'remark', 'queue')),
    state           TEXT NOT NULL CHECK (state IN ('suspected', 'held', 'confirmed', 'cleared', 'dismissed')),
    version         BIGINT NOT NULL,         -- guards every change
    failed          BIGINT NOT NULL,         -- fair looks in a row that found it
    first_failed_at TIMESTAMPTZ NOT NULL,    -- of that row
    last_failed_at  TIMESTAMPTZ NOT NULL,
    clean           BIGINT NOT NULL,         -- fair looks in a row that did not
    opened_at       TIMESTAMPTZ NOT NULL,
    confirmed_at    TIMESTAMPTZ,
    ended_at        TIMESTAMPTZ,
    hold_id         TEXT REFERENCES holds (id),
    rule            JSONB,                   -- the rule it was confirmed by, as a letter prints it
    pages           JSONB NOT NULL
);
CREATE INDEX findings_site ON findings (site_id, state);
CREATE INDEX findings_state ON findings (state, code, first_failed_at);
-- One open finding of a kind at a site.
CREATE UNIQUE INDEX findings_open ON findings (site_id, code, effect, COALESCE(broken_step, '')) WHERE ended_at IS NULL;

-- Evidence of faults: a chain of hashes a site, and a daily root over the heads of all chains.
CREATE TABLE evidence (
    id         TEXT PRIMARY KEY,
    site_id    TEXT NOT NULL REFERENCES sites (id),
    seq        BIGINT NOT NULL,
    look_id    TEXT NOT NULL,
    taken_at   TIMESTAMPTZ NOT NULL,
    body       TEXT,                         -- JSON as it was hashed; NULL once its time of keeping is over
    body_hash  TEXT NOT NULL,
    prev_hash  TEXT NOT NULL,
    hash       TEXT NOT NULL,
    keep       TEXT NOT NULL CHECK (keep IN ('suspicion', 'case')),
    UNIQUE (site_id, seq)
);
CREATE INDEX evidence_look ON evidence (look_id);

CREATE TABLE evidence_roots (
    day       DATE PRIMARY KEY,              -- Beijing
    made_at   TIMESTAMPTZ NOT NULL,
    chains    BIGINT NOT NULL,
    heads     TEXT NOT NULL,                 -- hash over every chain's head at the end of the day
    prev_root TEXT NOT NULL,
    root      TEXT NOT NULL
);

-- Jobs that run by the clock: one worker at a time, on any machine.
CREATE TABLE job_runs (
    name      TEXT PRIMARY KEY,
    next_at   TIMESTAMPTZ NOT NULL,
    last_ok   TIMESTAMPTZ,
    last_error TEXT
);
