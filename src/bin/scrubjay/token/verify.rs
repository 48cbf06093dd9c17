//! `scrubjay token verify`: valid, or the check that failed.

use scrubjay::token::usersig::Room;
use scrubjay::token::usersig_legacy::PublicKey;
use scrubjay::token::{Claims, Refusal, tirtc, usersig, usersig_legacy};
use scrubjay::{Error, Result};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::args::{Format, Signing, VerifyArgs};
use super::inspect;
use super::reading::read_text;
use super::secrets::{Given, missing_device};
use super::showing::{clock, instant, json_claims, json_text, shown};

pub(super) fn run(args: &VerifyArgs) -> Result<Answer> {
    args.stray.refuse()?;
    if args.secrets_fd == Some(0) && args.input.token_file.is_none() {
        return Err(Error::invalid("--secrets-fd 0 needs --token-file: standard input is the token"));
    }
    let token = read_text(args.input.token_file.as_deref())?;
    let now = clock(args.input.now);
    let mut notes = Vec::new();
    let outcome = match scheme(&token) {
        Some(name) if name == tirtc::SCHEME.name => verify_tirtc(args, &token, now, &mut notes)?,
        Some(name) if name == usersig::SCHEME.name => verify_usersig(args, &token, now, &mut notes)?,
        Some(_) => verify_legacy(args, &token, now)?,
        None => {
            let what = if token.is_empty() { EMPTY } else { NEITHER };
            Outcome { scheme: None, signing: None, result: Err(Refusal::Malformed(what)) }
        }
    };
    let text = match args.format {
        Format::Human => outcome.human(),
        Format::Json => outcome.json(),
    };
    Ok(Answer { text: Zeroizing::new(text), notes, valid: outcome.result.is_ok() })
}

const NEITHER: &str = "neither a connect token nor a UserSig; `scrubjay token inspect` looks closer";
const EMPTY: &str = "it is empty";

/// The scheme that it seems to be of; whether it is a token is for the verifier to say.
fn scheme(token: &str) -> Option<&'static str> {
    if token.starts_with("v1.") {
        return Some(tirtc::SCHEME.name);
    }
    inspect::decode(token.as_bytes()).map(|(scheme, _)| scheme.name)
}

struct Outcome {
    scheme: Option<&'static str>,
    signing: Option<&'static str>,
    result: Result<Claims, Refusal>,
}

impl Outcome {
    /// The codes with which the platform answers; TiRTC has none of its own for this.
    fn platform_codes(&self) -> &'static [i32] {
        match &self.result {
            Err(Refusal::Malformed(EMPTY)) => &[70002, -3320],
            Err(refusal) if self.scheme != Some(tirtc::SCHEME.name) => refusal.platform_codes(),
            _ => &[],
        }
    }

    fn human(&self) -> String {
        let claims = match &self.result {
            Ok(claims) => claims,
            Err(refusal) => {
                let codes = self.platform_codes();
                let listed = codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                let answer = codes.first().map_or_else(String::new, |first| {
                    format!("the platform answers {listed}; `scrubjay token explain {first}` tells more\n")
                });
                return format!("not valid: {refusal}\n{answer}");
            }
        };
        let claims = claims.masked();
        let mut out = format!("valid: {}", self.scheme.unwrap_or_default());
        if let Some(signing) = self.signing {
            out.push_str(&format!(", signed {signing}"));
        }
        for (what, claim) in [("for", &claims.subject), ("scope", &claims.scope)] {
            if let Some(claim) = claim {
                out.push_str(&format!(", {what} {}", shown(claim)));
            }
        }
        if let Some(end) = claims.expires_at {
            out.push_str(&format!(", until {}", instant(end)));
        }
        out.push('\n');
        out
    }

    fn json(&self) -> String {
        let refusal = self.result.as_ref().err();
        let document = serde_json::json!({
            "schema": "scrubjay-token/1",
            "scheme": json_text(self.scheme),
            "signing": json_text(self.signing),
            "valid": self.result.is_ok(),
            "status": refusal.map_or("valid", |refusal| refusal.code()),
            "message": json_text(refusal.map(ToString::to_string).as_deref()),
            "platform_codes": self.platform_codes(),
            "claims": self.result.as_ref().map_or(serde_json::Value::Null, json_claims),
        });
        format!("{document}\n")
    }
}

