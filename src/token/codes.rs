//! The error codes with which the platforms answer a token, as data: what each means, why it comes, what helps.
//!
//! Sources: "Error Codes" of the Chat and the TRTC documentation, "Common Error Codes" of the REST API, and the
//! header of the TiRTC SDK. Only codes that have to do with a token or with whom it is for.

/// An error code of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformCode {
    /// The number, with its sign.
    pub code: i32,
    /// Who answers with it.
    pub platform: &'static str,
    /// What it means, in a few words.
    pub meaning: &'static str,
    /// Why it comes.
    pub cause: &'static str,
    /// What helps.
    pub cure: &'static str,
}

/// The row of a code.
///
/// ```
/// use scrubjay::token::codes;
/// assert_eq!(codes::find(70001).unwrap().meaning, "the UserSig has expired");
/// assert!(codes::find(1).is_none());
/// ```
pub fn find(code: i32) -> Option<&'static PlatformCode> {
    CODES.iter().find(|row| row.code == code)
}

/// The codes that are nearest to a number, at most `most` of them, the nearest first.
pub fn nearest(code: i64, most: usize) -> Vec<&'static PlatformCode> {
    let mut rows: Vec<_> = CODES.iter().collect();
    rows.sort_by_key(|row| (i64::from(row.code).abs_diff(code), row.code));
    rows.truncate(most);
    rows
}

const CHAT: &str = "Chat and TRTC, account service";
const CHAT_SDK: &str = "Chat SDK";
const TRTC_SDK: &str = "TRTC SDK";
const REST: &str = "Chat REST API";
const TIRTC_SDK: &str = "TiRTC SDK";

const fn row(
    code: i32,
    platform: &'static str,
    meaning: &'static str,
    cause: &'static str,
    cure: &'static str,
) -> PlatformCode {
    PlatformCode { code, platform, meaning, cause, cure }
}

