//! What is known of who a token is for, from outside.

/// What a token is held against besides its own rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected<'e> {
    /// The clock, Unix seconds.
    pub now: i64,
    /// The application that it is for.
    pub sdk_app_id: Option<u32>,
    /// The user that it is for: `TLS.identifier`, or `sub`.
    pub user_id: Option<&'e str>,
    /// The device that it is for, without `device://`.
    pub remote_id: Option<&'e str>,
    /// Who issued it.
    pub access_id: Option<&'e str>,
}
