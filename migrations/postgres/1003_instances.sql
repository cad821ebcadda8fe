CREATE TABLE instances (
    instance_id BYTEA NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL, -- by the clock of the control plane
    report BYTEA NOT NULL
);
