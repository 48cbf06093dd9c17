//! The wrapper around a whole subscriber: no layer and no filter below it sees what it hides.

use std::any::TypeId;
use std::sync::Arc;

use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::{Interest, Subscriber};
use tracing_core::{Dispatch, Event, LevelFilter, Metadata};

use super::captured::Captured;
use super::record::capture;
use crate::scrub::Masker;

/// A subscriber that sees masked events and spans only. Made by [`super::Redact::redacted`].
#[derive(Debug)]
pub struct Redacted<S> {
    inner: S,
    masker: Arc<Masker>,
    mark: Installed,
}

/// What [`super::is_installed`] looks for through every wrapper that forwards downcasts.
#[derive(Debug)]
pub(super) struct Installed;

impl<S> Redacted<S> {
    pub(super) fn new(inner: S, masker: Arc<Masker>) -> Self {
        Self { inner, masker, mark: Installed }
    }
}

impl<S: Subscriber> Subscriber for Redacted<S> {
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        self.inner.on_register_dispatch(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        let make = |captured: &Captured<'_>| {
            captured.with(metadata.fields(), |values| {
                let masked = match span.parent() {
                    Some(parent) => Attributes::child_of(parent.clone(), metadata, values),
                    None if span.is_root() => Attributes::new_root(metadata, values),
                    None => Attributes::new(metadata, values),
                };
                self.inner.new_span(&masked)
            })
        };
        capture(&self.masker, Some(metadata), |visitor| span.record(visitor), make)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let make = |captured: &Captured<'_>| match captured.metadata() {
            Some(metadata) => captured.with(metadata.fields(), |set| {
                self.inner.record(span, &Record::new(set));
            }),
            // No field, nothing to hide.
            None => self.inner.record(span, values),
        };
        capture(&self.masker, None, |visitor| values.record(visitor), make);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.inner.record_follows_from(span, follows);
    }

    fn event_enabled(&self, _: &Event<'_>) -> bool {
        // The layers are asked with the masked event, in `event`.
        true
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let make = |captured: &Captured<'_>| {
            captured.with(metadata.fields(), |values| {
                let masked = match event.parent() {
                    Some(parent) => Event::new_child_of(parent.clone(), metadata, values),
                    None if event.is_root() => Event::new_child_of(None, metadata, values),
                    None => Event::new(metadata, values),
                };
                if self.inner.event_enabled(&masked) {
                    self.inner.event(&masked);
                }
            });
        };
        capture(&self.masker, Some(metadata), |visitor| event.record(visitor), make);
    }

    fn enter(&self, span: &Id) {
        self.inner.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.inner.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    #[allow(deprecated, reason = "who calls it has to reach the subscriber inside")]
    fn drop_span(&self, id: Id) {
        self.inner.drop_span(id);
    }

    fn try_close(&self, id: Id) -> bool {
        self.inner.try_close(id)
    }

    fn current_span(&self) -> Current {
        self.inner.current_span()
    }

    // Layers find each other, the registry and their filters by downcasting through whatever wraps
    // them; a wrapper that does not hand the question on switches them off.
    #[allow(
        unsafe_code,
        reason = "the method is unsafe to declare; it hands on what the subscriber inside says"
    )]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        if id == TypeId::of::<Installed>() {
            return Some(std::ptr::from_ref(&self.mark).cast());
        }
        // SAFETY: the caller's promise for `self` is the one that `inner` needs, since a pointer into
        // `inner` lives as long as `self`; both pointers above are of the type that was asked for.
        unsafe { self.inner.downcast_raw(id) }
    }
}

/// Puts masking around any subscriber.
pub trait Redact: Subscriber + Sized {
    /// The subscriber, with masking around all of it. Takes a [`Policy`](crate::scrub::Policy), or the [`Masker`] of one to
    /// share it with a [`RedactWriter`](super::RedactWriter).
    fn redacted(self, masker: impl Into<Arc<Masker>>) -> Redacted<Self> {
        Redacted::new(self, masker.into())
    }
}

impl<S: Subscriber> Redact for S {}
