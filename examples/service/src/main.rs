//! A small service that issues TiRTC connect tokens, with masking around everything it logs.
//!
//! ```sh
//! export TIRTC_ACCESS_ID=ak_demo TIRTC_SECRET_KEY=$(openssl rand -hex 16)
//! cargo run
//! curl -d '{"user":"bob","license":"TIRA1B2C3D4E,…"}' localhost:8080/tokens
//! curl 'localhost:8080/join?remote_id=TIRA1B2C3D4E&token=v1.…'
//! ```
//!
//! It logs as services do when somebody looks for a fault: whole requests with headers and queries,
//! bodies, errors with what they quote. The line that makes this harmless is in [`main`].

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use scrubjay::redact;
use scrubjay::scrub::Policy;
use scrubjay::secret::{License, Secret, SecretKey};
use scrubjay::token::tirtc::{ConnectToken, Expect, Grant, Keys};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};
use tracing::{error, info, warn};
use tracing_subscriber::filter::LevelFilter;

type Failure = Box<dyn Error>;

/// What the service is told by its environment. The key is in a type that prints masked, is wiped when
/// it goes out of use, and is handed out by `expose` alone.
pub struct Config {
    access_id: String,
    secret_key: SecretKey,
}

impl Config {
    /// Reads the environment. No error of this quotes a value.
    pub fn from_env() -> Result<Self, Failure> {
        let var = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let secret_key = SecretKey::parse(var("TIRTC_SECRET_KEY")?)?;
        Ok(Self { access_id: var("TIRTC_ACCESS_ID")?, secret_key })
    }

    /// What is masked besides what is masked anyway: the service's own key, wherever it stands and in
    /// whatever encoding. Names of your own go here as well: `.secret_fields(["door_code"])`.
    pub fn policy(&self) -> scrubjay::Result<Policy> {
        Policy::builder().literal(&Secret::new(self.secret_key.expose().to_owned())).build()
    }
}

/// Not `-> Result`: that would print the error past everything that masks. [`redact::exit`] prints it
/// masked.
pub fn main() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(e) => return redact::exit(Policy::default(), Err(e)),
    };
    // The one line: formatter, masking around it, the net below it, the panic hook, and the bridge for
    // crates that use `log`. `redact::init()` is the same with the default policy and `RUST_LOG`.
    let installed = config.policy().and_then(|policy| redact::init_with(policy, LevelFilter::DEBUG));
    if let Err(e) = installed {
        return redact::exit(Policy::default(), Err(e));
    }
    redact::exit(Policy::default(), run(config))
}

/// Serves until the process ends.
pub fn run(config: Config) -> Result<(), Failure> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
        info!(address = %listener.local_addr()?, access_id = config.access_id, "listening");
        axum::serve(listener, routes(config)).await?;
        Ok(())
    })
}

fn routes(config: Config) -> Router {
    // Headers in the span of every request: cookies, `Authorization`, all of them.
    let spans = DefaultMakeSpan::new().include_headers(true);
    Router::new()
        .route("/tokens", post(issue))
        .route("/join", get(join))
        .layer(TraceLayer::new_for_http().make_span_with(spans))
        .with_state(Arc::new(config))
}

/// `{"user": …, "license": …}` to a connect token for the device of the license.
async fn issue(State(config): State<Arc<Config>>, body: String) -> (StatusCode, String) {
    info!(body, "a token is asked for");
    match sign(&config, &body) {
        Ok((token, license)) => {
            // Typed secrets print masked with or without the layer.
            info!(%license, %token, "issued");
            (StatusCode::OK, token.expose().to_owned())
        }
        Err(e) => {
            // The field keeps the whole chain of causes, each of them masked.
            error!(error = e.as_ref() as &dyn Error, "cannot sign");
            (StatusCode::BAD_REQUEST, "no token for that\n".to_owned())
        }
    }
}

fn sign(config: &Config, body: &str) -> Result<(ConnectToken, License), Failure> {
    let request: serde_json::Value = serde_json::from_str(body)?;
    let field = |name: &str| request[name].as_str().ok_or_else(|| format!("{name}: expected a string"));
    let license = License::parse(field("license")?)?;
    let keys = Keys::device_then_app(&license.device_secret_key(), &config.secret_key);
    let token = Grant::new(&config.access_id, field("user")?, license.device_id(), now())
        .and_then(|grant| keys.sign(&grant))
        .map_err(|cause| Refused { call: call(config, &license), cause })?;
    Ok((token, license))
}

/// What signers at the other end of a network do: their errors quote the call, key and all.
#[derive(Debug)]
struct Refused {
    call: String,
    cause: scrubjay::Error,
}

fn call(config: &Config, license: &License) -> String {
    format!("sign(key {:?}, license {})", config.secret_key.expose(), license.expose())
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signer refused {}", self.call)
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// Whether `?remote_id=…&token=…` may connect, by the application's signature alone.
async fn join(State(config): State<Arc<Config>>, RawQuery(query): RawQuery) -> StatusCode {
    let query = query.unwrap_or_default();
    let part = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let (token, remote_id) = (part("token").unwrap_or(""), part("remote_id").unwrap_or(""));
    let expect = Expect { remote_id: Some(remote_id), ..Expect::default() };
    match Keys::app_only(&config.secret_key).verify(token, &expect, now()) {
        Ok(_) => {
            info!(remote_id, "joined");
            StatusCode::NO_CONTENT
        }
        Err(refusal) => {
            warn!(remote_id, token, %refusal, "refused for /join?{query}");
            StatusCode::FORBIDDEN
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
