-- +goose Up
-- Instants are whole microseconds since 1970 in UTC. JSON columns are opaque:
-- nothing queries inside them. The text is PostgreSQL's; dialect.go turns the
-- three type names into SQLite's and makes every table STRICT there.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('incident', 0);

CREATE TABLE members (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    email       TEXT   NOT NULL UNIQUE,
    role        TEXT   NOT NULL,
    password    TEXT   NOT NULL DEFAULT '',
    zone        TEXT   NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE sessions (
    digest   TEXT   NOT NULL PRIMARY KEY,
    member   TEXT   NOT NULL REFERENCES members (id),
    began_at BIGINT NOT NULL,
    used_at  BIGINT NOT NULL,
    device   TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX sessions_member ON sessions (member);

CREATE TABLE tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    digest     TEXT   NOT NULL UNIQUE,
    member     TEXT   NOT NULL REFERENCES members (id),
    name       TEXT   NOT NULL,
    hint       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at    BIGINT,
    revoked_at BIGINT
);

-- One-time links: setup, invitation, password reset.
CREATE TABLE links (
    digest     TEXT   NOT NULL PRIMARY KEY,
    purpose    TEXT   NOT NULL,
    member     TEXT   NOT NULL DEFAULT '',
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE services (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL DEFAULT '',
    grp         TEXT   NOT NULL DEFAULT '',
    audience    TEXT   NOT NULL DEFAULT 'public',
    position    BIGINT NOT NULL DEFAULT 0,
    archived_at BIGINT
);

CREATE TABLE policies (
    severity TEXT NOT NULL PRIMARY KEY,
    policy   TEXT NOT NULL
);

-- Where words go out: one row per address of the team or of a receiver.
CREATE TABLE channels (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    options    TEXT   NOT NULL,
    audience   TEXT   NOT NULL,
    events     TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    paused_at  BIGINT,
    tested_at  BIGINT,
    test_error TEXT   NOT NULL DEFAULT ''
);

-- Readers who asked to be told.
CREATE TABLE subscribers (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    audience   TEXT   NOT NULL DEFAULT 'public',
    services   TEXT   NOT NULL DEFAULT '',
    zone       TEXT   NOT NULL DEFAULT '',
    stop       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    stopped_at BIGINT,
    UNIQUE (kind, address)
);

-- Where alerts come from.
CREATE TABLE sources (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    digest     TEXT   NOT NULL UNIQUE,
    hint       TEXT   NOT NULL,
    rules      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);

-- One row per alert group that a source has named; open while it fires.
CREATE TABLE alert_groups (
    source    TEXT   NOT NULL,
    group_key TEXT   NOT NULL,
    incident  BIGINT NOT NULL,
    firing    BOOLEAN NOT NULL,
    alerts    TEXT   NOT NULL,
    seen      BIGINT NOT NULL,
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (source, group_key)
);
CREATE INDEX alert_groups_incident ON alert_groups (incident);

CREATE TABLE incidents (
    id          BIGINT NOT NULL PRIMARY KEY,
    version     BIGINT NOT NULL,
    title       TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    severity    TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    audience    TEXT   NOT NULL,
    owner       TEXT   NOT NULL,
    published   BIGINT NOT NULL,
    declared_at BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    resolved_at BIGINT,
    state       TEXT   NOT NULL
);
CREATE INDEX incidents_open ON incidents (id) WHERE status <> 'resolved';
CREATE INDEX incidents_updated ON incidents (updated_at);

CREATE TABLE incident_services (
    incident BIGINT NOT NULL REFERENCES incidents (id),
    service  TEXT   NOT NULL,
    PRIMARY KEY (service, incident)
);

CREATE TABLE entries (
    incident BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    person   TEXT   NOT NULL,
    audience TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    fact     TEXT   NOT NULL,
    PRIMARY KEY (incident, seq)
);

-- act_at is when the watch must look next; NULL when nothing is left to do.
CREATE TABLE promises (
    incident    BIGINT NOT NULL,
    n           BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    by_policy   BOOLEAN NOT NULL,
    made_at     BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    act_at      BIGINT,
    outcome     TEXT   NOT NULL,
    settled_at  BIGINT,
    promise     TEXT   NOT NULL,
    PRIMARY KEY (incident, n)
);
CREATE INDEX promises_act ON promises (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX promises_due ON promises (due_at);

-- Published items in canonical bytes, each a leaf of the log. The salt is
-- dropped with the body when the law demands a redaction; the leaf stays.
CREATE TABLE published (
    leaf     BIGINT  NOT NULL PRIMARY KEY,
    incident BIGINT  NOT NULL,
    seq      BIGINT  NOT NULL,
    at       BIGINT  NOT NULL,
    audience TEXT    NOT NULL,
    body     BYTEA,
    salt     BYTEA,
    bytes    BYTEA NOT NULL,
    UNIQUE (incident, seq)
);
CREATE TABLE log_hashes (
    idx  BIGINT  NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL
);
CREATE TABLE log_head (
    id   BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL
);
INSERT INTO log_head (id, size) VALUES (1, 0);

-- The delivery ledger: one row per recipient, item and channel. The id is made
-- of what the row is about, so a second fan-out finds the first one's rows.
-- act_at is when the watch must look: the next attempt, or the end of a lease.
CREATE TABLE deliveries (
    id         TEXT   NOT NULL PRIMARY KEY,
    incident   BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    notice     TEXT   NOT NULL,
    promise    BIGINT NOT NULL DEFAULT 0,
    channel    TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    recipient  TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0,
    epoch      BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    act_at     BIGINT,
    sent_at    BIGINT,
    problem    TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_act ON deliveries (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX deliveries_incident ON deliveries (incident, seq);
CREATE INDEX deliveries_recipient ON deliveries (recipient, incident);
CREATE INDEX deliveries_dead ON deliveries (created_at) WHERE state = 'dead';

-- First answers, so that a request sent twice is answered with the first.
CREATE TABLE answers (
    key     TEXT   NOT NULL PRIMARY KEY,
    request TEXT   NOT NULL,
    answer  TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX answers_at ON answers (at);

-- What an import brought, so that a second run brings nothing twice.
CREATE TABLE imports (
    source   TEXT   NOT NULL,
    external TEXT   NOT NULL,
    incident BIGINT NOT NULL,
    PRIMARY KEY (source, external)
);

-- +goose Down
DROP TABLE imports;
DROP TABLE answers;
DROP TABLE deliveries;
DROP TABLE log_head;
DROP TABLE log_hashes;
DROP TABLE published;
DROP TABLE promises;
DROP TABLE entries;
DROP TABLE incident_services;
DROP TABLE incidents;
DROP TABLE alert_groups;
DROP TABLE sources;
DROP TABLE subscribers;
DROP TABLE channels;
DROP TABLE policies;
DROP TABLE services;
DROP TABLE links;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE members;
DROP TABLE counters;
DROP TABLE settings;
