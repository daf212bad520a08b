-- The registry: whose site is which, under which names, with which badge. One text for SQLite and PostgreSQL.

CREATE TABLE regions (
    code   TEXT PRIMARY KEY,                 -- GB/T 2260, six digits
    name   TEXT NOT NULL,
    parent TEXT REFERENCES regions (code)    -- NULL: a province
);

CREATE TABLE units (
    id                       TEXT PRIMARY KEY,
    name_key                 TEXT NOT NULL UNIQUE,   -- name@region, or site:KEY where the unit has no name
    name                     TEXT NOT NULL,
    kind                     TEXT CHECK (kind IN ('organ', 'institution', 'society')),
    parent                   TEXT,
    address                  TEXT,
    functions                TEXT,
    administrative_functions BOOLEAN,
    region_text              TEXT,                   -- as the office wrote it
    region                   TEXT REFERENCES regions (code)
);
CREATE INDEX units_region ON units (region);

CREATE TABLE imports (
    id         TEXT PRIMARY KEY,
    at         TIMESTAMPTZ NOT NULL,
    file       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    rows_good  BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    added      BIGINT NOT NULL,
    changed    BIGINT NOT NULL,
    unchanged  BIGINT NOT NULL,
    dropped    BIGINT NOT NULL
);

CREATE TABLE sites (
    id                TEXT PRIMARY KEY,
    key               TEXT NOT NULL UNIQUE,  -- English name, else Chinese name, and the folder
    unit_id           TEXT NOT NULL REFERENCES units (id),
    name              TEXT NOT NULL,
    en_domain         TEXT,
    cn_domain         TEXT,
    url_prefix        TEXT,
    ips               TEXT NOT NULL,         -- separated by ;
    badge_code        TEXT,
    certificate_id    TEXT,
    issued_on         DATE,
    issuing_office    TEXT,
    state             TEXT NOT NULL CHECK (state IN ('valid', 'suspended', 'revoked')),
    domain_expires_on DATE,
    hosting           TEXT NOT NULL CHECK (hosting IN ('own', 'red_page')),
    notified_on       DATE,
    contact_name      TEXT,
    contact_email     TEXT,
    contact_phone     TEXT,
    handler_name      TEXT,
    handler_email     TEXT,
    handler_phone     TEXT,
    fingerprint       TEXT NOT NULL,         -- of all the columns an import brings: an unchanged row costs no write
    imported_by       TEXT NOT NULL REFERENCES imports (id),
    changed_at        TIMESTAMPTZ NOT NULL,
    dropped_at        TIMESTAMPTZ            -- no longer in the registry: kept for its history, not watched
);
CREATE INDEX sites_unit ON sites (unit_id);
CREATE INDEX sites_badge_code ON sites (badge_code);
CREATE INDEX sites_certificate_id ON sites (certificate_id);

-- Every host that a site's registered names stand for, to look a host up.
CREATE TABLE site_names (
    host    TEXT NOT NULL,                   -- A-labels
    site_id TEXT NOT NULL REFERENCES sites (id),
    PRIMARY KEY (host, site_id)
);
CREATE INDEX site_names_site ON site_names (site_id);

-- Every change of every registered value, so that a number that jumps can be explained.
CREATE TABLE registry_history (
    id        TEXT PRIMARY KEY,
    at        TIMESTAMPTZ NOT NULL,
    import_id TEXT NOT NULL REFERENCES imports (id),
    site_id   TEXT NOT NULL REFERENCES sites (id),
    change    TEXT NOT NULL CHECK (change IN ('added', 'changed', 'dropped', 'restored')),
    field     TEXT,                          -- of a change: the column
    old_value TEXT,
    new_value TEXT
);
CREATE INDEX registry_history_site ON registry_history (site_id, at);
