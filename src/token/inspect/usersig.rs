//! What a server refuses in the document of a UserSig, of either version.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::claims::{Claims, Type, signature_problem};
use super::expected::Expected;
use super::open::Opened;
use super::problem::{Problem, UNREADABLE};
use crate::token::homemade::Field;
use crate::token::json::Object;
use crate::token::room::PrivateMap;
use crate::token::usersig_legacy;

/// What the platform answers to a UserSig that is over.
const EXPIRED: &[i32] = &[70001, 6206, -100_018];
const OTHER_USER: &[i32] = &[70013, -100_018];
const OTHER_APP: &[i32] = &[70014, -100_018];
const BAD_USER: &[i32] = &[7003, -3319];
const BAD_APP: &[i32] = &[70020, -3317];
const BAD_SIGNATURE: &[i32] = &[70009, -100_018];
const BAD_ROOM: &[i32] = &[-100_006];

/// A duration from here on is a point in time.
const POINT_IN_TIME: i64 = 1_262_304_000;

/// The user ids that every product of the platform takes have at most so many bytes.
const MAX_USER_ID: usize = 32;

/// The names of the fields in one of the versions.
struct Names {
    identifier: &'static str,
    app: &'static str,
    time: &'static str,
    expire: &'static str,
    number: Type,
}

const V2: Names = Names {
    identifier: "TLS.identifier",
    app: "TLS.sdkappid",
    time: "TLS.time",
    expire: "TLS.expire",
    number: Type::Number,
};

/// Every value of the first version is a string.
const LEGACY: Names = Names {
    identifier: "TLS.identifier",
    app: "TLS.sdk_appid",
    time: "TLS.time",
    expire: "TLS.expire_after",
    number: Type::Text,
};

/// Adds what a server refuses to `problems`.
pub(super) fn judge(opened: &Opened<'_>, expected: &Expected<'_>, problems: &mut Vec<Problem>) {
    let Some(object) = Object::read(&opened.document) else { return };
    let is_whole = object.length.is_some();
    let is_legacy = opened.scheme.name == usersig_legacy::SCHEME.name;
    let names = if is_legacy { &LEGACY } else { &V2 };
    let mut claims = Claims { object: &object, problems, unreadable: UNREADABLE, is_whole };
    if !is_legacy {
        version(&mut claims);
    }
    check(&mut claims, names.identifier, Type::Text, Field::Identifier);
    check(&mut claims, names.app, names.number, Field::App);
    let has_expire = check(&mut claims, names.expire, names.number, Field::Expire);
    let has_time = check(&mut claims, names.time, names.number, Field::Time);
    let has_signature = check(&mut claims, "TLS.sig", Type::Text, Field::Signature);
    user(&mut claims, expected);
    app(&mut claims, names, expected);
    if has_signature && !is_legacy {
        signature(&mut claims);
    }
    room(&mut claims);
    if is_whole {
        life(&mut claims, names, expected.now, has_time && has_expire);
    }
}

/// A claim of its type, under its name or, by mistake, under another one.
fn check(claims: &mut Claims<'_, '_>, name: &'static str, wanted: Type, field: Field) -> bool {
    let mut names = claims.object.entries().map(|(name, _)| name);
    let other = names.find(|other| other != name && Field::of(other) == Some(field));
    claims.check(name, wanted, other.as_deref())
}

fn version(claims: &mut Claims<'_, '_>) {
    if check(claims, "TLS.ver", Type::Text, Field::Version)
        && claims.object.text("TLS.ver").is_some_and(|version| version != "2.0")
    {
        let message = "`TLS.ver` is another version; the platform wants \"2.0\"";
        claims.add("version", "TLS.ver", message, "write \"2.0\"", UNREADABLE);
    }
}

fn user(claims: &mut Claims<'_, '_>, expected: &Expected<'_>) {
    const NAME: &str = "TLS.identifier";
    let Some(user) = claims.object.text_or_digits(NAME) else { return };
    let is_printable = user.bytes().all(|b| matches!(b, b' '..=b'~'));
    let what = match user.len() {
        0 => Some("is empty"),
        _ if !is_printable => Some("holds something besides printable ASCII"),
        length if length > MAX_USER_ID => Some("is longer than 32 bytes"),
        _ => None,
    };
    if let Some(what) = what {
        let cure = "take 1 to 32 of a-z, A-Z, 0-9, `_` and `-`";
        claims.add("user_id", NAME, format!("`{NAME}` {what}"), cure, BAD_USER);
    }
    if expected.user_id.is_some_and(|wanted| wanted != user) {
        let cure = "give the client its user id together with its token";
        claims.add("user_id_mismatch", NAME, "it is for another user", cure, OTHER_USER);
    }
}

