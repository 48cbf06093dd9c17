//! A service log: JSON, logfmt and plain lines in turn, about 245 bytes each, most of them with words
//! that a scanner for credentials has to look at twice.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::str::FromStr;

use crate::support::prng::Prng;
use crate::support::template::expand;

/// How often a line holds a word of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Density {
    /// Most lines hold words such as token, license, v1.2.3 and secret; few hold the name of a secret.
    Normal,
    /// Hardly a line does.
    Sparse,
    /// Most lines hold the very names of secrets, with nothing secret behind them.
    Dense,
    /// As `Normal`, but one line in ten holds a credential.
    Dirty,
    /// As `Normal`, but none does.
    Clean,
}

impl FromStr for Density {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "normal" => Ok(Self::Normal),
            "sparse" => Ok(Self::Sparse),
            "dense" => Ok(Self::Dense),
            "dirty" => Ok(Self::Dirty),
            "clean" => Ok(Self::Clean),
            _ => Err(format!("{text} is none of normal, sparse, dense, dirty, clean")),
        }
    }
}

impl Density {
    /// One line in so many holds a credential.
    fn one_in(self) -> usize {
        match self {
            Self::Normal | Self::Sparse | Self::Dense => 10_000,
            Self::Dirty => 10,
            Self::Clean => usize::MAX,
        }
    }
}

const CREDENTIALS: &[&str] = &[
    "config loaded device_id={device_id} device_secret_key={alnum:32}",
    "issuer ready secret_key_id={alnum:40} ttl=300",
    "starting with license={license}",
    "GET /player?app_id=7&device_id={device_id}&token={mint:tirtc} 200",
    "Authorization: Bearer {mint:tirtc}",
    "login sdkAppId={sdkappid} userSig={mint:usersig}",
    "sdkAppID={sdkappid} sdkSecretKey={hex:64} expire=604800",
    r#"grant {\"device_id\":\"{device_id}\",\"pair_key\":\"{alnum:32}\"}"#,
];

const NORMAL: &[&str] = &[
    "token accepted, refresh in 240 s",
    "license server answered, license valid",
    "secret rotation not due",
    "GET /v1.2/devices/list 200",
    "token bucket refilled: 4096 tokens",
    "component v1.2.3 started",
    "could not refresh token: context deadline exceeded",
    "loaded secret bundle version v1.20.0",
    "license check skipped for internal caller",
    "POST /api/v1.1/token/refresh 201",
];

const SPARSE: &[&str] = &[
    "queue drained, no jobs left",
    "heartbeat from worker accepted",
    "cache warmed after restart",
    "connection pool resized",
    "request served from replica",
    "compaction finished without errors",
];

const DENSE: &[&str] = &[
    "device_secret_key loaded, length 32",
    "secret_key=<redacted> license=ab****yz",
    "TIRTC_SECRET_KEY_ID is set",
    "no device_secret_key for this device, usersig required",
    "secretKey: ******** sdkAppId missing",
    "token v1.<payload>.<signature> refused",
];

const SERVICES: &[&str] = &["gateway", "issuer", "billing", "presence", "signal", "recorder", "catalog"];
const LEVELS: &[&str] = &["info", "info", "info", "debug", "debug", "warn", "error"];
const PATHS: &[&str] = &["devices", "sessions", "rooms", "streams", "users", "licenses", "tokens"];

/// Writes `mib` MiB of log, whole lines only.
pub(crate) fn write(file: &Path, mib: usize, density: Density) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    let mut rng = Prng::from_text(&format!("log {density:?}"));
    let (mut size, mut line) = (0, Vec::with_capacity(1024));
    for number in 1_usize.. {
        line.clear();
        write_line(&mut line, &mut rng, number, density)?;
        size += line.len();
        if size > mib << 20 {
            break;
        }
        out.write_all(&line)?;
    }
    out.flush()
}

fn message(rng: &mut Prng, number: usize, density: Density) -> String {
    let one_in = density.one_in();
    if number.is_multiple_of(one_in) {
        let template = CREDENTIALS[number / one_in % CREDENTIALS.len()];
        return String::from_utf8(expand(template, &number.to_string()).bytes).unwrap_or_default();
    }
    // Of a hundred lines, so many with words of the density's own, and so many with the next thing.
    let die = rng.below(100);
    let of = match density {
        Density::Sparse if die < 97 => SPARSE,
        Density::Sparse => NORMAL,
        Density::Dense if die < 70 => DENSE,
        Density::Dense => NORMAL,
        Density::Normal if die == 0 => DENSE,
        _ if die < 70 => NORMAL,
        _ => SPARSE,
    };
    (*rng.pick(of)).to_owned()
}

fn write_line(out: &mut Vec<u8>, rng: &mut Prng, number: usize, density: Density) -> io::Result<()> {
    let message = message(rng, number, density);
    let (service, level, path) = (*rng.pick(SERVICES), *rng.pick(LEVELS), *rng.pick(PATHS));
    let (ms, second) = (rng.below(900), number / 40);
    let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let time = format!("2027-01-15T{hour:02}:{minute:02}:{second:02}.{ms:03}Z");
    let (trace, user, port) = (rng.hex(32), rng.below(1_000_000), 1024 + rng.below(60_000));
    match rng.below(3) {
        0 => writeln!(
            out,
            r#"{{"ts":"{time}","level":"{level}","service":"{service}","msg":"{message}","trace_id":"{trace}","user":{user},"url":"https://api.example.org/{path}/{user}?page={ms}","took_ms":{ms},"host":"node-{}.eu-west.example.internal"}}"#,
            user % 64
        ),
        1 => writeln!(
            out,
            r#"ts={time} level={level} service={service} msg="{message}" trace={trace} span={} user={user} peer=10.0.{}.{}:{port} took={ms}ms host=node-{}.eu-west.example.internal"#,
            rng.hex(16),
            user % 256,
            ms % 256,
            user % 64
        ),
        _ => writeln!(
            out,
            "{time} {:5} [{service}-{}] {message} request={}-{}-4{}-a{}-{} path=/{path}/{user} bytes={port} took {ms} ms agent=\"curl/8.5.0 (x86_64-pc-linux-gnu)\"",
            level.to_uppercase(),
            user % 64,
            rng.hex(8),
            rng.hex(4),
            rng.hex(3),
            rng.hex(3),
            rng.hex(12)
        ),
    }
}