/// Every code, in the order of the platforms and of the numbers.
pub const CODES: &[PlatformCode] = &[
    row(
        70001,
        CHAT,
        "the UserSig has expired",
        "TLS.time + TLS.expire is over. Right after signing: TLS.expire is 0 or far too small, TLS.time is not in seconds, or the signer's clock is wrong.",
        "Sign a new one shortly before it is used, with TLS.expire in seconds (86400 is a day); set the signer's clock by the network.",
    ),
    row(
        70002,
        CHAT,
        "the UserSig is empty",
        "The client logged in before its server had answered, or read another field of the answer.",
        "Log in only once the UserSig is there; compare the field's name with what the server sends.",
    ),
    row(
        70003,
        CHAT,
        "the UserSig cannot be read",
        "It was cut off by a buffer, a column or a log line, changed on its way (`+` became a space, percent-encoded twice), or written by a signer that does not deflate, does not use the platform's base64 or writes numbers as strings.",
        "Look at it with `scrubjay token inspect`, which names what is wrong; make the buffer or the column longer; sign with the official generator or with `scrubjay token sign usersig`.",
    ),
    row(
        70005,
        CHAT,
        "the UserSig is not valid",
        "As 70003: what arrived is not what a signer writes.",
        "Look at it with `scrubjay token inspect`; sign with the official generator.",
    ),
    row(
        70009,
        CHAT,
        "the signature does not belong to this application",
        "It was signed with the key of another SDKAppID, with a key that was replaced since, with a key that was decoded from hex (its 64 characters are the key as they are), or over other values than it carries.",
        "Compare the SDKAppID and the SDKSecretKey with the console, side by side; check with `scrubjay token verify --sdk-app-id N`, which needs the key alone.",
    ),
    row(
        70013,
        CHAT,
        "it is for another user",
        "The UserID of the login is not the TLS.identifier that was signed: another case, white space, a number for a string, or a UserSig of somebody else from a cache.",
        "Give the client its UserID together with the UserSig, from the same answer.",
    ),
    row(
        70014,
        CHAT,
        "it is for another application",
        "The SDKAppID of the client is not the TLS.sdkappid that was signed: test and production are mixed.",
        "Give the client its SDKAppID together with the UserSig, from the same answer.",
    ),
    row(
        70016,
        CHAT,
        "the application has no key there",
        "The application is not in the data centre that was asked, it has no key yet, or it is a legacy application whose public key was never downloaded.",
        "Ask the data centre of the application; look at its key in the console.",
    ),
    row(
        70020,
        CHAT,
        "there is no such application",
        "The SDKAppID is mistyped, deleted, or in another data centre.",
        "Compare the SDKAppID with the console; ask the data centre of the application.",
    ),
    row(
        70050,
        CHAT,
        "too many failed checks",
        "A client tries again and again with a UserSig that is refused.",
        "Stop for a minute, mend what the first refusal said, and let the client give up after some tries.",
    ),
    row(
        70051,
        CHAT,
        "the account is on the block list",
        "The user was blocked in the console or by the REST API.",
        "Take the user off the block list first; the UserSig is not the reason.",
    ),
    row(
        70052,
        CHAT,
        "the UserSig is not valid any more",
        "It was made void before its end: the key was replaced, or the user's login state was invalidated.",
        "Sign a new one with the present key.",
    ),
    row(
        70107,
        CHAT,
        "there is no such user",
        "The account was never imported, or in another application.",
        "Import the account, or compare the SDKAppID and the UserID.",
    ),
    row(
        6014,
        CHAT_SDK,
        "the SDK is not logged in",
        "Something was called before the login had succeeded, or after it ended.",
        "Wait for the login's callback; log in again with a fresh UserSig.",
    ),
    row(
        6017,
        CHAT_SDK,
        "a parameter is not valid",
        "A UserSig or a UserID is null, or of another type.",
        "Look at what is handed to the login: two strings and a number.",
    ),
    row(
        6206,
        CHAT_SDK,
        "the UserSig has expired",
        "What 70001 is on the server: TLS.time + TLS.expire is over, often while the client was asleep.",
        "Fetch a new UserSig from the server and log in again; listen to the SDK's event for an expired UserSig.",
    ),
    row(
        6208,
        CHAT_SDK,
        "another terminal has logged in",
        "The same UserID logged in elsewhere, and the application allows one terminal of a kind.",
        "Log in again where that is wanted, or give each terminal its own UserID; the UserSig is not the reason.",
    ),
    row(
        7002,
        CHAT_SDK,
        "the user is not known to the SDK",
        "The login did not succeed, or the UserID is empty.",
        "Look at the login's own error first.",
    ),
    row(
        7003,
        CHAT_SDK,
        "the UserID is not valid",
        "It is empty, longer than 32 bytes, or holds something besides printable ASCII.",
        "Take 1 to 32 of a-z, A-Z, 0-9, `_` and `-`, which every product of the platform accepts.",
    ),
    row(
        60004,
        REST,
        "account or signature wrong",
        "`identifier` or `usersig` of the request's URL is wrong or was encoded twice.",
        "Check the UserSig with `scrubjay token inspect`; encode it once.",
    ),
    row(
        60005,
        REST,
        "account or signature wrong",
        "As 60004.",
        "Check the UserSig with `scrubjay token inspect`; encode it once.",
    ),
    row(
        60006,
        REST,
        "the SDKAppID is not valid",
        "`sdkappid` of the request's URL is none of the platform's.",
        "Compare it with the console.",
    ),
    row(
        60010,
        REST,
        "only an administrator may do this",
        "The UserSig of the request is for an ordinary user.",
        "Sign it for a user who is an administrator of the application, on the server only: it drives the whole REST API.",
    ),
    row(
        60012,
        REST,
        "the SDKAppID is missing",
        "The request's URL has no `sdkappid`.",
        "Put `sdkappid` into the URL.",
    ),
    row(
        60015,
        REST,
        "an account is of another type",
        "An account in the body is a number.",
        "Write accounts as strings.",
    ),
    row(
        60021,
        REST,
        "the request comes from an address that is not allowed",
        "The application has a list of addresses that may use the REST API.",
        "Call from one of them, or add this one in the console.",
    ),
    row(
        -3316,
        TRTC_SDK,
        "the parameters are missing",
        "The room is entered without parameters.",
        "Hand over TRTCParams with SDKAppID, UserID, UserSig and a room.",
    ),
    row(
        -3317,
        TRTC_SDK,
        "the SDKAppID is missing",
        "`TRTCParams.sdkAppId` is 0.",
        "Set it: the number from the console.",
    ),
    row(
        -3318,
        TRTC_SDK,
        "the room is missing",
        "Neither `roomId` nor `strRoomId` is set, or both are.",
        "Set one of them, the same one for everybody in the room.",
    ),
    row(
        -3319,
        TRTC_SDK,
        "the UserID is missing or not valid",
        "`TRTCParams.userId` is empty, too long, or holds other characters than it may.",
        "Take 1 to 32 of a-z, A-Z, 0-9, `_` and `-`.",
    ),
    row(
        -3320,
        TRTC_SDK,
        "the UserSig is missing or not valid",
        "`TRTCParams.userSig` is empty, or no UserSig at all.",
        "Look at what is handed over with `scrubjay token inspect`.",
    ),
    row(
        -100006,
        TRTC_SDK,
        "the PrivateMapKey was refused",
        "The application demands room permissions, and `privateMapKey` is missing, expired, for another room or user, or does not grant what was asked.",
        "Sign one with `scrubjay token sign usersig --room N` (or --room-name), for this user and this room; or switch the permission off in the console.",
    ),
    row(
        -100013,
        TRTC_SDK,
        "the service is suspended",
        "The package is used up or the account is in arrears.",
        "Look at the package and the balance in the console; the token is not the reason.",
    ),
    row(
        -100018,
        TRTC_SDK,
        "the UserSig was refused",
        "It has expired, is for another user or application, was signed with another key, or cannot be read: what 70001, 70003, 70009, 70013 and 70014 tell apart.",
        "Look at it with `scrubjay token inspect --sdk-app-id N`, then check its signature with `scrubjay token verify`.",
    ),
    row(
        -40003,
        TIRTC_SDK,
        "a parameter is not valid",
        "The token, the peer or the license that was handed over is empty or malformed.",
        "Look at the token with `scrubjay token inspect`.",
    ),
    row(
        -40004,
        TIRTC_SDK,
        "the license of the device is not valid",
        "`<device_id>,<device_secret_key>` is mistyped, of another device, or was replaced.",
        "Compare it with the platform; no blank belongs before or behind the comma.",
    ),
    row(
        -40011,
        TIRTC_SDK,
        "the cached connection has expired",
        "The connection was opened again without a token, and what was kept of the last one is over.",
        "Fetch a fresh token from the server for each connection.",
    ),
    row(
        -40012,
        TIRTC_SDK,
        "the server refused",
        "Among other reasons: the token has expired, was used before, is for another device, or was signed with other secrets.",
        "Look at it with `scrubjay token inspect`, then check its signature with `scrubjay token verify`.",
    ),
    row(
        -40014,
        TIRTC_SDK,
        "the device has no secret",
        "The device secret was not set before the start.",
        "Set it with the option for the device's secret key before the SDK starts.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_says_what_helps() {
        for (i, row) in CODES.iter().enumerate() {
            assert!(CODES[i + 1..].iter().all(|other| other.code != row.code), "{}", row.code);
            let sentences = [row.cause, row.cure];
            assert!(sentences.iter().all(|s| s.ends_with('.') && !s.is_empty()), "{}", row.code);
            assert!(!row.meaning.ends_with('.'), "{}", row.code);
        }
    }

    #[test]
    fn the_nearest_come_first() {
        let codes = |code| nearest(code, 3).iter().map(|row| row.code).collect::<Vec<_>>();
        assert_eq!(codes(70008), [70009, 70005, 70003]);
        assert_eq!(codes(i64::MIN)[0], -100_018);
    }
}
