//! What can be typed after `scrubjay token`. There is no argument that takes a secret or a token:
//! every user of a machine can read the arguments of every process.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The heading of the options that say where keys come from.
const KEYS: &str = "Keys";

/// The heading of the options that say what a token must be.
const DEMANDS: &str = "What it must be";

/// Sign, inspect and verify tokens of TiRTC and TRTC
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Sign a token; it goes to standard output alone
    #[command(subcommand)]
    Sign(SignScheme),
    /// Decode tokens without any key; tell what a server refuses and what is weak
    ///
    /// Reads every token in a text (a log, JSON, a URL), also those of home-made signers, and says for each what a
    /// server refuses it for and what helps. Exit status 0 where a token was found, whatever is wrong with it; 2
    /// where there is none. `verify` is the one that judges.
    #[command(
        after_help = "Examples:\n  pbpaste | scrubjay token inspect\n  scrubjay token inspect --sdk-app-id 1400000001 --token-file app.log"
    )]
    Inspect(InspectArgs),
    /// Explain an error code of the platforms: 70009, 6206, -100018; without one, list all
    #[command(after_help = "Example:\n  scrubjay token explain -100018")]
    Explain(ExplainArgs),
    /// Verify a token: exit status 0 valid, 1 not valid, 2 could not run
    #[command(
        after_help = "Example:\n  TIRTC_SECRET_KEY=… \\\n    scrubjay token verify --remote-id TIRA1B2C3D4E < token.txt"
    )]
    Verify(VerifyArgs),
}

/// The scheme to sign in.
#[derive(Debug, Subcommand)]
pub(crate) enum SignScheme {
    /// A TiRTC connect token
    #[command(
        after_help = "Example:\n  TIRTC_SECRET_KEY=… TIRTC_LICENSE=… scrubjay token sign tirtc \\\n    --access-id ak_example --subject user_123 --remote-id TIRA1B2C3D4E"
    )]
    Tirtc(SignTirtc),
    /// A UserSig, or a PrivateMapKey where a room is given
    #[command(
        after_help = "Example:\n  scrubjay token sign usersig --sdk-app-id 1400000001 --user-id alice \\\n    --sdk-secret-key-file key.txt --room 10000 --privileges enter,receive-audio"
    )]
    Usersig(SignUserSig),
    /// A UserSig of the first version, signed with a private key
    #[command(
        after_help = "Example:\n  scrubjay token sign usersig-legacy --sdk-app-id 1400000001 --user-id alice \\\n    --key-file ec_key.pem"
    )]
    UsersigLegacy(SignLegacy),
}

#[derive(Debug, Args)]
pub(crate) struct SignTirtc {
    /// The public credential id of the application
    #[arg(long, value_name = "ID", alias = "access-key-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) access_id: String,
    /// For whom: a stable id of the user
    #[arg(long, value_name = "SUBJECT", alias = "sub", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) subject: String,
    /// To which device: its id, or `device://` and its id
    #[arg(long, value_name = "ID", alias = "peer-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) remote_id: String,
    /// Life in seconds, at most 86400
    #[arg(long, value_name = "SECONDS", default_value_t = scrubjay::token::tirtc::DEFAULT_TTL, allow_negative_numbers = true)]
    pub(crate) ttl: i64,
    /// Take a life above 86400 seconds: such a token is a lasting key once it leaks
    #[arg(long)]
    pub(crate) allow_long_ttl: bool,
    /// How it is signed
    #[arg(long, value_enum, default_value_t = Signing::DeviceThenApp)]
    pub(crate) scheme: Signing,
    /// When it is issued: RFC 3339 or Unix seconds [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) issued_at: Option<i64>,
    /// A nonce of one's own, for test vectors [default: 16 fresh random bytes]
    #[arg(long, value_name = "NONCE", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) nonce: Option<String>,
    #[command(flatten)]
    pub(crate) keys: TirtcKeys,
    #[command(flatten)]
    pub(crate) stray: Stray,
}

