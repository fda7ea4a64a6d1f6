//! What `docs/authz.md` says that the tool prints, it prints.

use crate::{answer, authz_in, remarks};
use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/authz.md");

/// The command lines of the page, each with what it prints. They are run in `tests/docs`.
fn samples() -> Vec<(&'static str, &'static str)> {
    let sample = |text: &'static str| {
        let (command, rest) = text.split_once(" -->\n").unwrap();
        let block = rest.strip_prefix("```").unwrap().split_once('\n').unwrap().1;
        (command, block.split_once("```\n").unwrap().0)
    };
    PAGE.split("<!-- prints: authz ").skip(1).map(sample).collect()
}

#[test]
fn every_sample_is_what_the_tool_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docs");
    assert!(!samples().is_empty());
    for (command, expected) in samples() {
        let output = authz_in(&folder, &command.split(' ').collect::<Vec<_>>());
        assert_eq!(format!("{}{}", answer(&output), remarks(&output)).trim_end(), expected.trim_end(), "{command}");
    }
}
