//! `scrubjay token sign`.

use std::path::Path;

use scrubjay::token::usersig::{self, Privileges, Room};
use scrubjay::token::usersig_legacy::PrivateKey;
use scrubjay::token::{Refusal, tirtc};
use scrubjay::{Error, Result};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::args::{SignLegacy, SignScheme, SignTirtc, SignUserSig, Signing, User};
use super::reading::read_text;
use super::secrets::{Given, missing_device};
use super::showing::clock;

pub(super) fn run(scheme: SignScheme) -> Result<Answer> {
    match scheme {
        SignScheme::Tirtc(args) => sign_tirtc(&args),
        SignScheme::Usersig(args) => sign_usersig(&args),
        SignScheme::UsersigLegacy(args) => sign_legacy(&args),
    }
}

fn sign_tirtc(args: &SignTirtc) -> Result<Answer> {
    args.stray.refuse()?;
    let grant = tirtc::Grant::new(&args.access_id, &args.subject, &args.remote_id, clock(args.issued_at))?;
    let mut grant = match args.allow_long_ttl {
        true => grant.long_lived(args.ttl)?,
        false => grant.ttl(args.ttl).map_err(|error| long_ttl(&error))?,
    };
    if let Some(nonce) = &args.nonce {
        grant = grant.nonce(nonce)?;
    }
    let given = Given::read(args.keys.secrets_fd)?;
    let app = given.secret_key(&args.keys.files)?;
    let keys = match args.scheme {
        Signing::AppOnly => tirtc::Keys::app_only(&app),
        Signing::DeviceThenApp => {
            let (device, owner) = given.device(&args.keys.files)?.ok_or_else(missing_device)?;
            let wanted = args.remote_id.strip_prefix(tirtc::DEVICE_PREFIX).unwrap_or(&args.remote_id);
            if owner.is_some_and(|owner| owner != wanted) {
                let what = Refusal::Mismatch("license");
                return Err(Error::invalid(format!("{what}: it is for another device than --remote-id")));
            }
            tirtc::Keys::device_then_app(&device, &app)
        }
    };
    let token = keys.sign(&grant)?;
    Ok(answer(token.expose(), Vec::new()))
}

fn sign_usersig(args: &SignUserSig) -> Result<Answer> {
    args.stray.refuse()?;
    let mut grant = grant(&args.user)?;
    let room = args.room.map(Room::Number).or_else(|| args.room_name.clone().map(Room::Name));
    match (room, &args.privileges) {
        (Some(_), _) if args.user.userbuf_file.is_some() => {
            return Err(Error::invalid(
                "a room and --userbuf-file exclude each other: both are `TLS.userbuf`",
            ));
        }
        (Some(room), list) => {
            grant = grant.room(room, list.as_deref().map_or(Ok(Privileges::ALL), Privileges::parse)?)?;
        }
        (None, Some(_)) => return Err(Error::invalid("--privileges needs --room or --room-name")),
        (None, None) => {}
    }
    let mut notes = Vec::new();
    let token = usersig::Key::new(&args.key.read(&mut notes)?).sign(&grant)?;
    Ok(answer(token.expose(), notes))
}

fn sign_legacy(args: &SignLegacy) -> Result<Answer> {
    args.stray.refuse()?;
    let grant = grant(&args.user)?;
    let pem = read_text(Some(&args.key_file))?;
    let key = PrivateKey::from_pem(&pem).map_err(|error| error.at_path(&args.key_file))?;
    let mut notes = Vec::new();
    if key.is_sample() {
        notes.push("note: this private key is published with the vendor's samples".to_owned());
    }
    let token = key.sign(&grant)?;
    Ok(answer(token.expose(), notes))
}

fn grant(user: &User) -> Result<usersig::Grant> {
    let new = if user.chat_user_id { usersig::Grant::for_chat } else { usersig::Grant::new };
    let grant = new(user.sdk_app_id, user.user_id.clone(), clock(user.issued_at))?.expire(user.expire)?;
    match &user.userbuf_file {
        Some(path) => grant.buffer(read_buffer(path)?).map_err(|error| error.at_path(path)),
        None => Ok(grant),
    }
}

/// The bytes of a file as they are.
fn read_buffer(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::from(error).at_path(path))
}

fn long_ttl(error: &Error) -> Error {
    Error::invalid(format!("{} (--allow-long-ttl)", error.message()))
}

fn answer(token: &str, notes: Vec<String>) -> Answer {
    let mut text = Zeroizing::new(String::with_capacity(token.len() + 1));
    text.push_str(token);
    text.push('\n');
    Answer { text, notes, valid: true }
}