#[derive(Debug, Args)]
pub(crate) struct SignUserSig {
    #[command(flatten)]
    pub(crate) user: User,
    /// Numeric room: makes a PrivateMapKey
    #[arg(long, value_name = "NUMBER", conflicts_with = "room_name")]
    pub(crate) room: Option<u32>,
    /// Named room: makes a PrivateMapKey
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) room_name: Option<String>,
    /// What the user may do in the room: `all`, or some of create, enter, send-audio, receive-audio,
    /// send-video, receive-video, send-screen, receive-screen [default: all]
    #[arg(long, value_name = "LIST")]
    pub(crate) privileges: Option<String>,
    #[command(flatten)]
    pub(crate) key: SdkKey,
    #[command(flatten)]
    pub(crate) stray: Stray,
}

#[derive(Debug, Args)]
pub(crate) struct SignLegacy {
    #[command(flatten)]
    pub(crate) user: User,
    /// The private key: PEM, secp256k1 or P-256
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    #[command(flatten)]
    pub(crate) stray: Stray,
}

/// Whom a UserSig is for.
#[derive(Debug, Args)]
pub(crate) struct User {
    /// The application
    #[arg(long, value_name = "NUMBER", alias = "sdkappid")]
    pub(crate) sdk_app_id: u32,
    /// The user: 1 to 32 letters, digits, `_` and `-`
    #[arg(long, value_name = "ID", alias = "userid", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) user_id: String,
    /// Take any printable ASCII in the user id, as Chat does
    #[arg(long)]
    pub(crate) chat_user_id: bool,
    /// Life in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = scrubjay::token::usersig::DEFAULT_EXPIRE, allow_negative_numbers = true)]
    pub(crate) expire: i64,
    /// A file whose bytes are signed as `TLS.userbuf`
    #[arg(long, value_name = "FILE")]
    pub(crate) userbuf_file: Option<PathBuf>,
    /// When it is issued: RFC 3339 or Unix seconds [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) issued_at: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// The form of the answer
    #[arg(short, long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) input: TokenInput,
    /// The application it should be for
    #[arg(long, value_name = "NUMBER", alias = "sdkappid")]
    pub(crate) sdk_app_id: Option<u32>,
    /// The user it should be for: `TLS.identifier` or `sub`
    #[arg(long, value_name = "ID", alias = "userid", alias = "subject", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) user_id: Option<String>,
    /// The device it should be for, with or without `device://`
    #[arg(long, value_name = "ID", alias = "peer-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) remote_id: Option<String>,
    /// The access id it should be issued by
    #[arg(long, value_name = "ID", alias = "access-key-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) access_id: Option<String>,
    #[command(flatten)]
    pub(crate) stray: Stray,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, with its sign
    #[arg(value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) code: Option<String>,
    /// The form of the answer
    #[arg(short, long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The form of the answer
    #[arg(short, long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) input: TokenInput,
    /// The device it must be for, with or without `device://`
    #[arg(long, help_heading = DEMANDS, value_name = "ID", alias = "peer-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) remote_id: Option<String>,
    /// The subject it must be for
    #[arg(long, help_heading = DEMANDS, value_name = "SUBJECT", alias = "sub", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) subject: Option<String>,
    /// The access id it must be issued by
    #[arg(long, help_heading = DEMANDS, value_name = "ID", alias = "access-key-id", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) access_id: Option<String>,
    /// The application it must be for
    #[arg(long, help_heading = DEMANDS, value_name = "NUMBER", alias = "sdkappid")]
    pub(crate) sdk_app_id: Option<u32>,
    /// The user it must be for
    #[arg(long, help_heading = DEMANDS, value_name = "ID", alias = "userid", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) user_id: Option<String>,
    /// The numeric room that a PrivateMapKey must be for
    #[arg(long, help_heading = DEMANDS, value_name = "NUMBER", conflicts_with = "room_name")]
    pub(crate) room: Option<u32>,
    /// The named room that a PrivateMapKey must be for
    #[arg(long, help_heading = DEMANDS, value_name = "NAME", allow_hyphen_values = true, value_parser = identifier)]
    pub(crate) room_name: Option<String>,
    /// How it must be signed [default: either way that the keys allow]
    #[arg(long, help_heading = DEMANDS, value_enum)]
    pub(crate) scheme: Option<Signing>,
    #[command(flatten)]
    pub(crate) tirtc: TirtcKeyFiles,
    /// A file with the SDKSecretKey [env: TRTC_SDK_SECRET_KEY]
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) sdk_secret_key_file: Option<PathBuf>,
    /// A file descriptor with a JSON object of secrets, by the names of the variables
    #[arg(long, help_heading = KEYS, value_name = "N", allow_negative_numbers = true)]
    pub(crate) secrets_fd: Option<u32>,
    /// The public or private key of a legacy UserSig, PEM
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) stray: Stray,
}

