-- The click: what the public is told, and what it tells us.

-- Which change of the certificates a row belongs to; NULL: changed, and not numbered yet. Who keeps a snapshot numbers what
-- is new, in the order of commits, and reads what lies above the number it knows.
ALTER TABLE sites ADD COLUMN published BIGINT;
CREATE INDEX sites_published ON sites (published);
ALTER TABLE units ADD COLUMN published BIGINT;
CREATE INDEX units_published ON units (published);

-- Since when the office's decision about a badge holds.
ALTER TABLE sites ADD COLUMN decided_at TIMESTAMPTZ;

-- The public list (公示): sites whose badge is in force and was seen on them, by region, the latest issued first. A page of it
-- is read from one index, whatever the size of the country; so a site knows the region of its unit, and when a look first
-- found its badge.
ALTER TABLE sites ADD COLUMN area TEXT REFERENCES regions (code);
UPDATE sites SET area = (SELECT u.region FROM units u WHERE u.id = sites.unit_id);
ALTER TABLE sites ADD COLUMN hung_at TIMESTAMPTZ;
UPDATE sites SET hung_at = (SELECT t.passed_at FROM standings t WHERE t.site_id = sites.id);
CREATE INDEX sites_listed ON sites (issued_on, id) WHERE dropped_at IS NULL AND hung_at IS NOT NULL
    AND COALESCE(decided_state, state) = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL;
CREATE INDEX sites_listed_province ON sites (substr(area, 1, 2), issued_on, id) WHERE dropped_at IS NULL
    AND hung_at IS NOT NULL AND COALESCE(decided_state, state) = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL;
CREATE INDEX sites_listed_city ON sites (substr(area, 1, 4), issued_on, id) WHERE dropped_at IS NULL
    AND hung_at IS NOT NULL AND COALESCE(decided_state, state) = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL;
CREATE INDEX sites_listed_county ON sites (area, issued_on, id) WHERE dropped_at IS NULL
    AND hung_at IS NOT NULL AND COALESCE(decided_state, state) = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL;

-- Hosts that a badge was seen on by its script, its image and clicks, a row a day. No visitor is in it. Bounded a badge and
-- in all: who writes a day lets go of what was seen least. It refers to no table: what was counted of a site that a restored
-- backup does not know must not stop the writing of all others.
CREATE TABLE seen_on (
    site_id TEXT NOT NULL,
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
    region     TEXT REFERENCES regions (code), -- NULL: the whole country's
    host       TEXT NOT NULL,                -- where it was seen: A-labels, or an address in numbers
    state      TEXT NOT NULL CHECK (state IN ('new', 'dismissed', 'followed')),
    version    BIGINT NOT NULL,              -- guards every change
    first_at   TIMESTAMPTZ NOT NULL,         -- when it was raised
    last_at    TIMESTAMPTZ NOT NULL,         -- when it last grew
    seen       BIGINT NOT NULL,              -- requests, or reports
    days       BIGINT NOT NULL,              -- with requests; of reports 0
    case_id    TEXT REFERENCES cases (id),   -- of one that was followed
    decided_at TIMESTAMPTZ,
    decided_by TEXT,
    reason     TEXT,
    contacts   BOOLEAN NOT NULL,             -- somebody's mail address is in the body, until its time is over
    body       JSONB NOT NULL
);
-- One open lead of a kind about a badge on a host.
CREATE UNIQUE INDEX leads_open ON leads (kind, COALESCE(site_id, ''), host) WHERE state = 'new';
CREATE INDEX leads_about ON leads (kind, site_id, host, first_at);
CREATE INDEX leads_state ON leads (state, last_at);
CREATE INDEX leads_region ON leads (region);
CREATE INDEX leads_contacts ON leads (decided_at) WHERE contacts;
