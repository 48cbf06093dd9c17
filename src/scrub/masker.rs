//! What masks: a policy with the detector that looks for it, and what was recognised so far.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::memory::Memory;
use super::naming::{Naming, Secrecy};
use super::policy::Policy;
use crate::detect::{Detector, Place};
use crate::matcher::field::Class;
use crate::rule;

/// Masks bytes by a [`Policy`]. Shared by all threads, and so is what it learns.
pub struct Masker {
    pub(super) detector: Detector,
    pub(super) policy: Policy,
    /// What was recognised in the texts of this process, unless the policy does not want that.
    pub(super) memory: Option<Memory>,
    /// Tells policies apart where answers of one are remembered.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer remembers"))]
    pub(super) number: usize,
}

/// How many maskers were made.
static MADE: AtomicUsize = AtomicUsize::new(1);

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Default for Masker {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl From<Policy> for Arc<Masker> {
    fn from(policy: Policy) -> Self {
        Arc::new(Masker::new(policy))
    }
}

impl Masker {
    /// Compiles a policy.
    pub fn new(policy: Policy) -> Self {
        let rules = if policy.shapes { policy.rules.clone() } else { Vec::new() };
        let detector = Detector::with_fields(rules, 0, policy.fields());
        // Places have no path, so no rule may ask for one.
        let detector = detector.anywhere().unwrap_or(detector);
        let memory = policy.learns.then(Memory::default);
        Self { detector, policy, memory, number: MADE.fetch_add(1, Ordering::Relaxed) }
    }

    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// The rules that look.
    pub fn rules(&self) -> &[rule::Rule] {
        self.detector.rules()
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What a name says: by its last dotted segment, without case, `_` and `-`, and by its last words.
    ///
    /// ```
    /// use scrubjay::scrub::{Masker, Naming};
    /// let masker = Masker::default();
    /// assert!(matches!(masker.naming("http.request.header.Authorization"), Naming::Secret(_)));
    /// assert_eq!(masker.naming("device_id"), Naming::Keep);
    /// assert!(matches!(masker.naming("smtpPassword"), Naming::Secret(_)));
    /// assert_eq!(masker.naming("token_count"), Naming::Plain);
    /// assert_eq!(masker.naming("password_hash"), Naming::Plain);
    /// ```
    pub fn naming(&self, name: &str) -> Naming {
        match self.detector.class(name.as_bytes()) {
            Some(Class::Keep) => Naming::Keep,
            Some(class) => Naming::Secret(Secrecy(class)),
            None if self.policy.keeps(name) => Naming::Keep,
            None => Naming::Plain,
        }
    }

    /// Whether the policy says that the value of this name stays.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "the runtime layer asks"))]
    pub(crate) fn keeps(&self, name: &str) -> bool {
        self.detector.class(name.as_bytes()) == Some(Class::Keep)
    }

    pub(super) fn class(&self, place: &Place) -> Option<Class> {
        let is_license = |r: &crate::rule::Rule| r.value == crate::rule::Value::License;
        place.class.or_else(|| {
            place
                .rule
                .and_then(|r| self.detector.rules().get(r))
                .map(|r| if is_license(r) { Class::License } else { Class::Key })
        })
    }
}