/// Where a token comes from, and the clock.
#[derive(Debug, Args)]
pub(crate) struct TokenInput {
    /// Read the token from a file instead of standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The clock: RFC 3339 or Unix seconds [default: the system's]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    pub(crate) now: Option<i64>,
}

/// Where the keys of TiRTC come from.
#[derive(Debug, Args)]
pub(crate) struct TirtcKeys {
    #[command(flatten)]
    pub(crate) files: TirtcKeyFiles,
    /// A file descriptor with a JSON object of secrets, by the names of the variables
    #[arg(long, help_heading = KEYS, value_name = "N", allow_negative_numbers = true)]
    pub(crate) secrets_fd: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct TirtcKeyFiles {
    /// A file with the application secret [env: TIRTC_SECRET_KEY]
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) secret_key_file: Option<PathBuf>,
    /// A file with the device secret [env: TIRTC_DEVICE_SECRET_KEY]
    #[arg(long, help_heading = KEYS, value_name = "FILE", conflicts_with = "license_file")]
    pub(crate) device_secret_key_file: Option<PathBuf>,
    /// A file with the license, of which the second part signs [env: TIRTC_LICENSE]
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) license_file: Option<PathBuf>,
}

/// Where the key of a UserSig comes from.
#[derive(Debug, Args)]
pub(crate) struct SdkKey {
    /// A file with the SDKSecretKey [env: TRTC_SDK_SECRET_KEY]
    #[arg(long, help_heading = KEYS, value_name = "FILE")]
    pub(crate) sdk_secret_key_file: Option<PathBuf>,
    /// A file descriptor with a JSON object of secrets, by the names of the variables
    #[arg(long, help_heading = KEYS, value_name = "N", allow_negative_numbers = true)]
    pub(crate) secrets_fd: Option<u32>,
}

/// Takes what belongs to no argument, so that the parser does not quote it: it may be a token.
#[derive(Debug, Args)]
pub(crate) struct Stray {
    #[arg(hide = true, num_args = 0..)]
    pub(crate) stray: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Signing {
    /// First the device secret, then the application secret
    DeviceThenApp,
    /// The application secret alone
    AppOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

/// An id or a nonce as it was typed, which may begin with `-`. The name of an option is none: its value was
/// forgotten.
fn identifier(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("--").map(|rest| rest.split('=').next().unwrap_or(rest));
    if name.is_some_and(|name| OPTIONS.contains(&name)) {
        return Err("a value is missing before the next option".into());
    }
    Ok(text.to_owned())
}

/// The long options of the token command.
const OPTIONS: &[&str] = &[
    "access-id",
    "access-key-id",
    "subject",
    "sub",
    "remote-id",
    "peer-id",
    "ttl",
    "allow-long-ttl",
    "scheme",
    "issued-at",
    "nonce",
    "sdk-app-id",
    "sdkappid",
    "user-id",
    "userid",
    "chat-user-id",
    "expire",
    "userbuf-file",
    "room",
    "room-name",
    "privileges",
    "token-file",
    "now",
    "secret-key-file",
    "device-secret-key-file",
    "license-file",
    "sdk-secret-key-file",
    "secrets-fd",
    "key-file",
    "format",
    "help",
];

/// RFC 3339 or Unix seconds.
fn time(text: &str) -> Result<i64, String> {
    let unix = || text.parse().ok();
    let civil = || text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    unix()
        .or_else(civil)
        .ok_or_else(|| "expected RFC 3339, such as 2025-02-19T21:20:00Z, or Unix seconds".into())
}
