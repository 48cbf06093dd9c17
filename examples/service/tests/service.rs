//! The example service over loopback, with the layer and without: requests that carry secrets in the
//! query, in headers and in the body, and a signer that fails and quotes its call. The layer's log shows
//! none of them, and still tells what happened.
//!
//! The service runs in a child, which is this test program again: what `init_with` installs is global.

#[path = "../src/main.rs"]
#[allow(unreachable_pub, reason = "it is a program of its own")]
mod service;
#[path = "../../../tests/support/mod.rs"]
mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};

use support::prng::Prng;
use support::tokens;

const ROLE: &str = "SCRUBJAY_TEST_SERVICE";

/// What the requests carry.
struct Secrets {
    key: String,
    device_id: String,
    device_key: String,
    token: String,
    session: String,
    bearer: String,
}

impl Secrets {
    fn mint() -> Self {
        let mut rng = Prng::from_text("service");
        Self {
            key: rng.alnum(32),
            device_id: rng.device_id(),
            device_key: rng.alnum(32),
            token: tokens::tirtc(&mut rng, "").expect("a variant that there is"),
            session: rng.alnum(24),
            bearer: rng.alnum(40),
        }
    }

    /// The secrets of which a log shows nine bytes in a row.
    fn shown_in(&self, log: &str) -> Vec<&'static str> {
        let all = [
            ("key", &self.key),
            ("device key", &self.device_key),
            ("token", &self.token),
            ("session", &self.session),
            ("bearer", &self.bearer),
        ];
        let shows = |secret: &str| {
            secret
                .as_bytes()
                .windows(9)
                .any(|w| std::str::from_utf8(w).is_ok_and(|piece| log.contains(piece)))
        };
        all.into_iter().filter(|(_, secret)| shows(secret)).map(|(name, _)| name).collect()
    }
}

#[test]
#[ignore = "only in a child"]
fn role() {
    match std::env::var(ROLE).as_deref() {
        Ok("redacted") => assert_eq!(service::main(), ExitCode::SUCCESS),
        Ok("plain") => {
            let plain = tracing_subscriber::fmt().with_ansi(false);
            plain.with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG).init();
            let config = service::Config::from_env().expect("the parent sets it");
            service::run(config).expect("it serves");
        }
        _ => {}
    }
}

/// A service in a child, and the port it listens on.
struct Running {
    child: Child,
    log: BufReader<std::process::ChildStdout>,
    read: String,
    port: u16,
}

fn start(role: &str, secrets: &Secrets) -> Running {
    let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "role", "--ignored", "--nocapture"])
        .envs([(ROLE, role), ("PORT", "0"), ("TIRTC_ACCESS_ID", "ak_demo")])
        .env("TIRTC_SECRET_KEY", &secrets.key)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child starts");
    let mut log = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut read = String::new();
    let port = loop {
        let from = read.len();
        assert_ne!(log.read_line(&mut read).expect("the log is text"), 0, "it ended:\n{read}");
        if let Some((_, rest)) = read[from..].split_once("127.0.0.1:") {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            break digits.parse().expect("a port");
        }
    };
    Running { child, log, read, port }
}

impl Running {
    /// Sends one request and gives the whole answer.
    fn send(&self, line: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let length = body.len();
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}");
        write!(stream, "{head}Content-Length: {length}\r\n\r\n{body}").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Ends it, and gives all that it logged.
    fn log(mut self) -> String {
        self.child.kill().expect("it runs until now");
        self.log.read_to_string(&mut self.read).expect("the log is text");
        self.child.wait().expect("it was started here");
        self.read
    }
}

/// A day in the life of the service.
fn visit(role: &str, secrets: &Secrets) -> String {
    let Secrets { device_id, device_key, token, session, bearer, .. } = secrets;
    let running = start(role, secrets);
    let headers = format!("Authorization: Bearer {bearer}\r\nCookie: sid={session}; theme=dark\r\n");
    let body = format!(r#"{{"user":"bob","license":"{device_id},{device_key}"}}"#);
    let issued = running.send("POST /tokens", &headers, &body);
    assert!(issued.starts_with("HTTP/1.1 200") && issued.contains("v1.ey"), "{issued}");

    // Nobody can be granted anything: the signer fails.
    let failing = format!(r#"{{"user":"","license":"{device_id},{device_key}"}}"#);
    assert!(running.send("POST /tokens", &headers, &failing).starts_with("HTTP/1.1 400"));
    // A license without its id.
    let broken = format!(r#"{{"user":"bob","license":"{device_key}"}}"#);
    assert!(running.send("POST /tokens", "", &broken).starts_with("HTTP/1.1 400"));
    // JSON that is cut off.
    assert!(running.send("POST /tokens", "", &body[..body.len() - 2]).starts_with("HTTP/1.1 400"));

    let join = format!("GET /join?remote_id={device_id}&token={token}&theme=dark");
    assert!(running.send(&join, &headers, "").starts_with("HTTP/1.1 403"));
    running.log()
}

#[test]
fn without_the_layer_the_log_shows_every_secret() {
    let secrets = Secrets::mint();
    let log = visit("plain", &secrets);
    assert_eq!(secrets.shown_in(&log), ["key", "device key", "token", "session", "bearer"], "{log}");
}

#[test]
fn with_it_the_log_shows_none_and_still_tells_what_happened() {
    let secrets = Secrets::mint();
    let log = visit("redacted", &secrets);
    assert_eq!(secrets.shown_in(&log), [""; 0], "{log}");
    for told in [
        "listening",
        "access_id=\"ak_demo\"",
        "a token is asked for",
        "issued",
        "cannot sign",
        "the signer refused sign(key ",
        "subject: expected",
        "refused for /join?remote_id=",
        "theme=dark",
        "uri=/tokens",
        "Bearer ",
        "method=POST",
        "status=200",
        "status=400",
        "status=403",
        &secrets.device_id,
    ] {
        assert!(log.contains(told), "{told:?} is lost:\n{log}");
    }
}
