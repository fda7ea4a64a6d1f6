//! Names for what has none of its own.

use super::random::Random;
use std::collections::BTreeSet;

/// Words of syllables, no two alike.
#[derive(Default)]
pub(super) struct Words(BTreeSet<String>);

impl Words {
    /// A word of about this length.
    pub(super) fn make(&mut self, bytes: usize, random: &mut Random) -> String {
        let mut length = bytes.div_ceil(2) + random.below(bytes + 1);
        loop {
            // A few tries, since short words run out.
            for _ in 0..8 {
                let word = word(length, random);
                if self.0.insert(word.clone()) {
                    return word;
                }
            }
            length += 1;
        }
    }
}

fn word(length: usize, random: &mut Random) -> String {
    const CONSONANTS: &[u8] = b"bcdfghklmnprstvw";
    const VOWELS: &[u8] = b"aeiou";
    let letter = |place: usize| if place.is_multiple_of(2) { CONSONANTS } else { VOWELS };
    (0..length).map(|place| char::from(letter(place)[random.below(letter(place).len())])).collect()
}
