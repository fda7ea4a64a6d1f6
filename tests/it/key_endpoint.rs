//! What a key endpoint may answer, and what becomes of it: the real client against a scripted server on loopback.

use cognito_authorizer::jwks::{FetchError, HttpKeySource, KeySource, TrustedRoots};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use testkit::{KEY, key_set};

/// What the server does with each connection, after it has read the request.
type Script = Arc<dyn Fn(&mut dyn Write) + Send + Sync>;

/// Answers every connection by the script and returns the port.
fn serve(script: impl Fn(&mut dyn Write) + Send + Sync + 'static) -> u16 {
    let script: Script = Arc::new(script);
    accept(move |stream| answer(stream, &script))
}

pub(crate) fn accept(each: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    port
}

fn answer(mut stream: impl Read + Write, script: &Script) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        request.push(byte[0]);
    }
    script(&mut stream);
    let _ = stream.flush();
}

pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}").into_bytes()
}

async fn fetch(url: String, roots: TrustedRoots) -> Result<Vec<u8>, FetchError> {
    HttpKeySource::new(url, roots).fetch().await
}

async fn fetch_from(port: u16) -> Result<Vec<u8>, FetchError> {
    fetch(format!("http://127.0.0.1:{port}/pool/.well-known/jwks.json"), TrustedRoots::default()).await
}

#[tokio::test]
async fn a_key_set_arrives_whole() {
    let body = key_set(&[&KEY]);
    let sent = response("200 OK", "", &body);
    let port = serve(move |stream| stream.write_all(&sent).unwrap());
    assert_eq!(fetch_from(port).await, Ok(body.into_bytes()));
}

#[tokio::test]
async fn another_status_is_not_a_key_set_and_a_redirect_is_not_followed() {
    let good = serve(|stream| stream.write_all(&response("200 OK", "", &key_set(&[&KEY]))).unwrap());
    for (status, headers, found) in [
        ("403 Forbidden", String::new(), 403),
        ("404 Not Found", String::new(), 404),
        ("500 Internal Server Error", String::new(), 500),
        ("204 No Content", String::new(), 204),
        ("301 Moved Permanently", format!("Location: http://127.0.0.1:{good}/\r\n"), 301),
        ("307 Temporary Redirect", format!("Location: http://127.0.0.1:{good}/\r\n"), 307),
    ] {
        let sent = response(status, &headers, &key_set(&[&KEY]));
        let port = serve(move |stream| stream.write_all(&sent).unwrap());
        assert_eq!(fetch_from(port).await, Err(FetchError::Status { found }), "{status}");
    }
}

#[tokio::test]
async fn a_large_answer_is_cut_off_whether_it_says_so_or_not() {
    let said = serve(|stream| stream.write_all(&response("200 OK", "", &"x".repeat(64 * 1024 + 1))).unwrap());
    assert_eq!(fetch_from(said).await, Err(FetchError::TooLarge));
    let endless = serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while stream.write_all(&[b'x'; 1024]).is_ok() {}
    });
    assert_eq!(fetch_from(endless).await, Err(FetchError::TooLarge));
    let fits = serve(|stream| stream.write_all(&response("200 OK", "", &"x".repeat(64 * 1024))).unwrap());
    assert_eq!(fetch_from(fits).await.map(|text| text.len()), Ok(64 * 1024));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let short = serve(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\":[").unwrap());
    assert_eq!(fetch_from(short).await, Err(FetchError::Interrupted));
    let garbage = serve(|stream| stream.write_all(b"\x15\x03\x01 no HTTP").unwrap());
    assert_eq!(fetch_from(garbage).await, Err(FetchError::Interrupted));
}

#[tokio::test]
async fn silence_and_a_slow_drip_end_at_the_same_bound() {
    let silent = serve(|_| thread::sleep(Duration::from_secs(20)));
    let dripping = serve(|stream| {
        let mut alive = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").is_ok();
        while alive {
            thread::sleep(Duration::from_millis(50));
            alive = stream.write_all(b"x").and_then(|()| stream.flush()).is_ok();
        }
    });
    let started = Instant::now();
    let (first, second) = tokio::join!(fetch_from(silent), fetch_from(dripping));
    assert_eq!((first, second), (Err(FetchError::TimedOut), Err(FetchError::TimedOut)));
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(2400) && elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[tokio::test]
async fn what_is_in_the_way_is_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(fetch_from(closed).await, Err(FetchError::Connect));
    let nowhere = fetch("http://keys.invalid/jwks.json".to_owned(), TrustedRoots::default()).await;
    assert_eq!(nowhere, Err(FetchError::Name));
    let plain = accept(|mut stream| stream.write_all(&response("200 OK", "", "{}")).unwrap());
    let tls = fetch(format!("https://localhost:{plain}/"), TrustedRoots::default()).await;
    assert_eq!(tls, Err(FetchError::Tls));
}

#[tokio::test]
async fn only_a_trusted_certificate_of_the_right_name_is_believed() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, pem) = (issued.cert.der().clone(), issued.cert.pem());
    let key = PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(versions.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let script: Script = Arc::new(|stream| stream.write_all(&response("200 OK", "", "keys")).unwrap());
    let port = accept(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        answer(StreamOwned::new(connection, stream), &script);
    });
    let trusted = || TrustedRoots::with_pem(pem.as_bytes()).unwrap();
    let url = |host: &str| format!("https://{host}:{port}/");
    assert_eq!(fetch(url("localhost"), trusted()).await, Ok(b"keys".to_vec()));
    assert_eq!(fetch(url("localhost"), TrustedRoots::default()).await, Err(FetchError::Tls));
    assert_eq!(fetch(url("127.0.0.1"), trusted()).await, Err(FetchError::Tls));
}

#[test]
fn a_text_without_a_usable_certificate_is_no_roots() {
    for pem in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(TrustedRoots::with_pem(pem.as_bytes()).is_none(), "{pem}");
    }
}
