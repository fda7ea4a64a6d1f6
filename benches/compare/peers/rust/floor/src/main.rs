//! What the Lambda runtime costs by itself: a constant answer, whatever the event.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;

const ANSWER: &str = r#"{"principalId":"anyone","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":["*"]}]}}"#;

fn main() -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(lambda_runtime::run(service_fn(answer)))
}

async fn answer(_event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Error> {
    Ok(RawValue::from_string(ANSWER.to_owned())?)
}
