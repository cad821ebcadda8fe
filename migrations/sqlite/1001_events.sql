-- One row a turn. What is filtered by has a column; the rest is `detail`, the message without those fields.
CREATE TABLE events (
    occurred_at INTEGER NOT NULL, -- milliseconds since the Unix epoch
    event_id BLOB NOT NULL,
    instance_id BLOB NOT NULL,
    caller TEXT NOT NULL,
    surface INTEGER NOT NULL,
    upstream TEXT NOT NULL,
    model TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    status INTEGER NOT NULL,
    code TEXT NOT NULL,
    detected TEXT NOT NULL, -- |EMAIL:mask|PHONE:block|
    detail BLOB NOT NULL,
    PRIMARY KEY (occurred_at, event_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_id ON events (event_id);
-- Whoever asks for what was blocked or failed should not read all that was not. 1 and 2 are forwarded and masked.
CREATE INDEX events_unusual ON events (outcome, occurred_at, event_id) WHERE outcome > 2;
CREATE INDEX events_by_status ON events (status, occurred_at, event_id) WHERE status <> 200;
CREATE INDEX events_by_code ON events (code, occurred_at, event_id) WHERE code <> '';

-- How many rows `events` has: counting them takes seconds.
CREATE TABLE totals (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO totals (name, value) VALUES ('events', 0);
