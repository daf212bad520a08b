-- The click: what the public is told, and what it tells us.

-- Which change of the certificates a row belongs to; NULL: changed, and not numbered yet. Who keeps a snapshot numbers what
-- is new, in the order of commits, and reads what lies above the number it knows.
ALTER TABLE sites ADD COLUMN published BIGINT;
CREATE INDEX sites_published ON sites (published);
ALTER TABLE units ADD COLUMN published BIGINT;
CREATE INDEX units_published ON units (published);

-- Since when the office's decision about a badge holds.
ALTER TABLE sites ADD COLUMN decided_at TIMESTAMPTZ;

-- Hosts that a badge was seen on by its script, its image and clicks, a row a day. No visitor is in it.
CREATE TABLE seen_on (
    site_id TEXT NOT NULL REFERENCES sites (id),
    host    TEXT NOT NULL,                   -- A-labels, or an address in numbers
    day     DATE NOT NULL,                   -- Beijing
    scripts BIGINT NOT NULL,
    images  BIGINT NOT NULL,
    clicks  BIGINT NOT NULL,
    PRIMARY KEY (site_id, host, day)
);
CREATE INDEX seen_on_day ON seen_on (day);

-- What an officer should look into: own badges on other hosts, and what the public reports.
CREATE TABLE leads (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('badge_elsewhere', 'report')),
    site_id    TEXT REFERENCES sites (id),   -- whose badge it is; a report may know none
    region     TEXT REFERENCES regions (code),
    host       TEXT NOT NULL,                -- where it was seen
    state      TEXT NOT NULL CHECK (state IN ('new', 'dismissed', 'followed')),
    version    BIGINT NOT NULL,              -- guards every change
    first_at   TIMESTAMPTZ NOT NULL,
    last_at    TIMESTAMPTZ NOT NULL,
    seen       BIGINT NOT NULL,              -- requests, or reports
    days       BIGINT NOT NULL,
    case_id    TEXT,                         -- of one that was followed
    decided_at TIMESTAMPTZ,
    decided_by TEXT,
    reason     TEXT,
    body       JSONB NOT NULL
);
-- One open lead of a kind about a badge on a host.
CREATE UNIQUE INDEX leads_open ON leads (kind, COALESCE(site_id, ''), host) WHERE state = 'new';
CREATE INDEX leads_state ON leads (state, last_at);
CREATE INDEX leads_region ON leads (region);
