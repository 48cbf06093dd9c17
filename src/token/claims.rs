//! What a token says, in one vocabulary for all schemes.

use crate::text;

/// What a token says, in one vocabulary for all schemes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// For whom it was issued: `sub`, or `TLS.identifier`.
    pub subject: Option<String>,
    /// What it allows: `scope`.
    pub scope: Option<String>,
    /// The peer inside the scope, without `device://`.
    pub remote_id: Option<String>,
    /// Who issued it: `iss`, the public access id.
    pub issuer: Option<String>,
    /// When it was issued, Unix seconds.
    pub issued_at: Option<i64>,
    /// The last second (UserSig), or the first second after (TiRTC), of its life; Unix seconds.
    pub expires_at: Option<i64>,
    /// True where the life goes on for a fraction of a second after `expires_at`.
    pub fractional_expiry: bool,
    /// TRTC application id.
    pub sdk_app_id: Option<u64>,
    /// The nonce, which must never come twice.
    pub nonce: Option<String>,
}

impl Claims {
    /// The same to be shown: in every text what `mask` makes of it.
    pub(crate) fn map_texts(mut self, mut mask: impl FnMut(&str) -> String) -> Self {
        let Self { subject, scope, remote_id, issuer, .. } = &mut self;
        for text in [subject, scope, remote_id, issuer].into_iter().flatten() {
            *text = mask(text);
        }
        self
    }

    /// The same to be shown: whoever signs may put a secret where a name belongs, so that what looks random
    /// shows its mask. UUIDs stay, and so does a subject that is one word: platforms call their users so.
    ///
    /// ```
    /// use scrubjay::token::Claims;
    /// let license = ["TIRA1B2C3D4E,", &"aB3".repeat(8)].concat();
    /// let claims = Claims { remote_id: Some(license), ..Claims::default() };
    /// assert_eq!(claims.masked().remote_id.as_deref(), Some("TIRA1B2C3D4E,aB3a****3aB3"));
    /// ```
    #[must_use]
    pub fn masked(&self) -> Self {
        let masked = self.clone().map_texts(text::mask_runs_but_uuids);
        let is_word =
            |subject: &String| subject.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        Self { subject: self.subject.clone().filter(is_word).or(masked.subject.clone()), ..masked }
    }
}
