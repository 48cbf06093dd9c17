//! `scrubjay token inspect`: what tokens say, what a server refuses them for and what is weak about them,
//! without any key.

use scrubjay::finding::Status;
use scrubjay::text::mask_runs;
use scrubjay::token::inspect::{Expected, Inspection, Problem, inspect};
use scrubjay::token::{Claims, SCHEMES, Scheme, Token, tirtc, usersig, usersig_legacy};
use scrubjay::{Error, Result};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::args::{Format, InspectArgs};
use super::reading::read_bytes;
use super::showing::{clock, instant, json_claims, shown};

/// A UserSig that lives longer than the week of the vendor's demos is called weak.
const LONG_USERSIG: i64 = 7 * 86_400;

/// A nonce of 128 bits has this many characters in base64url.
const NONCE_CHARS: usize = 22;

pub(super) fn run(args: &InspectArgs) -> Result<Answer> {
    args.stray.refuse()?;
    let input = read_bytes(args.input.token_file.as_deref(), MAX_TEXT)?;
    let now = clock(args.input.now);
    let expected = Expected {
        now,
        sdk_app_id: args.sdk_app_id,
        user_id: args.user_id.as_deref(),
        remote_id: args.remote_id.as_deref(),
        access_id: args.access_id.as_deref(),
    };
    let found = inspect(&input, &expected);
    if found.is_empty() {
        return Err(nothing(&input));
    }
    let mut text = Zeroizing::new(String::new());
    let is_alone = found.len() == 1;
    for (index, inspection) in found.iter().enumerate() {
        let Inspection { scheme, token, .. } = inspection;
        let (status, weaknesses) = (status(scheme, token, now), weaknesses(scheme, token));
        let seen = Seen { inspection, number: index + 1, status, weaknesses, now };
        match args.format {
            Format::Human if is_alone => text.push_str(&seen.human(&format!("{}\n", title(scheme)))),
            Format::Human => {
                let gap = if index > 0 { "\n" } else { "" };
                let line = inspection.line;
                text.push_str(&seen.human(&format!("{gap}{}. line {line}: {}\n", index + 1, title(scheme))));
            }
            Format::Json => text.push_str(&seen.json()),
        }
    }
    Ok(Answer { text, notes: Vec::new(), valid: true })
}

/// The most that is read of a text with tokens in it, in bytes.
const MAX_TEXT: u64 = 16 * 1024 * 1024;

/// What to say where there is no token.
fn nothing(input: &[u8]) -> Error {
    let text = input.trim_ascii();
    let has = |word: &[u8]| text.windows(word.len()).any(|w| w == word);
    Error::invalid(if text.is_empty() {
        "no token found in the input: it is empty; a platform answers an empty UserSig with 70002"
    } else if has(b"***") || has("…".as_bytes()) || has(b"...") {
        "no token found in the input: what looks like one is masked or shortened; give it as it was signed"
    } else {
        "no token found in the input: expected a connect token (`v1.<payload>.<signature>`), a UserSig (`eJ…`, \
         `eAE…`) or its document, alone or within any text; nothing in the input decodes to one"
    })
}

/// The token that the text begins with.
pub(super) fn decode(text: &[u8]) -> Option<(&'static Scheme, Token)> {
    let coded = SCHEMES.iter().find_map(|scheme| Some((scheme, (scheme.decode)(text)?)));
    coded.or_else(|| usersig_legacy::decode_json(text))
}

fn status(scheme: &Scheme, token: &Token, now: i64) -> Status {
    if token.truncated { Status::Truncated } else { (scheme.status)(&token.claims, now) }
}

struct Seen<'i> {
    inspection: &'i Inspection,
    number: usize,
    status: Status,
    weaknesses: Vec<(&'static str, &'static str)>,
    now: i64,
}

