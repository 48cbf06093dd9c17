//! What is masked, and how: built once, then only read.

use std::fmt;
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use super::literal::{Literals, Values};
use super::names::{IDENTIFIERS, SECRET};
use super::needles::SHORTEST;
use crate::error::{Error, Result};
use crate::finding::{Kind, Severity, Status};
use crate::matcher::field::{Class, Fields, can_be_found};
use crate::rule::{self, Rule};
use crate::secret::Secret;
use crate::token::Claims;

/// What is masked. There is no way to turn masking off while the program runs; a policy can only say
/// more precisely what is a secret.
#[derive(Clone)]
pub struct Policy {
    pub(super) rules: Vec<Rule>,
    pub(super) shapes: bool,
    pub(super) style: Style,
    pub(super) literals: Option<Arc<Literals>>,
    pub(super) on_hit: Option<OnHit>,
    /// Tokens that expired before this moment stay.
    pub(super) keep_expired: Option<i64>,
    /// What is recognised once is masked wherever it comes again.
    pub(super) learns: bool,
    secret: Vec<String>,
    keep: Vec<String>,
}

/// The callback of a policy.
pub(super) type OnHit = Arc<dyn Fn(&Hit<'_>) + Send + Sync>;

/// How much of a secret a mask shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Style {
    /// `Zk39****6QaE`: four characters on either side from 24 on, two from 16 on, none below and none
    /// of passwords.
    #[default]
    Partial,
    /// `****`; of a license the device id stays.
    Full,
    /// `****#a1b2c3d4`: the same tag for the same secret, which begins as its fingerprint in a report.
    /// Tags of passwords are the same only within a process: a short one could be found by trying.
    #[cfg(feature = "sign")]
    Fingerprint,
}

/// One hit, for a metric. It never holds the value.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Hit<'a> {
    /// The id of the rule by which a scan reports it; where none does, `field` for a value that its name
    /// gave away, `literal` for a registered one.
    pub rule: &'a str,
    /// What it is; `Other` where no rule knows it.
    pub kind: Kind,
    /// How bad a scan says that it is.
    pub severity: Severity,
    /// Of a token: whether it is in force, by the system's clock.
    pub status: Option<Status>,
    /// What a token says of itself.
    pub claims: Option<&'a Claims>,
    /// Where in the program, as far as it is known: the target of an event, or empty.
    pub callsite: &'a str,
}

/// The rule of a hit by name.
pub(super) const FIELD: &str = "field";

/// The rule of a hit by exact value.
pub(super) const LITERAL: &str = "literal";

/// Puts a [`Policy`] together.
#[derive(Debug)]
pub struct PolicyBuilder {
    policy: Policy,
    literals: Values,
    error: Option<Error>,
}

impl Policy {
    /// Begins with the defaults: the built-in rules, the names of fields that both systems and common
    /// services use, partial masks.
    ///
    /// ```
    /// use scrubjay::scrub::{Policy, Style};
    /// use scrubjay::secret::Secret;
    /// let policy = Policy::builder()
    ///     .secret_fields(["door_code"])
    ///     .keep_fields(["signature"])
    ///     .literal(&Secret::new("a key of this service".to_owned()))
    ///     .style(Style::Full)
    ///     .on_hit(|hit| eprintln!("masked: {} at {}", hit.rule, hit.callsite))
    ///     .build()?;
    /// # Ok::<(), scrubjay::Error>(())
    /// ```
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder { policy: Self::default(), literals: Values::default(), error: None }
    }

    /// Whether what is recognised once is masked wherever it comes again.
    pub fn learns(&self) -> bool {
        self.learns
    }

    pub(crate) fn fields(&self) -> Fields {
        let defaults = SECRET.iter().flat_map(|(class, names)| names.iter().map(|n| (*n, *class)));
        let secret = self.secret.iter().map(|n| (n.as_str(), Class::Key));
        let keep = self.keep.iter().map(|n| (n.as_str(), Class::Keep));
        Fields::new(defaults.chain(secret).chain(keep)).by_ending()
    }

    /// Whether the name is one of the identifiers that stay.
    pub(super) fn keeps(&self, name: &str) -> bool {
        let last = name.rsplit('.').next().unwrap_or(name);
        let folded = |n: &str| -> Vec<u8> {
            n.bytes().filter(|b| !matches!(b, b'_' | b'-')).map(|b| b.to_ascii_lowercase()).collect()
        };
        let last = folded(last);
        IDENTIFIERS.iter().any(|id| folded(id) == last)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            rules: rule::builtin(),
            shapes: true,
            style: Style::Partial,
            literals: None,
            on_hit: None,
            keep_expired: None,
            learns: true,
            secret: Vec::new(),
            keep: Vec::new(),
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("secret_fields", &self.secret)
            .field("keep_fields", &self.keep)
            .field("shapes", &self.shapes)
            .field("style", &self.style)
            .field("learns", &self.learns)
            .field("literals", &self.literals.as_ref().map_or(0, |l| l.count()))
            .finish_non_exhaustive()
    }
}

