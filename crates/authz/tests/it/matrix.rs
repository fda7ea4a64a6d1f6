//! What `authz matrix` shows of a document.

use crate::{answer, authz_in, folder, remarks};

const DOCUMENT: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders","GET /orders/{id}"]},
    {"groups":["a<img src=x>\"b"],"claims":{"custom:plan":"=gold"},"allow":["GET /orders"]},
    {"authenticated":true,"allow":["ANY /users/${sub}"]},
    {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]}],
    "routes":["GET /audit"]}"#;

fn shown(form: &str) -> String {
    let folder = folder(&format!("matrix-{form}"), &[("permissions.json", DOCUMENT)]);
    let output = authz_in(&folder, &["matrix", "--format", form]);
    assert_eq!(output.status.code(), Some(0), "{}", remarks(&output));
    answer(&output)
}

#[test]
fn a_terminal_gets_two_columns_and_parts_below_their_route() {
    assert_eq!(
        shown("text"),
        r#"GET /orders            scope orders/read
                       group a<img src=x>"b and custom:plan = "=gold"
GET /orders/{id}       scope orders/read
ANY /users/{sub}       sub = {sub}
  DELETE /users/{sub}  sub = {sub}, unless custom:frozen = "true"
GET /audit             nobody
"#
    );
}

#[test]
fn no_name_of_the_document_means_anything_in_markdown_a_spreadsheet_or_html() {
    let markdown = shown("markdown");
    assert!(
        markdown.contains(r#"| `GET /orders` | scope orders/read<br>or group a&lt;img src=x>"b and"#),
        "{markdown}"
    );
    let csv = shown("csv");
    assert!(
        csv.contains("GET /orders,GET /orders,1,\"group a<img src=x>\"\"b and custom:plan = \"\"=gold\"\"\"\r\n"),
        "{csv}"
    );
    assert!(csv.ends_with("GET /audit,GET /audit,,nobody\r\n"), "{csv}");
    let page = shown("html");
    assert!(!page.contains("<img"), "{page}");
}

#[test]
fn the_page_has_the_engines_answer_and_needs_no_network() {
    let page = shown("html");
    for part in [
        // Numbers of conditions, in the order of their words: claims, groups, scopes.
        r#"data-needs="3" data-unless="" data-by="0">scope orders/read</li>"#,
        r#"data-needs="2 1" data-unless="" data-by="1">"#,
        r#"data-needs="" data-unless="0" data-partly data-by="2">"#,
        r#"<span class="nobody">nobody</span>"#,
        ">warning: route_never_allowed</span>",
        "default-src &#39;none&#39;",
    ] {
        let part = part.replace("&#39;", "'");
        assert!(page.contains(&part), "{part}\n{page}");
    }
    for reference in ["http:", "https:", "src=\"", "@import", "url("] {
        assert!(!page.contains(reference), "{reference}");
    }
}
