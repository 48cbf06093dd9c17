//! What is told of a mask is what a scan tells: the same rule, kind, severity, status and claims at the
//! same place, for reports, counts and callbacks alike.

use crate::support;

use std::sync::{Arc, Mutex};

use scrubjay::blob::Origin;
use scrubjay::finding::{Finding, Kind, Severity, Status};
use scrubjay::rewrite::{Collector, Wants};
use scrubjay::scan::{Excerpts, Progress, Settings, scan};
use scrubjay::scrub::{Masker, Policy, Scratch};
use support::prng::Prng;
use support::template::expand;
use support::{NOW, cases, tokens};

/// One file for a scan.
struct One(Origin, Vec<u8>);

impl scrubjay::input::Source for One {
    fn read(&self, crew: &dyn scrubjay::input::Crew) {
        crew.sink().whole(&self.0, &self.1);
    }
}

fn scanned(origin: &Origin, bytes: &[u8]) -> Vec<Finding> {
    let detector = scrubjay::detect::Detector::new(scrubjay::rule::builtin(), NOW);
    let settings = Settings { jobs: 1, excerpts: Excerpts::Nothing, list_skipped: false, policy: None };
    let source: Box<dyn scrubjay::input::Source> = Box::new(One(origin.clone(), bytes.to_vec()));
    scan(&detector, &[source], settings, &scrubjay::prove::Proving::default(), &Progress::default()).findings
}

fn told(masker: &Arc<Masker>, origin: &Origin, bytes: &[u8]) -> Vec<Finding> {
    let collector = Collector::new(masker, Wants { findings: true, verdicts_at: Some(NOW) });
    collector.copy(origin, true, &mut &bytes[..], &mut std::io::sink()).expect("memory takes everything");
    collector.take().findings
}

#[test]
fn every_finding_of_a_scan_is_told_of_a_mask() {
    let masker = Arc::new(Masker::default());
    let (mut wrong, mut found) = (Vec::new(), 0);
    for case in cases::load() {
        let (bytes, origin) = (case.expand().bytes, Origin::file(case.path.as_str()));
        let told = told(&masker, &origin, &bytes);
        for finding in scanned(&origin, &bytes) {
            found += 1;
            // A stream counts the columns of UTF-16 in bytes.
            let column = |f: &Finding| if bytes.contains(&0) { 0 } else { f.column };
            let same = |t: &&Finding| {
                (&t.rule, t.kind, t.severity, t.status, &t.claims, t.line, column(t), t.offset, t.length)
                    == (
                        &finding.rule,
                        finding.kind,
                        finding.severity,
                        finding.status,
                        &finding.claims,
                        finding.line,
                        column(&finding),
                        finding.offset,
                        finding.length,
                    )
                    && t.fingerprint == finding.fingerprint
                    && t.message == finding.message
            };
            if !told.iter().any(|t| same(&t)) {
                let near: Vec<_> = told
                    .iter()
                    .filter(|t| t.line.abs_diff(finding.line) < 2)
                    .map(|t| (&t.rule, t.kind, t.severity, t.status, t.line, t.column, t.offset, t.length))
                    .collect();
                wrong.push(format!(
                    "{}: {} {:?} {:?} {}:{} {} {}\n    {near:?}",
                    case.name,
                    finding.rule,
                    finding.severity,
                    finding.status,
                    finding.line,
                    finding.column,
                    finding.offset,
                    finding.length,
                ));
            }
        }
    }
    assert!(found > 300, "{found}");
    assert!(wrong.is_empty(), "{} of {found} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_callback_is_told_what_a_scan_says() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let policy = Policy::builder().on_hit(move |hit| {
        let subject = hit.claims.and_then(|claims| claims.subject.clone());
        let hit = (hit.rule.to_owned(), hit.kind, hit.severity, hit.status, subject);
        told.lock().expect("nothing panics").push(hit);
    });
    let masker = Masker::new(policy.build().expect("valid"));
    let claims =
        br#"{"sub":"me","scope":"connect:device://TIRA1B2C3D4E","iss":"a","iat":1,"exp":2,"nonce":"0f"}"#;
    let token = tokens::sign(&mut Prng::new(1), claims);
    let text = expand("secret_key={alnum:32} password={alnum:9} token=TOKEN access_token={alnum:30}", "told");
    let text = String::from_utf8(text.bytes).expect("text").replace("TOKEN", &token);
    masker.mask(text.as_bytes(), &mut Scratch::default(), &mut Vec::new());
    let seen = seen.lock().expect("nothing panics");
    let kinds: Vec<_> = seen.iter().map(|(_, kind, _, status, _)| (*kind, *status)).collect();
    assert_eq!(
        kinds,
        [
            (Kind::SecretKey, None),
            (Kind::Other, None),
            (Kind::Token, Some(Status::Expired)),
            (Kind::Other, None)
        ],
        "{seen:?}"
    );
    assert_eq!(seen[2].4.as_deref(), Some("me"));
    assert!(seen[0].0.starts_with("tirtc-") && seen[1].0 == "field", "{seen:?}");
    assert!(seen[2].2 < Severity::High, "an expired token opens nothing: {seen:?}");
}
