-- What an officer's lists and figures are read from.

-- One row a watched site, with all that lists filter and sort by: written with the registry and with every look, so that a
-- list joins nothing.
CREATE TABLE site_rows (
    site_id           TEXT PRIMARY KEY REFERENCES sites (id),
    key               TEXT NOT NULL,
    name              TEXT NOT NULL,
    unit_name         TEXT NOT NULL,
    kind              TEXT NOT NULL,         -- of the unit; '': not on file
    area              TEXT NOT NULL,         -- GB/T 2260; '': could not be told
    en_domain         TEXT,
    cn_domain         TEXT,
    badge_code        TEXT,
    certificate_id    TEXT,
    state             TEXT NOT NULL,         -- of the badge, the office's decision before the registry's
    domain_expires_on DATE,
    searched          TEXT NOT NULL,         -- lower case: key, names, unit, badge
    rank              BIGINT NOT NULL,       -- what needs a hand first
    verdict           TEXT NOT NULL,         -- 'none': not looked at yet
    cause             TEXT NOT NULL,
    looked_at         TIMESTAMPTZ,
    fair_at           TIMESTAMPTZ,
    hung              BOOLEAN,               -- did a badge of its own hang at the last fair look? NULL: there was none
    address           TEXT,
    checked           BIGINT NOT NULL,
    known             BIGINT NOT NULL
);
INSERT INTO site_rows (site_id, key, name, unit_name, kind, area, en_domain, cn_domain, badge_code, certificate_id, state,
    domain_expires_on, searched, rank, verdict, cause, looked_at, fair_at, hung, address, checked, known)
SELECT s.id, s.key, s.name, u.name, COALESCE(u.kind, ''), COALESCE(s.area, ''), s.en_domain, s.cn_domain, s.badge_code,
    s.certificate_id, COALESCE(s.decided_state, s.state), s.domain_expires_on,
    lower(s.key || ' ' || COALESCE(s.en_domain, '') || ' ' || COALESCE(s.cn_domain, '') || ' ' || s.name || ' ' || u.name
        || ' ' || COALESCE(s.badge_code, '')),
    CASE t.verdict WHEN 'fail' THEN 0 WHEN 'undetermined' THEN 1 WHEN 'pass' THEN 3 WHEN 'not_applicable' THEN 4 ELSE 2 END,
    COALESCE(t.verdict, 'none'), COALESCE(t.cause, ''), t.looked_at, t.fair_at,
    CASE WHEN t.fair_at IS NOT NULL THEN t.passed_at IS NOT NULL AND t.passed_at = t.fair_at END,
    t.address, COALESCE(t.checked, 0), COALESCE(t.known, 0)
FROM sites s JOIN units u ON u.id = s.unit_id LEFT JOIN standings t ON t.site_id = s.id WHERE s.dropped_at IS NULL;
CREATE INDEX site_rows_need ON site_rows (rank, cause, key);
CREATE INDEX site_rows_area ON site_rows (area, rank, cause, key);
CREATE INDEX site_rows_address ON site_rows (address);
CREATE INDEX findings_by_code ON findings (code, site_id) WHERE ended_at IS NULL;

-- What stood at the end of a day, by county: any area is their sum.
CREATE TABLE figures (
    day            DATE NOT NULL,            -- Beijing
    area           TEXT NOT NULL,            -- '': sites whose region could not be told
    sites          BIGINT NOT NULL,
    issued         BIGINT NOT NULL,          -- with a badge in force
    hung           BIGINT NOT NULL,          -- of these, whose badge hung at the last fair look
    named          BIGINT NOT NULL,          -- with a Chinese domain that has not expired
    passed         BIGINT NOT NULL,
    failed         BIGINT NOT NULL,
    undetermined   BIGINT NOT NULL,
    not_applicable BIGINT NOT NULL,
    fresh          BIGINT NOT NULL,          -- fairly looked at within 48 hours
    PRIMARY KEY (day, area)
);

-- Filters of lists that an account keeps under a name.
CREATE TABLE saved_filters (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,                -- as it stands in the address
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, name)
);

-- Sites about which no new notice is drafted until a day, by an officer's word.
CREATE TABLE exemptions (
    id       TEXT PRIMARY KEY,
    site_id  TEXT NOT NULL REFERENCES sites (id),
    until_on DATE NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL,
    noted_by TEXT NOT NULL,
    reason   TEXT NOT NULL,
    ended_at TIMESTAMPTZ,                    -- lifted before its day
    ended_by TEXT
);
CREATE INDEX exemptions_site ON exemptions (site_id, until_on);
