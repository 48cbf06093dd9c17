//! The names of fields that are secret, and of identifiers that are not, as data.
//!
//! From the vendors' tracers and documentation and from what logging libraries mask by default.

use crate::matcher::field::Class;

/// Names whose values are hidden. For each the first form; case, `_` and `-` do not matter. What is not
/// here may still be known by its last words.
#[rustfmt::skip]
pub(super) const SECRET: &[(Class, &[&str])] = &[
    (Class::Key, &[
        "secret_key", "secret_key_id", "device_secret_key", "device_secret", "dev_secret", "dev_secret_key",
        "device_key", "pair_key", "access_key_secret", "access_secret", "ak_secret", "app_secret", "app_secret_key",
        "sdk_secret_key", "tirtc_secret_key", "tirtc_secret_key_id", "tirtc_device_secret_key", "trtc_secret_key",
        "session_key", "private_key", "api_key", "x_api_key", "signing_key", "encryption_key", "client_secret",
        "secret", "access_token", "refresh_token", "id_token", "auth_token", "x_auth_token",
        "x_access_token", "csrf_token", "x_csrf_token", "session_token", "connect_token", "bearer_token", "api_token",
        "reusable_token", "device_token", "rtc_token", "user_sig", "private_map_key",
        "temp_client_id", "wx_payload", "wxa_payload", "jsessionid", "phpsessid", "credential", "credentials", "otp", "otp_code",
    ]),
    (Class::Weak, &["token", "key", "signature", "jwt", "cookies", "pass", "mqtt_auth"]),
    (Class::Password, &[
        "password", "passwd", "pwd", "passphrase", "passcode", "user_password", "db_password", 
        "password_confirmation", "password_confirm", "requirepass", "redis_auth", "pin_code", "user_pin",
    ]),
    (Class::License, &["license", "licence", "device_license", "license_key", "tirtc_license"]),
    (Class::Header, &["authorization", "proxy_authorization", "x_authorization"]),
    (Class::Cookie, &["cookie", "set_cookie"]),
];

/// Identifiers: never touched where they are the name of a whole value.
pub(super) const IDENTIFIERS: &[&str] = &[
    "device_id",
    "remote_id",
    "access_id",
    "app_id",
    "sdk_app_id",
    "user_id",
    "peer_id",
    "room_id",
    "connection_id",
    "connection_state",
    "error_code",
    "code",
    "trace_id",
    "span_id",
    "request_id",
];
