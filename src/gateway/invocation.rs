//! What does Lambda say of an invocation?

/// What Lambda says of an invocation, as far as it is written down.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// Lambda's id.
    pub request_id: &'a str,
    /// X-Ray's trace header, as Lambda hands it on: `Root=1-…;Parent=…;Sampled=1`.
    pub trace: Option<&'a str>,
}

/// The length of `1-5759e988-bd862e3fe1be46a994272793` (X-Ray Developer Guide, "Trace ID format").
const TRACE_ID_LENGTH: usize = 35;

impl<'a> Invocation<'a> {
    /// X-Ray's id of the trace. Another text is none.
    pub(super) fn trace_id(&self) -> Option<&'a str> {
        let roots = self.trace?.split(';').filter_map(|field| field.trim().strip_prefix("Root="));
        let is_id =
            |id: &&str| id.len() == TRACE_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        roots.into_iter().find(is_id)
    }
}

impl<'a> From<&'a str> for Invocation<'a> {
    fn from(request_id: &'a str) -> Self {
        Self { request_id, trace: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_the_root_of_the_trace_header() {
        let id = "1-5759e988-bd862e3fe1be46a994272793";
        for (trace, expected) in [
            (Some(format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1")), Some(id)),
            (Some(format!("Parent=53995c3f42cd8ad8; Root={id}")), Some(id)),
            (Some(format!("Self=x;Root={id}0")), None),
            (Some("Root=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGl".to_owned()), None),
            (Some(String::new()), None),
            (None, None),
        ] {
            let invocation = Invocation { request_id: "r", trace: trace.as_deref() };
            assert_eq!(invocation.trace_id(), expected, "{trace:?}");
        }
    }
}
