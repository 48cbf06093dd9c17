//! One JSON document, `scrubjay/1`: for programs that want everything at once, counts included.
//!
//! Names and order of the fields are promised; the README lists them. Fields are written by hand and
//! in order, one finding a line, so that two reports can be compared line by line. Characters that
//! could harm a terminal are escaped: a report gets looked at, too.

use std::io::{self, Write};

use jiff::Timestamp;

use super::object::{Object, list};
use super::reporter::{Format, Reporter, Run, Style};
use crate::blob::Commit;
use crate::finding::{Finding, Proof, Severity};
use crate::summary::{Failure, Summary};
use crate::token::Claims;

/// The line in the table.
pub(super) const FORMAT: Format =
    Format { name: "json", about: "one JSON document", excerpts: false, suppressed: false, make };

fn make(_: Style) -> Box<dyn Reporter> {
    Box::new(Json { first: true })
}

struct Json {
    first: bool,
}

impl Reporter for Json {
    fn begin(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let now = Timestamp::from_second(run.now).unwrap_or_default();
        let mut json = String::new();
        let mut document = Object::open(&mut json);
        document.text("schema", "scrubjay/1");
        document.object("tool", |tool| {
            tool.text("name", env!("CARGO_PKG_NAME"));
            tool.text("version", env!("CARGO_PKG_VERSION"));
        });
        document.text("now", &now.to_string());
        document.text("started", &run.started.to_string());
        document.text("finished", &run.finished.to_string());
        document.object("summary", |object| summary(run.summary, object));
        document.key("findings");
        json.push('[');
        out.write_all(json.as_bytes())
    }

    fn finding(&mut self, _: &Run<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if std::mem::take(&mut self.first) { b"\n" } else { b",\n" })?;
        out.write_all(line(finding).as_bytes())
    }

    fn end(&mut self, run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut json = String::from(if self.first { "],\"errors\":" } else { "\n],\"errors\":" });
        list(&mut json, run.errors, |json, Failure { path, message }| {
            let mut object = Object::open(json);
            object.text("path", path);
            object.text("message", message);
            object.close();
        });
        json.push_str("}\n");
        out.write_all(json.as_bytes())
    }
}

/// A finding as one JSON object, without a line end.
pub(super) fn line(finding: &Finding) -> String {
    let mut json = String::with_capacity(640);
    let mut object = Object::open(&mut json);
    object.text("rule", &finding.rule);
    object.text("kind", finding.kind.name());
    object.text("severity", finding.severity.name());
    object.text("message", &finding.message);
    object.text("reason", &finding.reason);
    object.text("path", &finding.path);
    object.number("line", finding.line);
    object.number("column", finding.column);
    object.number("end_line", finding.end_line);
    object.number("end_column", finding.end_column);
    object.number("offset", finding.offset);
    object.number("length", finding.length);
    object.text("masked", &finding.masked);
    object.text("fingerprint", &finding.fingerprint);
    object.text_or_null("status", finding.status.map(|s| s.name()));
    match &finding.claims {
        Some(said) => object.object("claims", |object| claims(said, object)),
        None => object.null("claims"),
    }
    object.texts("decoded", &finding.decoded);
    object.texts("entry", &finding.entry);
    match &finding.commit {
        Some(brought) => object.object("commit", |object| commit(brought, object)),
        None => object.null("commit"),
    }
    match &finding.proof {
        Some(shown) => object.object("proof", |object| proof(shown, object)),
        None => object.null("proof"),
    }
    object.close();
    json
}

pub(super) fn claims(claims: &Claims, object: &mut Object<'_>) {
    object.text_or_null("subject", claims.subject.as_deref());
    object.text_or_null("scope", claims.scope.as_deref());
    object.text_or_null("remote_id", claims.remote_id.as_deref());
    object.text_or_null("issuer", claims.issuer.as_deref());
    object.number_or_null("issued_at", claims.issued_at);
    object.number_or_null("expires_at", claims.expires_at);
    if let Some(id) = claims.sdk_app_id {
        object.number("sdk_app_id", id);
    }
}

pub(super) fn commit(commit: &Commit, object: &mut Object<'_>) {
    object.text("id", &commit.id);
    object.text("author", &commit.author);
    object.text("email", &commit.email);
    object.text("date", &commit.date);
    object.text("message", &commit.message);
    object.text("path", &commit.path);
    object.text_or_null("removed_by", commit.removed_by.as_deref());
    object.texts("refs", &commit.refs);
    object.raw("in_head", if commit.in_head { "true" } else { "false" });
    object.raw("unreachable", if commit.unreachable { "true" } else { "false" });
    object.raw("only_in_reflog", if commit.only_in_reflog { "true" } else { "false" });
    if !commit.repository.is_empty() {
        object.text("repository", &commit.repository);
    }
}

pub(super) fn proof(proof: &Proof, object: &mut Object<'_>) {
    object.text("scheme", proof.scheme);
    object.text("token", &proof.token);
    object.text("secret_key", &proof.secret_key);
    object.text_or_null("device_secret_key", proof.device_secret_key.as_deref());
}

fn summary(summary: &Summary, object: &mut Object<'_>) {
    object.number("files", summary.files);
    object.number("bytes", summary.bytes);
    object.number("findings", summary.findings);
    object.object("by_severity", |counts| {
        for severity in Severity::ALL.into_iter().rev() {
            counts.number(severity.name(), summary.by_severity[severity as usize]);
        }
    });
    let skipped: Vec<_> = summary.skipped.iter().collect();
    object.objects("skipped", &skipped, |object, (reason, count)| {
        object.text("reason", reason);
        object.number("count", count);
    });
    object.number("errors", summary.errors);
    object.raw("complete", if summary.complete() { "true" } else { "false" });
    object.number("proven", summary.proven);
    object.number("unproven", summary.unproven);
    object.objects("nonce_reuse", &summary.nonce_reuse, |object, reuse| {
        object.text("nonce", &reuse.masked);
        object.text("nonce_fingerprint", &reuse.fingerprint);
        object.number("tokens", reuse.tokens);
        object.objects("places", &reuse.places, |object, place| {
            object.text("path", &place.path);
            object.number("line", place.line);
        });
    });
    object.number("suppressed", summary.suppressed);
    object.number("distinct_secrets", summary.distinct_secrets);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_claims_are_exactly_these() {
        let said = Claims { subject: Some("u".into()), sdk_app_id: Some(14), ..Claims::default() };
        let mut json = String::new();
        let mut object = Object::open(&mut json);
        claims(&said, &mut object);
        object.close();
        assert_eq!(
            json,
            r#"{"subject":"u","scope":null,"remote_id":null,"issuer":null,"issued_at":null,"expires_at":null,"sdk_app_id":14}"#
        );
    }
}
