//! A key set is never more than its text says: every usable key is an RSA key of 2048 bits or more for RS256, and is the
//! one that its id names.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::jwks::{Algorithm, Algorithms, InvalidKeySet, KeyId, KeySet};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

/// RFC 7515 appendix A.2: a modulus, and an RS256 signature made with it. `@` in the input stands for the modulus.
const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const MESSAGE: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = text.replace('@', MODULUS);
    let Ok(lax) = serde_json::from_str::<Value>(&text) else {
        // No JSON, or JSON with a number that is too large for a `Value`.
        let is_json = serde_json::from_str::<&RawValue>(&text).is_ok();
        assert!(is_json || matches!(KeySet::parse(text.as_bytes(), Algorithms::RS256), Err(InvalidKeySet::NotAKeySet)), "{text}");
        return;
    };
    let set = match KeySet::parse(text.as_bytes(), Algorithms::RS256) {
        Ok(set) => set,
        Err(InvalidKeySet::NotAKeySet) => return,
        Err(InvalidKeySet::NoUsableKey { skipped, .. }) => {
            return assert_eq!(Some(skipped), entries(&lax).map(<[Value]>::len));
        }
    };
    let entries = entries(&lax).expect("a set has a list of keys");
    assert_eq!(set.usable() + set.skipped(), entries.len(), "{text}");
    let usable: Vec<&Value> = set_of(entries, &set);
    assert!(set.usable() > 0 && set.usable() <= usable.len(), "{text}");
    for entry in &usable {
        is_the_one_named(&set, &usable, entry);
    }
    is_the_same_written_anew(&set, &lax);
});

fn entries(lax: &Value) -> Option<&[Value]> {
    lax["keys"].as_array().map(Vec::as_slice)
}

/// The entries whose id the set knows and that could be meant.
fn set_of<'a>(entries: &'a [Value], set: &KeySet) -> Vec<&'a Value> {
    let known = |entry: &&Value| entry["kid"].as_str().is_some_and(|id| set.find(&KeyId::new(id.to_owned())).is_some());
    entries.iter().filter(known).filter(|entry| may_be_used(entry)).collect()
}

/// The rules once more, on plain JSON: RFC 7517 section 4, RFC 7518 sections 3.3 and 6.3.1.
fn may_be_used(entry: &Value) -> bool {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(entry[name].as_str().unwrap_or_default()).unwrap_or_default();
    let (modulus, exponent) = (number("n"), number("e"));
    let significant = modulus.iter().skip_while(|byte| **byte == 0).collect::<Vec<_>>();
    let bits = significant.len() * 8 - significant.first().map_or(0, |first| first.leading_zeros() as usize);
    let exponent: Vec<&u8> = exponent.iter().skip_while(|byte| **byte == 0).collect();
    entry["kty"] == "RSA"
        && entry["kid"] != ""
        && matches!(entry["use"].as_str(), None | Some("sig"))
        && matches!(entry["alg"].as_str(), None | Some("RS256"))
        && entry["key_ops"].as_array().is_none_or(|uses| uses.contains(&"verify".into()))
        && (2048..=8192).contains(&bits)
        && exponent.last().is_some_and(|last| **last % 2 == 1)
        && exponent != [&1]
}

/// The key under this id verifies what the entry's modulus signed, and nothing else, unless the id is there twice.
fn is_the_one_named(set: &KeySet, usable: &[&Value], entry: &Value) {
    if usable.iter().filter(|other| other["kid"] == entry["kid"]).count() > 1 {
        return;
    }
    let id = entry["kid"].as_str().unwrap_or_default().to_owned();
    let key = set.find(&KeyId::new(id)).expect("the set knows it");
    let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).expect("base64url");
    let expected = entry["n"] == MODULUS && entry["e"] == "AQAB";
    let without_zeros = entry["n"].as_str().is_some_and(|n| !n.starts_with('A')) && entry["e"] == "AQAB";
    let verifies = key.verifies(Algorithm::Rs256, MESSAGE.as_bytes(), &signature);
    assert!(verifies == expected || !without_zeros, "{entry}");
    assert!(!key.verifies(Algorithm::Rs256, b"another message", &signature));
}

/// Written anew no member is there twice, so what was usable still is.
fn is_the_same_written_anew(set: &KeySet, lax: &Value) {
    let once = KeySet::parse(lax.to_string().as_bytes(), Algorithms::RS256).expect("a key set stays one");
    assert!(once.usable() >= set.usable(), "{lax}");
    let again = KeySet::parse(serde_json::to_vec_pretty(lax).expect("JSON").as_slice(), Algorithms::RS256).expect("a key set stays one");
    assert_eq!((once.usable(), once.skipped()), (again.usable(), again.skipped()), "{lax}");
}
