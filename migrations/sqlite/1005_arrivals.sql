-- In which order events came: clocks may be wrong, their order is not. What a transaction stored has one number, and commits
-- in the order of numbers; 0 is what a release without them stored.
ALTER TABLE events ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
CREATE INDEX events_by_arrival ON events (arrival);
INSERT INTO totals (name, value) VALUES ('arrivals', 0);
-- Goes into the id of an event whose own another instance has used: nobody can guess it.
INSERT INTO totals (name, value) VALUES ('salt', RANDOM());

-- What had come by when, in milliseconds that were counted (`totals.counted`) and not read from a clock: ages go by it.
CREATE TABLE ages (
    counted INTEGER NOT NULL PRIMARY KEY,
    arrival INTEGER NOT NULL
) STRICT;