fn app(claims: &mut Claims<'_, '_>, names: &Names, expected: &Expected<'_>) {
    let Some(digits) = claims.object.text_or_digits(names.app) else { return };
    let cure = "take the SDKAppID from the console, as a number";
    let Some(app) = digits.trim().parse::<u32>().ok().filter(|app| *app > 0) else {
        let message = format!("`{}` is no number from 1 to 4294967295", names.app);
        return claims.add("claim_value", names.app, message, cure, BAD_APP);
    };
    if let Some(wanted) = expected.sdk_app_id.filter(|wanted| *wanted != app) {
        let message = format!("it is for the application {app}, not for {wanted}");
        let cure = "give the client its SDKAppID together with its token; test and production may be mixed";
        claims.add("sdk_app_id_mismatch", names.app, message, cure, OTHER_APP);
    }
}

fn signature(claims: &mut Claims<'_, '_>) {
    const NAME: &str = "TLS.sig";
    let Some(text) = claims.object.text(NAME) else { return };
    let text = Zeroizing::new(text.into_owned());
    let cure = "write the 32 bytes of HMAC-SHA256 in padded standard base64: 44 characters";
    let digits = text.trim_end_matches(['=', '_']);
    if let Some((code, message)) = signature_problem(digits) {
        return claims.add(code, NAME, message, cure, BAD_SIGNATURE);
    }
    if !matches!(STANDARD.decode(text.as_bytes()).map(Zeroizing::new), Ok(bytes) if bytes.len() == 32) {
        let message =
            "the signature is not in padded standard base64; inside the document that alphabet stays";
        claims.add("signature_encoding", NAME, message, cure, BAD_SIGNATURE);
    }
}

/// A buffer, and the room permission in it, which has to be for the same user and application.
fn room(claims: &mut Claims<'_, '_>) {
    const NAME: &str = "TLS.userbuf";
    if claims.object.get(NAME).is_none() || !claims.check(NAME, Type::Text, None) {
        return;
    }
    let text = claims.object.text(NAME).unwrap_or_default();
    let Ok(buffer) = STANDARD.decode(text.as_bytes()) else {
        let cure = "write the buffer in padded standard base64";
        return claims.add(
            "claim_value",
            NAME,
            "`TLS.userbuf` is not in padded standard base64",
            cure,
            BAD_ROOM,
        );
    };
    let Some(map) = PrivateMap::decode(&buffer) else { return };
    let user = claims.object.text_or_digits("TLS.identifier");
    let app = claims.object.seconds("TLS.sdkappid").map(|s| s.whole);
    let is_other = user.is_some_and(|user| user != map.account)
        || app.is_some_and(|app| app != i64::from(map.sdk_app_id));
    if is_other {
        let cure = "make the buffer for the user and the application that the token names";
        claims.add(
            "room_mismatch",
            NAME,
            "its room permission is for another user or application",
            cure,
            BAD_ROOM,
        );
    }
}

/// From when to when it lives.
fn life(claims: &mut Claims<'_, '_>, names: &Names, now: i64, is_typed: bool) {
    let (time, expire) = (claims.seconds(names.time), claims.seconds(names.expire));
    let in_milliseconds = claims.is_in_milliseconds(names.time, UNREADABLE);
    let Some(expire) = expire else { return };
    if expire <= 0 {
        let message = format!("`{}` is {expire}: its life is over before it begins", names.expire);
        return claims.add("claim_value", names.expire, message, "write the life in seconds", EXPIRED);
    }
    if expire >= POINT_IN_TIME {
        let message = format!("`{}` is a point in time; the platform wants a life in seconds", names.expire);
        let cure = "write the seconds from TLS.time on, such as 86400 for a day";
        return claims.add("expire_is_a_time", names.expire, message, cure, UNREADABLE);
    }
    let Some(time) = time.filter(|_| !in_milliseconds) else { return };
    let end = time.saturating_add(expire);
    if now > end {
        let cure = "sign a new one shortly before it is used";
        let message = if is_typed { "it has expired" } else { "as far as it can be read, it has expired" };
        claims.add("expired", names.expire, message, cure, EXPIRED);
    } else if time > now {
        let cure = "set the clock of the signer, or compare with the right --now";
        claims.add("not_yet_valid", names.time, "it was signed in the future", cure, &[]);
    }
}
