-- Sums by minute, hour and day (`width` in seconds), written in the transaction of their events.
CREATE TABLE rollups (
    width INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    bucket INTEGER NOT NULL, -- its start, seconds since the Unix epoch
    key TEXT NOT NULL,
    requests INTEGER NOT NULL,
    masked INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    detections INTEGER NOT NULL,
    values_masked INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    unresolved INTEGER NOT NULL,
    PRIMARY KEY (width, dimension, bucket, key)
) STRICT, WITHOUT ROWID;

-- Histograms of durations: four bins for each power of two microseconds.
CREATE TABLE latencies (
    width INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    metric INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    bin INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (width, dimension, metric, bucket, key, bin)
) STRICT, WITHOUT ROWID;