impl Seen<'_> {
    fn human(&self, title: &str) -> String {
        let claims = &self.inspection.token.claims;
        let mut out = title.to_owned();
        let mut line = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                out.push_str(&format!("  {name:<11} {value}\n"));
            }
        };
        let left = self.left(claims).map(|left| format!(", {left}")).unwrap_or_default();
        line("status", Some(format!("{}{left}", self.status.name().replace('_', " "))));
        let claims = claims.masked();
        line("subject", claims.subject.as_deref().map(shown));
        line("scope", claims.scope.as_deref().map(shown));
        line("remote id", claims.remote_id.as_deref().map(shown));
        line("issuer", claims.issuer.as_deref().map(shown));
        line("sdk app id", claims.sdk_app_id.map(|id| id.to_string()));
        line("issued at", claims.issued_at.map(instant));
        line("expires at", claims.expires_at.map(instant));
        line("nonce", claims.nonce.as_deref().map(shown));
        let problems = &self.inspection.problems;
        if !problems.is_empty() {
            out.push_str("a server refuses this\n");
        }
        for problem in problems {
            out.push_str(&format!("  - {} [{}]\n", shown(&mask_runs(&problem.message)), problem.code));
            out.push_str(&format!("    cure: {}\n", problem.cure));
            if !problem.platform_codes.is_empty() {
                let codes = problem.platform_codes.iter().map(ToString::to_string).collect::<Vec<_>>();
                out.push_str(&format!("    platform: {}\n", codes.join(", ")));
            }
        }
        if !self.weaknesses.is_empty() {
            out.push_str("weaknesses\n");
        }
        for (_, message) in &self.weaknesses {
            out.push_str(&format!("  - {message}\n"));
        }
        out
    }

    fn json(&self) -> String {
        let token = &self.inspection.token;
        let weaknesses: Vec<_> = self
            .weaknesses
            .iter()
            .map(|(id, message)| serde_json::json!({ "id": id, "message": message }))
            .collect();
        let left = (self.status == Status::Active)
            .then(|| token.claims.expires_at.and_then(|end| end.checked_sub(self.now)))
            .flatten();
        let problem = |problem: &Problem| {
            serde_json::json!({
                "code": problem.code,
                "claim": problem.claim,
                "message": mask_runs(&problem.message),
                "cure": problem.cure,
                "platform_codes": problem.platform_codes,
            })
        };
        let document = serde_json::json!({
            "schema": "scrubjay-token/1",
            "number": self.number,
            "line": self.inspection.line,
            "scheme": self.inspection.scheme.name,
            "status": self.status.name(),
            "seconds_left": left,
            "now": self.now,
            "truncated": token.truncated,
            "sample": is_sample(self.inspection.scheme, token),
            "claims": json_claims(&token.claims),
            "problems": self.inspection.problems.iter().map(problem).collect::<Vec<_>>(),
            "weaknesses": weaknesses,
        });
        format!("{document}\n")
    }

    /// How long it lives, or for how long it is dead.
    fn left(&self, claims: &Claims) -> Option<String> {
        let end = claims.expires_at?;
        match self.status {
            Status::Active => Some(format!("{} left", duration(end.checked_sub(self.now)?))),
            Status::Expired => Some(format!("{} ago", duration(self.now.checked_sub(end)?))),
            Status::NotYetValid => {
                Some(format!("{} to go", duration(claims.issued_at?.checked_sub(self.now)?)))
            }
            Status::NeverExpires | Status::Truncated => None,
        }
    }
}

fn title(scheme: &Scheme) -> &'static str {
    match scheme.name {
        name if name == tirtc::SCHEME.name => "TiRTC connect token (tirtc-v1)",
        name if name == usersig::SCHEME.name => "TRTC UserSig (usersig-v2)",
        _ => "TRTC UserSig of the first version (usersig-legacy)",
    }
}

fn weaknesses(scheme: &Scheme, token: &Token) -> Vec<(&'static str, &'static str)> {
    let claims = &token.claims;
    let mut found = Vec::new();
    if is_sample(scheme, token) {
        found.push(("sample", "signed with, or copied from, a published sample: anybody can make it"));
    }
    if scheme.name == usersig_legacy::SCHEME.name {
        found.push(("legacy", "the first version of UserSig; move the application to HMAC-SHA256"));
    }
    if matches!(claims.subject.as_deref(), Some("administrator" | "admin")) && claims.issuer.is_none() {
        found.push(("admin_identifier", "its user is an administrator: it drives the whole REST API"));
    }
    if token.truncated {
        return found;
    }
    let life = claims.expires_at.zip(claims.issued_at).and_then(|(end, start)| end.checked_sub(start));
    if claims.expires_at.is_none() {
        found.push(("no_expiry", "it has no expiry that can be used"));
    }
    if scheme.name == tirtc::SCHEME.name {
        if life.is_some_and(|life| life > tirtc::MAX_TTL) {
            found.push(("ttl_too_long", "it lives longer than 86400 seconds; 300 are enough to connect"));
        }
        if claims.issued_at.is_none() {
            found.push(("no_issue_time", "it does not say when it was issued"));
        }
        match claims.nonce.as_deref().map_or(0, str::len) {
            0 => found.push(("nonce_missing", "it has no nonce: it can be replayed")),
            length if length < NONCE_CHARS => {
                found.push(("nonce_short", "its nonce has less than 22 characters, so less than 128 bits"));
            }
            _ => {}
        }
    } else if life.is_some_and(|life| life > LONG_USERSIG) {
        found.push(("ttl_too_long", "it lives longer than 7 days and can not be revoked alone"));
    }
    found
}

fn is_sample(scheme: &Scheme, token: &Token) -> bool {
    token.sample || (scheme.name == tirtc::SCHEME.name && tirtc::is_sample(token))
}

/// The two largest units of a span of seconds.
fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if rest >= size {
            parts.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    match parts.is_empty() {
        true => "0 s".to_owned(),
        false => parts[..parts.len().min(2)].join(" "),
    }
}
