-- Sums by minute, ten minutes, hour, six hours and day (`width` in seconds), written in the transaction of their events.
CREATE TABLE rollups (
    width BIGINT NOT NULL,
    dimension BIGINT NOT NULL,
    bucket BIGINT NOT NULL, -- its start, seconds since the Unix epoch
    key TEXT NOT NULL,
    requests BIGINT NOT NULL,
    masked BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    detections BIGINT NOT NULL,
    values_masked BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    unresolved BIGINT NOT NULL,
    PRIMARY KEY (width, dimension, bucket, key)
);

-- Minutes in which a key counted something: who looks for its events need not read all others.
CREATE INDEX rollups_by_key ON rollups (dimension, key, bucket) WHERE width = 60;

-- Histograms of durations: bins with their counts, four bins for each power of two microseconds.
CREATE TABLE latencies (
    width BIGINT NOT NULL,
    dimension BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    key TEXT NOT NULL,
    total BYTEA NOT NULL,
    masking BYTEA NOT NULL,
    PRIMARY KEY (width, dimension, bucket, key)
);
