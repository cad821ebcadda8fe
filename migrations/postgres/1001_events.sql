-- One row a turn. What is filtered by has a column; the rest is `detail`, the message without those fields.
CREATE TABLE events (
    occurred_at BIGINT NOT NULL, -- milliseconds since the Unix epoch
    event_id BYTEA NOT NULL,
    instance_id BYTEA NOT NULL,
    caller TEXT NOT NULL,
    surface BIGINT NOT NULL,
    upstream TEXT NOT NULL,
    model TEXT NOT NULL,
    outcome BIGINT NOT NULL,
    status BIGINT NOT NULL,
    code TEXT NOT NULL,
    detected TEXT NOT NULL, -- |EMAIL:mask|PHONE:block|
    detail BYTEA NOT NULL,
    PRIMARY KEY (occurred_at, event_id)
);
CREATE UNIQUE INDEX events_by_id ON events (event_id);
-- Whoever asks for what was blocked or failed should not read all that was not. 1 and 2 are forwarded and masked.
CREATE INDEX events_unusual ON events (outcome, occurred_at, event_id) WHERE outcome > 2;
CREATE INDEX events_by_status ON events (status, occurred_at, event_id) WHERE status <> 200;
CREATE INDEX events_by_code ON events (code, occurred_at, event_id) WHERE code <> '';

-- How many rows `events` has: counting them takes seconds.
CREATE TABLE totals (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO totals (name, value) VALUES ('events', 0);