impl PolicyBuilder {
    /// Names of fields whose values are secret, besides the defaults. Compared by the last dotted
    /// segment, without case, `_` and `-`, as a whole. `*` stands for any part of a name, between words
    /// however they are joined: `*_token` means `userToken` and `X-Push-Token`, and not `token` alone.
    #[must_use]
    pub fn secret_fields<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.policy.secret.extend(names.into_iter().map(Into::into));
        self
    }

    /// Names of fields whose values stay, whatever they look like: they win over everything but
    /// literals, the defaults included. Written as those of [`PolicyBuilder::secret_fields`].
    #[must_use]
    pub fn keep_fields<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.policy.keep.extend(names.into_iter().map(Into::into));
        self
    }

    /// Whether values are also found by their form, without a name (on unless said otherwise).
    #[must_use]
    pub fn shapes(mut self, on: bool) -> Self {
        self.policy.shapes = on;
        self
    }

    /// Rules of the service's own, besides the built-in ones.
    #[must_use]
    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.policy.rules.extend(rules);
        self
    }

    /// An exact value that is hidden wherever it stands, as it is and in the encodings in which it
    /// travels: base64 at each of its three alignments and in both alphabets, hex, percent-encoding,
    /// the escapes of JSON, UTF-16 in both orders. Each line of a value of several lines counts alone.
    /// There may be thousands; what they cost hardly depends on their number.
    ///
    /// A value of less than 8 bytes is an error of [`PolicyBuilder::build`]: it would stand in innocent
    /// text, too.
    #[must_use]
    pub fn literal<T: AsRef<[u8]> + Zeroize>(mut self, value: &Secret<T>) -> Self {
        let lines = value.expose().as_ref().split(|b| matches!(b, b'\n' | b'\r'));
        let before = self.literals.0.len();
        let long = lines.filter(|l| l.len() >= SHORTEST).map(|l| Zeroizing::new(l.to_vec()));
        self.literals.0.extend(long);
        if self.literals.0.len() == before {
            let message =
                format!("literal: expected at least {SHORTEST} bytes; a shorter one stands in other words");
            self.error.get_or_insert_with(|| Error::invalid(message));
        }
        self
    }

    /// How much of a secret a mask shows.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.policy.style = style;
        self
    }

    /// Whether a value that looks random and was recognised once is masked wherever it comes again, without
    /// a name (on unless said otherwise): as it is, percent-encoded and as JSON escapes it. The last 2,048
    /// at least are remembered, in memory that is wiped; of 12 to 2,048 bytes each, and no words, numbers,
    /// paths or UUIDs. The values of fields that stay by their names still stay.
    #[must_use]
    pub fn learn(mut self, on: bool) -> Self {
        self.policy.learns = on;
        self
    }

    /// Leaves tokens readable that had expired at `now` (Unix seconds), wherever they stand: they open
    /// nothing any more.
    #[must_use]
    pub fn keep_expired(mut self, now: i64) -> Self {
        self.policy.keep_expired = Some(now);
        self
    }

    /// Is called for each masked value, to count them; what it is told costs a second look at a text with
    /// a hit in it. It must not log through what is masked: inside
    /// of it, that would call it again.
    #[must_use]
    pub fn on_hit(mut self, callback: impl Fn(&Hit<'_>) + Send + Sync + 'static) -> Self {
        self.policy.on_hit = Some(Arc::new(callback));
        self
    }

    /// The policy.
    ///
    /// # Errors
    /// The first thing that is wrong with it, without the value it is wrong with.
    pub fn build(mut self) -> Result<Policy> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let globs = self.policy.secret.iter().chain(&self.policy.keep).filter(|name| name.contains('*'));
        if let Some(glob) = globs.into_iter().find(|name| !can_be_found(name)) {
            return Err(Error::invalid(format!(
                "the name `{}` is too wide: expected three letters in a row beside its `*`",
                crate::text::printable(glob)
            )));
        }
        self.policy.literals = Literals::new(&self.literals.0)?.map(Arc::new);
        Ok(self.policy)
    }
}
