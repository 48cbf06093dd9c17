//! The runtime layer: what a service logs through it. What needs a process of its own is beside this
//! (`redact_allocations`, `redact_readme`, `redact_threads`); `examples/service` looks at it from the far end.

#[path = "../scrub/documents/mod.rs"]
mod documents;
mod redact;
mod redact_rates;
#[path = "../support/mod.rs"]
mod support;
