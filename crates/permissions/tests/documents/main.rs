//! What is said of permission documents: of those that cannot be used, and of those that will surprise.

#![cfg(test)]

mod findings;
mod mistakes;
