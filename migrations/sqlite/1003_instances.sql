CREATE TABLE instances (
    instance_id BLOB NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    reported_at INTEGER NOT NULL, -- by the clock of the control plane
    report BLOB NOT NULL
) STRICT;
