//! What the targets share: the tests' issuer, who signs real tokens, and IAM's answer to a policy.

#[path = "../../tests/support/mod.rs"]
pub mod support;
