//! Fields as configuration, records, tables, code and people write them, and what only looks like one.

mod credentials;
mod forms;
mod tables;
