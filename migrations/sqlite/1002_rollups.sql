-- Sums by minute, ten minutes, hour, six hours and day (`width` in seconds), written in the transaction of their events.
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

-- Minutes in which a key counted something: who looks for its events need not read all others.
CREATE INDEX rollups_by_key ON rollups (dimension, key, bucket) WHERE width = 60;

-- Histograms of durations: bins with their counts, four bins for each power of two microseconds.
CREATE TABLE latencies (
    width INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    total BLOB NOT NULL,
    masking BLOB NOT NULL,
    PRIMARY KEY (width, dimension, bucket, key)
) STRICT, WITHOUT ROWID;
