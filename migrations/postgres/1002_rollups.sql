-- Sums by minute, hour and day (`width` in seconds), written in the transaction of their events.
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

-- Histograms of durations: four bins for each power of two microseconds.
CREATE TABLE latencies (
    width BIGINT NOT NULL,
    dimension BIGINT NOT NULL,
    metric BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    key TEXT NOT NULL,
    bin BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (width, dimension, metric, bucket, key, bin)
);