fn verify_tirtc(args: &VerifyArgs, token: &str, now: i64, notes: &mut Vec<String>) -> Result<Outcome> {
    let scheme = Some(tirtc::SCHEME.name);
    let stranger =
        [args.sdk_app_id.is_some(), args.user_id.is_some(), args.room.is_some() || args.room_name.is_some()];
    let names = ["sdk_app_id", "user_id", "room"];
    if let Some((_, name)) = stranger.iter().zip(names).find(|(given, _)| **given) {
        return Ok(Outcome { scheme, signing: None, result: Err(Refusal::Mismatch(name)) });
    }
    let given = Given::read(args.secrets_fd)?;
    let app = given.secret_key(&args.tirtc)?;
    let device = given.device(&args.tirtc)?;
    if args.scheme == Some(Signing::DeviceThenApp) && device.is_none() {
        return Err(missing_device());
    }
    let owner = device.as_ref().and_then(|(_, owner)| owner.as_deref());
    let expect = tirtc::Expect {
        // A license is for one device, so a token for another is none of its.
        remote_id: args.remote_id.as_deref().or(owner),
        subject: args.subject.as_deref(),
        access_id: args.access_id.as_deref(),
    };
    let mut keys = Vec::new();
    if let (Some((key, _)), None | Some(Signing::DeviceThenApp)) = (&device, args.scheme) {
        keys.push((tirtc::Signing::DeviceThenApp, tirtc::Keys::device_then_app(key, &app)));
    }
    if args.scheme != Some(Signing::DeviceThenApp) {
        keys.push((tirtc::Signing::AppOnly, tirtc::Keys::app_only(&app)));
    }
    let mut result = Err(Refusal::Signature);
    let mut signing = None;
    for (way, keys) in keys {
        result = keys.verify(token, &expect, now);
        if result != Err(Refusal::Signature) {
            signing = Some(way.name());
            break;
        }
    }
    if result == Err(Refusal::Signature) && device.is_none() && args.scheme.is_none() {
        notes.push("note: no device secret was given, so only app-only signing was tried".to_owned());
    }
    Ok(Outcome { scheme, signing, result })
}

fn verify_usersig(args: &VerifyArgs, token: &str, now: i64, notes: &mut Vec<String>) -> Result<Outcome> {
    let scheme = Some(usersig::SCHEME.name);
    if let Some(refusal) = tirtc_claim(args) {
        return Ok(Outcome { scheme, signing: None, result: Err(refusal) });
    }
    let given = Given::read(args.secrets_fd)?;
    let key = given.sdk_secret_key(args.sdk_secret_key_file.as_deref(), notes)?;
    let room = room(args);
    let result = usersig::Key::new(&key).verify(token, &expect(args, room.as_ref()), now);
    Ok(Outcome { scheme, signing: None, result })
}

fn verify_legacy(args: &VerifyArgs, token: &str, now: i64) -> Result<Outcome> {
    let scheme = Some(usersig_legacy::SCHEME.name);
    if let Some(refusal) = tirtc_claim(args) {
        return Ok(Outcome { scheme, signing: None, result: Err(refusal) });
    }
    let path = args.key_file.as_deref();
    let path =
        path.ok_or_else(|| Error::invalid("a legacy UserSig needs its public or private key: --key-file"))?;
    let key = PublicKey::from_pem(&read_text(Some(path))?).map_err(|error| error.at_path(path))?;
    let room = room(args);
    let result = key.verify(token, &expect(args, room.as_ref()), now);
    Ok(Outcome { scheme, signing: None, result })
}

/// What only a TiRTC token could hold.
fn tirtc_claim(args: &VerifyArgs) -> Option<Refusal> {
    let given = [("remote_id", args.remote_id.is_some()), ("access_id", args.access_id.is_some())];
    given.into_iter().find(|(_, given)| *given).map(|(name, _)| Refusal::Mismatch(name))
}

fn room(args: &VerifyArgs) -> Option<Room> {
    args.room.map(Room::Number).or_else(|| args.room_name.clone().map(Room::Name))
}

fn expect<'a>(args: &'a VerifyArgs, room: Option<&'a Room>) -> usersig::Expect<'a> {
    usersig::Expect {
        sdk_app_id: args.sdk_app_id,
        user_id: args.user_id.as_deref().or(args.subject.as_deref()),
        room,
    }
}
