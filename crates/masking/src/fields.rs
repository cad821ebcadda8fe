//! Fields: which words are labels (one lexicon in all languages), and where the values of labels stand in a text and in
//! tables. Finds places; what stands there is judged by the detectors.

mod above;
mod concept;
mod joint;
mod label;
mod lexicon;
mod table;

pub(crate) use concept::Concept;
pub(crate) use joint::{Joint, Place, each_place, starts_line};
pub(crate) use label::Label;
pub(crate) use lexicon::{Entry, Lexicon, concept_of};
pub(crate) use table::{Column, Table, each as each_table};
