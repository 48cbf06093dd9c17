//! What a scrub hides: the values of fields and what is reported, in every syntax, in whatever pieces the text
//! comes, and nothing else. Nothing here needs more than the library.

mod arrays;
mod cut_lines;
mod documents;
mod field_costs;
mod field_names;
mod field_pairs;
mod field_siblings;
mod harmless;
mod learned;
mod plumbing;
mod redact_values;
mod scrub;
mod scrub_edges;
mod scrub_laws;
mod scrub_settled;
mod stream;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod value_kinds;
