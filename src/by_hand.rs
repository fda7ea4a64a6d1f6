//! What does the program say to whoever starts it by hand?

/// What it says, and whether that is what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// For standard output.
    Asked(String),
    /// For standard error.
    Mistaken(String),
}

/// What it is for, in one screen.
const HELP: &str = "An AWS Lambda authorizer for API Gateway and Amazon Cognito tokens.

This is the function itself, `bootstrap` of a package for the runtime provided.al2023. It takes no arguments: its settings
are environment variables, and its events come from Lambda. Locally, `make watch` in the project runs it, or
`cargo lambda watch` and `cargo lambda invoke`.

    --help       this text
    --version    name and version";

/// `None` when Lambda, or what stands in for it, started the program: then arguments mean nothing.
pub(crate) fn answer(arguments: &[String], has_runtime: bool) -> Option<Answer> {
    match arguments.first().map(String::as_str) {
        Some("--version" | "-V") => {
            Some(Answer::Asked(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))))
        }
        Some("--help" | "-h") => Some(Answer::Asked(HELP.to_owned())),
        _ if has_runtime => None,
        Some(other) => {
            Some(Answer::Mistaken(format!("found `{}`, expected --help or --version", other.escape_debug())))
        }
        None => Some(Answer::Mistaken(
            "this is a Lambda function and needs the Lambda runtime (AWS_LAMBDA_RUNTIME_API is not set); \
             locally, run `make watch` or `cargo lambda watch`"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_starts_it_by_hand_is_told_what_it_needs() {
        let said = |argument: &str, has_runtime| answer(&[argument.to_owned()], has_runtime);
        let version = format!("cognito-authorizer {}", env!("CARGO_PKG_VERSION"));
        assert_eq!(said("--version", false), Some(Answer::Asked(version.clone())));
        assert_eq!(said("--version", true), Some(Answer::Asked(version)));
        assert_eq!(said("--help", false), Some(Answer::Asked(HELP.to_owned())));
        let unknown = "found `serve`, expected --help or --version".to_owned();
        assert_eq!(said("serve", false), Some(Answer::Mistaken(unknown)));
        assert!(matches!(answer(&[], false), Some(Answer::Mistaken(line)) if line.contains("cargo lambda watch")));
        assert_eq!(said("index.handler", true), None);
        assert_eq!(answer(&[], true), None);
    }
}
