//! Costs grow as their input does: requests, maps and answers, of whatever they are full.

mod answers;
mod maps;
mod requests;
