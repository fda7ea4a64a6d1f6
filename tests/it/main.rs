//! Outcomes of the engine and of the function, a module a subject.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, and says how much it asked"
)]

mod authorize;
mod by_hand;
mod cache_safety;
mod discovery;
mod documents_name_real_tests;
mod doors;
mod events;
mod gateway;
mod hostile_callers;
mod iam_oracle;
mod issuer_vectors;
mod issuers;
mod key_endpoint;
mod key_rotation;
mod log_lines;
mod mutated_events;
mod newer_documents;
mod policy_at_size;
mod policy_cases;
mod policy_judge;
mod policy_properties;
mod published_signatures;
mod reasons;
mod validator;
mod vectors;
mod work_bounds;
