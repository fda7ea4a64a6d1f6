//! Which of the names that are known is meant by a misspelt one?

/// The known name that is nearest to `text`, if one is near: at most a third of its letters differ, and no more than two.
/// Names that differ in the case of their letters alone are nearest of all.
pub(crate) fn nearest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    if let Some(same) = known.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return Some(same);
    }
    let far = |name: &str| (name.chars().count() / 3).clamp(1, 2);
    let near = known.iter().map(|name| (distance(text, name), *name)).filter(|(steps, name)| *steps <= far(name));
    near.min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

/// How many letters have to be added, left out, replaced or swapped with their neighbour to make one text from the other
/// (the optimal string alignment distance).
///
/// One row of the usual table is computed after the other; a swap looks back two rows.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, candidate) in other.iter().enumerate() {
            let at = |cells: &[usize], place: usize| cells.get(place).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column) + usize::from(letter != candidate);
            let mut steps = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let is_swap =
                row > 0 && column > 0 && one.get(row - 1) == Some(candidate) && other.get(column - 1) == Some(letter);
            if is_swap {
                steps = steps.min(at(&before_last, column - 1) + 1);
            }
            current.push(steps);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_as_far_apart_as_letters_have_to_change() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "ab", 2),
            ("scopes", "scopes", 0),
            ("scope", "scopes", 1),
            ("scpoes", "scopes", 1),
            ("scobes", "scopes", 1),
            ("é", "e", 1),
            ("claims", "groups", 5),
        ] {
            assert_eq!((distance(one, other), distance(other, one)), (expected, expected), "{one} {other}");
        }
    }

    #[test]
    fn the_nearest_name_is_near_or_none() {
        let known = ["scopes", "groups", "claims", "allow", "deny"];
        for (text, expected) in [
            ("scope", Some("scopes")),
            ("Scopes", Some("scopes")),
            ("DENY", Some("deny")),
            ("alow", Some("allow")),
            ("denny", Some("deny")),
            ("group", Some("groups")),
            ("rules", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, &known), expected, "{text}");
        }
    }
}
