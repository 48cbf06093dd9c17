//! Proof through the command: which key signed which token, told from what is in the files alone.

use crate::support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use scrubjay::finding::fingerprint;
use scrubjay::secret::{DeviceSecretKey, SdkSecretKey, SecretKey};
use scrubjay::token::{tirtc, usersig};
use serde_json::Value;
use support::NOW;
use support::prng::Prng;
use tempfile::TempDir;

/// What a scan of a tree said.
struct Told {
    report: Value,
    stderr: String,
}

impl Told {
    /// Findings of that rule.
    fn of(&self, rule: &str) -> Vec<&Value> {
        let findings = self.report["findings"].as_array().expect("a list");
        findings.iter().filter(|f| f["rule"] == rule).collect()
    }

    /// The lines of tokens that are proven.
    fn proven_lines(&self) -> Vec<u64> {
        let findings = self.report["findings"].as_array().expect("a list");
        let tokens = findings.iter().filter(|f| !f["claims"].is_null() && !f["proof"].is_null());
        tokens.map(|f| f["line"].as_u64().expect("a line")).collect()
    }
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        fs::write(tree.path().join(path), text).expect("a file");
    }
    tree
}

fn run(tree: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrubjay"));
    command.current_dir(tree).env_clear().env("LANG", "C.UTF-8");
    command.args(["scan", "--now", &NOW.to_string()]).args(args).output().expect("the command runs")
}

fn scan(tree: &Path, args: &[&str]) -> Told {
    let output = run(tree, &[&["-f", "json"], args].concat());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {stderr}"));
    Told { report, stderr }
}

/// A TiRTC token; app-only where no device key is given.
fn connect(rng: &mut Prng, device_id: &str, device: Option<&str>, app: &str) -> String {
    let app = SecretKey::parse(app).expect("a key");
    let device = device.map(|key| DeviceSecretKey::parse(key).expect("a key"));
    let keys = match &device {
        Some(device) => tirtc::Keys::device_then_app(device, &app),
        None => tirtc::Keys::app_only(&app),
    };
    let issuer = format!("ak_{}", rng.alnum(16));
    let grant = tirtc::Grant::new(issuer, format!("user_{}", rng.below(100_000)), device_id, NOW - 60);
    keys.sign(&grant.expect("a grant")).expect("a token").expose().to_owned()
}

fn user_sig(app: u32, key: &str) -> String {
    let key = usersig::Key::new(&SdkSecretKey::parse(key).expect("a key"));
    let grant = usersig::Grant::new(app, "alice", NOW - 60).expect("a grant");
    key.sign(&grant).expect("a token").expose().to_owned()
}

#[test]
fn a_folder_of_a_key_a_license_list_and_a_log_proves_what_it_signed_and_nothing_else() {
    let mut rng = Prng::new(41);
    let app = rng.alnum(32);
    let licenses: Vec<(String, String)> = (0..1000).map(|_| (rng.device_id(), rng.alnum(32))).collect();
    let (mut log, mut expected) = (String::new(), Vec::new());
    for line in 1..=10_000_u64 {
        let known = line % 100 < 3;
        let (id, key) = &licenses[rng.below(1000)];
        let token = if known {
            expected.push(line);
            connect(&mut rng, id, Some(key).filter(|_| line % 100 < 2).map(String::as_str), &app)
        } else {
            let other = rng.alnum(32);
            // Right device, wrong application; and the other way round; and neither.
            match line % 3 {
                0 => connect(&mut rng, id, Some(key), &other),
                1 => connect(&mut rng, id, Some(&other), &app),
                _ => {
                    let id = rng.device_id();
                    connect(&mut rng, &id, Some(&other), &other)
                }
            }
        };
        log.push_str(&format!("2027-01-15 INFO worker connect token={token} line {line}\n"));
    }
    let list: String = licenses.iter().map(|(id, key)| format!("{id},{key}\n")).collect();
    let tree = tree(&[
        ("server.env", &format!("TIRTC_SECRET_KEY={app}\n")),
        ("licenses.txt", &list),
        ("connect.log", &log),
    ]);
    // Without optimisations, what is left when the likely pairs are tried would take minutes.
    let limit = if cfg!(debug_assertions) { "60000" } else { "20000000" };
    let told = scan(tree.path(), &["--prove-limit", limit]);
    assert_eq!(told.of("tirtc-token").len(), 10_000);
    assert_eq!(told.of("tirtc-license").len(), 1000);
    assert_eq!(told.proven_lines(), expected);
    assert_eq!(told.report["summary"]["proven"], 300);
    // Licenses of other devices are as many as 19 million HMACs, more than the share they get.
    assert_ne!(told.report["summary"]["unproven"], 0);
    assert!(told.stderr.contains("300 tokens are proven"), "{}", told.stderr);
}

#[test]
fn a_proof_names_its_keys_everywhere_it_is_told() {
    let mut rng = Prng::new(42);
    let (id, device, app) = (rng.device_id(), rng.alnum(32), rng.alnum(40));
    let token = connect(&mut rng, &id, Some(&device), &app);
    let tree = tree(&[
        ("a.log", &format!("\ntoken={token}\n")),
        ("b.env", &format!("TIRTC_SECRET_KEY={app}\n")),
        ("c.txt", &format!("{id},{device}\n")),
    ]);
    let told = scan(tree.path(), &[]);
    let findings = told.report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 3);
    for finding in findings {
        let proof = &finding["proof"];
        assert_eq!(proof["scheme"], "tirtc-v1");
        assert_eq!(proof["token"], fingerprint(token.as_bytes()));
        assert_eq!(proof["secret_key"], fingerprint(app.as_bytes()));
        assert_eq!(proof["device_secret_key"], fingerprint(device.as_bytes()));
        assert_eq!(proof.as_object().map(serde_json::Map::len), Some(4));
    }
    let human = run(tree.path(), &[]);
    let text = String::from_utf8_lossy(&human.stdout);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("this key signed the token at a.log:2"), "{text}");
    assert!(words.contains("the key at b.env:1 and the key at c.txt:1 signed this token"), "{text}");
    for secret in [&token, &app, &device] {
        assert!(!told.report.to_string().contains(secret.as_str()) && !text.contains(secret.as_str()));
    }
}

#[test]
fn a_key_that_need_not_be_reported_still_proves_what_it_signed() {
    let mut rng = Prng::new(44);
    let (id, app) = (rng.device_id(), rng.alnum(32));
    let token = connect(&mut rng, &id, None, &app);
    let allow = "[[allow]]\npaths = ['b.env']\nreason = 'the key of the test tenant'\n";
    let tree = tree(&[
        ("scrubjay.toml", allow),
        ("a.log", &format!("token={token}\n")),
        ("b.env", &format!("TIRTC_SECRET_KEY={app}\n")),
    ]);
    let told = scan(tree.path(), &[]);
    let findings = told.report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 1, "the key is suppressed");
    assert_eq!(findings[0]["proof"]["secret_key"], fingerprint(app.as_bytes()));
    assert_eq!(told.report["summary"]["suppressed"], 1);
}

#[test]
fn a_wrong_key_proves_nothing() {
    let mut rng = Prng::new(43);
    let (id, device, app) = (rng.device_id(), rng.alnum(32), rng.alnum(32));
    let token = connect(&mut rng, &id, Some(&device), &app);
    let other = rng.alnum(32);
    let tree = tree(&[
        ("a.log", &format!("token={token}\nuserSig: '{}'\n", user_sig(1_400_123_456, &rng.hex(64)))),
        ("b.env", &format!("TIRTC_SECRET_KEY={other}\nSDKSECRETKEY={}\n", rng.hex(64))),
        ("c.txt", &format!("{id},{device}\n")),
    ]);
    let told = scan(tree.path(), &[]);
    assert_eq!(told.report["findings"].as_array().map(Vec::len), Some(5));
    assert!(told.report["findings"].as_array().is_some_and(|all| all.iter().all(|f| f["proof"].is_null())));
    assert_eq!(told.report["summary"]["proven"], 0);
    assert_eq!(told.report["summary"]["unproven"], 0);
}

#[test]
fn a_device_key_under_the_id_of_another_device_is_tried_too() {
    let mut rng = Prng::new(48);
    let (device, app) = (rng.alnum(32), rng.alnum(32));
    let (id, other) = (rng.device_id(), rng.device_id());
    let token = connect(&mut rng, &id, Some(&device), &app);
    let keys = format!("{other},{device}\n{id},{}\nTIRTC_SECRET_KEY={app}\n", rng.alnum(32));
    let tree = tree(&[("a.log", &format!("token={token}\n")), ("keys.txt", &keys)]);
    let told = scan(tree.path(), &[]);
    assert_eq!(told.proven_lines(), [1]);
    assert_eq!(told.report["summary"]["unproven"], 0);
    // One alone, two with the device's own license, two with the other; the last get a quarter.
    assert_eq!(scan(tree.path(), &["--prove-limit", "7"]).report["summary"]["unproven"], 1);
}

#[test]
fn the_number_of_threads_and_the_order_of_files_change_nothing() {
    let mut rng = Prng::new(44);
    let app = rng.alnum(32);
    let mut parts = Vec::new();
    for _ in 0..60 {
        let (id, device) = (rng.device_id(), rng.alnum(32));
        let token = connect(&mut rng, &id, Some(&device), &app);
        let name = rng.alnum(8);
        parts.push((format!("{name}.log"), format!("x {token}\n")));
        parts.push((format!("{name}.json"), format!("{{\"{id}\": \"{device}\"}}\n")));
    }
    parts.push(("zz.env".to_owned(), format!("TIRTC_SECRET_KEY={app}\n")));
    let files: Vec<(&str, &str)> = parts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let tree = tree(&files);
    for limit in ["40", "200", "20000000"] {
        let findings = |jobs: &str| {
            let told = scan(tree.path(), &["--jobs", jobs, "--prove-limit", limit]);
            (told.report["findings"].clone(), told.report["summary"].clone())
        };
        let one = findings("1");
        assert_eq!(one, findings("2"), "limit {limit}");
        assert_eq!(one, findings("7"), "limit {limit}");
        if limit == "20000000" {
            assert_eq!(one.1["proven"], 60);
        }
    }
}

#[test]
fn known_secrets_prove_without_being_found() {
    let mut rng = Prng::new(45);
    let (id, device, app, sdk) = (rng.device_id(), rng.alnum(32), rng.alnum(32), rng.hex(64));
    let tokens = [connect(&mut rng, &id, Some(&device), &app), connect(&mut rng, &id, None, &app)];
    let log = format!("{}\n{}\nuserSig: '{}'\n", tokens[0], tokens[1], user_sig(1_400_123_456, &sdk));
    let tree = tree(&[("a.log", &log)]);
    let forms = [
        format!("# ours\n{app}\n{id},{device}\n\n{sdk}\n"),
        format!("[\"{app}\", \"{device}\", \"{sdk}\"]"),
        format!("{{\"app\": \"{app}\", \"{id}\": \"{device}\", \"sdk\": \"{sdk}\"}}"),
    ];
    let elsewhere = tempfile::tempdir().expect("a directory");
    let file = elsewhere.path().join("known");
    for form in forms {
        fs::write(&file, &form).expect("a file");
        let told = scan(tree.path(), &["--known-secrets", &file.to_string_lossy()]);
        assert_eq!(told.proven_lines(), [1, 2, 3], "{form}");
        let schemes: Vec<_> = told.report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|f| &f["proof"]["scheme"])
            .collect();
        assert_eq!(schemes, ["tirtc-v1", "tirtc-v1", "usersig-v2"]);
        let human = run(tree.path(), &["--known-secrets", &file.to_string_lossy()]);
        assert!(String::from_utf8_lossy(&human.stdout).contains("a known secret signed this token"));
    }
    fs::write(&file, format!("{app}\n{app},{device},{sdk}\n")).expect("a file");
    let refused = run(tree.path(), &["--known-secrets", &file.to_string_lossy()]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(said.contains(":2:1:") && !said.contains(&device) && !said.contains(&app), "{said}");
}

#[test]
fn tokens_of_the_vectors_are_proven_by_their_keys() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/tirtc-tokens.json")).expect("JSON");
    let text = |v: &Value| v.as_str().expect("a string").to_owned();
    let (mut keys, mut log, mut count) = (String::new(), String::new(), 0);
    for vector in vectors["tokens"].as_array().expect("a list") {
        keys.push_str(&format!("secret_key: {}\n", text(&vector["secret_key"])));
        if let Some(device) = vector["device_secret_key"].as_str() {
            keys.push_str(&format!("device_secret_key: {device}\n"));
        }
        log.push_str(&format!("token={}\n", text(&vector["token"])));
        count += 1;
    }
    let vectors: Value = serde_json::from_str(include_str!("../vectors/usersig.json")).expect("JSON");
    for part in ["v2", "v2_edge"] {
        for vector in vectors[part].as_array().expect("a list") {
            keys.push_str(&format!("SDKSECRETKEY={}\n", text(&vector["inputs"]["key"])));
            for output in vector["outputs"].as_object().expect("an object").values() {
                if let Some(token) = output["usersig"].as_str() {
                    log.push_str(&format!("userSig: '{token}'\n"));
                    count += 1;
                }
            }
        }
    }
    let mut pems: Vec<(String, String)> = Vec::new();
    for (at, vector) in vectors["v1_ecdsa"].as_array().expect("a list").iter().enumerate() {
        let name = format!("ec_key{at}.pem");
        pems.push((name, format!("# tls_sigature\n{}", text(&vector["test_private_key_pem"]))));
        log.push_str(&format!("userSig: '{}'\n", text(&vector["usersig"])));
        count += 1;
    }
    let mut files = vec![("keys.env", keys.as_str()), ("tokens.log", log.as_str())];
    files.extend(pems.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let told = scan(tree(&files).path(), &[]);
    let open: Vec<_> = (1..=count).filter(|line| !told.proven_lines().contains(line)).collect();
    assert!(open.is_empty(), "{count} tokens, not proven: {open:?}");
}

#[test]
fn a_token_of_the_published_test_is_let_pass() {
    let mut rng = Prng::new(46);
    let id = rng.device_id();
    let sample = connect(&mut rng, &id, Some("device-secret"), "sid-test");
    let real = connect(&mut rng, &id, Some("device-secrets"), "sid-test");
    let tree = tree(&[("a_test.go", &format!("a := \"{sample}\"\nb := \"{real}\"\n"))]);
    let told = scan(tree.path(), &["--prove-limit", "0"]);
    assert_eq!(told.of("tirtc-token").iter().map(|f| &f["line"]).collect::<Vec<_>>(), [2]);
    let explained = run(tree.path(), &["--explain", "a_test.go:1"]);
    let said = String::from_utf8_lossy(&explained.stdout).into_owned();
    assert!(said.contains("let pass") && said.contains("a published sample key signed"), "{said}");
}

#[test]
fn nonces_that_come_again_are_told_with_their_places() {
    let mut rng = Prng::new(47);
    let (id, app) = (rng.device_id(), SecretKey::parse(rng.alnum(32)).expect("a key"));
    let sign = |subject: &str, nonce: &str| {
        let grant = tirtc::Grant::new("ak_abcdefgh", subject, &id, NOW - 60).expect("a grant");
        let grant = grant.nonce(nonce).expect("a nonce");
        tirtc::Keys::app_only(&app).sign(&grant).expect("a token").expose().to_owned()
    };
    let (once, twice, again) = (rng.alnum(22), rng.alnum(22), rng.alnum(22));
    let [a, b, c, d] = [sign("a", &once), sign("b", &twice), sign("c", &twice), sign("d", &again)];
    let cut = &a[..a.len() - 20];
    let tree = tree(&[("1.log", &format!("{a}\n{b}\n{d}\n{cut}\n")), ("2.log", &format!("\n{c}\n{d}\n"))]);
    let told = scan(tree.path(), &[]);
    let reuse = told.report["summary"]["nonce_reuse"].as_array().expect("a list");
    let said: Vec<String> = reuse.iter().map(|r| format!("{} {}", r["tokens"], r["places"])).collect();
    let expected = [
        r#"2 [{"line":2,"path":"1.log"},{"line":2,"path":"2.log"}]"#,
        r#"1 [{"line":3,"path":"1.log"},{"line":3,"path":"2.log"}]"#,
    ];
    assert_eq!(said, expected);
    assert_eq!(reuse[0]["nonce_fingerprint"], fingerprint(twice.as_bytes()));
    assert!(told.stderr.contains("of 2 different tokens: 1.log:2, 2.log:2"), "{}", told.stderr);
    for nonce in [&once, &twice, &again] {
        assert!(!told.report.to_string().contains(nonce) && !told.stderr.contains(nonce));
    }
}

/// The key with the digit at that place lost, or added.
fn slips(key: &str, at: usize) -> [String; 2] {
    let (mut lost, mut added) = (key.to_owned(), key.to_owned());
    lost.remove(at);
    added.insert(at, '7');
    [lost, added]
}

#[test]
fn a_key_with_a_digit_lost_or_added_is_proven_by_what_the_whole_key_signed() {
    let mut rng = Prng::new(50);
    for at in [0, 31, 63] {
        let key = rng.hex(64);
        for (slip, mended) in slips(&key, at).into_iter().zip(["added", "taken away"]) {
            let tree = tree(&[
                (".env", &format!("TRTC_SDK_APP_ID=1400123456\nTRTC_SECRET_KEY={slip}\n")),
                ("a.log", &format!("userSig: '{}'\n", user_sig(1_400_123_456, &key))),
            ]);
            let told = scan(tree.path(), &[]);
            let [near, token] = [told.of("trtc-sdk-secret-key")[0], told.of("trtc-user-sig")[0]];
            assert_eq!(near["severity"], "critical", "{at} {mended}");
            assert_eq!(near["fingerprint"], fingerprint(slip.as_bytes()));
            for finding in [near, token] {
                assert_eq!(finding["proof"]["secret_key"], fingerprint(key.as_bytes()));
                assert_eq!(finding["proof"]["token"], token["fingerprint"]);
            }
            let reason = near["reason"].as_str().expect("a reason");
            assert!(reason.contains("one digit too") && reason.contains("one digit's distance"), "{reason}");
            assert_eq!(told.report["summary"]["proven"], 1);
            let human = run(tree.path(), &[]);
            let text = String::from_utf8_lossy(&human.stdout).into_owned();
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let expected = format!("this key, with one digit {mended}, signed the token at a.log:1");
            assert!(words.contains(&expected), "{text}");
            assert!(words.contains("the key at .env:2 signed this token, but for one digit"), "{text}");
            assert!(!told.report.to_string().contains(&key) && !text.contains(&key));
        }
    }
}

#[test]
fn a_report_for_people_says_how_many_digits_a_key_has_lost_or_gained() {
    let key = Prng::new(53).hex(68);
    for (digits, wrong) in [
        (62, "two digits too few"),
        (63, "one digit too few"),
        (64, ""),
        (65, "one digit too many"),
        (66, "two digits too many"),
        (67, "three digits too many"),
        (68, "four digits too many"),
    ] {
        let tree =
            tree(&[(".env", &format!("TRTC_SDK_APP_ID=1400123456\nTRTC_SECRET_KEY={}\n", &key[..digits]))]);
        let text = String::from_utf8_lossy(&run(tree.path(), &[]).stdout).into_owned();
        // A headline is wrapped, with a bar before its second line.
        let words = text.split(|c: char| c.is_whitespace() || c == '|' || c == '│');
        let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let expected = if wrong.is_empty() { String::new() } else { format!(", {wrong}") };
        assert!(words.contains(&format!("in clear text{expected} [trtc-sdk-secret-key]")), "{text}");
    }
}

#[test]
fn what_is_further_away_than_one_digit_is_not_proven() {
    let mut rng = Prng::new(51);
    let key = rng.hex(64);
    let mut changed = key.clone();
    changed.replace_range(10..11, if key.as_bytes()[10] == b'0' { "1" } else { "0" });
    for slip in [&key[1..63], &format!("{key}ab"), &changed, &format!("{}0", &changed[..64]), &changed[..63]]
    {
        let tree = tree(&[
            (".env", &format!("TRTC_SDK_APP_ID=1400123456\nTRTC_SECRET_KEY={slip}\n")),
            ("a.log", &format!("userSig: '{}'\n", user_sig(1_400_123_456, &key))),
        ]);
        let told = scan(tree.path(), &[]);
        let near = told.of("trtc-sdk-secret-key")[0];
        assert!(near["proof"].is_null(), "{} digits", slip.len());
        assert_eq!(near["severity"], if slip.len() == 64 { "critical" } else { "medium" });
        assert_eq!(told.report["summary"]["unproven"], 0);
    }
}

#[test]
fn the_limit_bounds_the_tries_for_keys_with_a_digit_lost() {
    let mut rng = Prng::new(52);
    let key = rng.hex(64);
    let [lost, _] = slips(&key, 40);
    let tree = tree(&[
        (".env", &format!("TRTC_SDK_APP_ID=1400123456\nTRTC_SECRET_KEY={lost}\n")),
        ("a.log", &format!("userSig: '{}'\n", user_sig(1_400_123_456, &key))),
    ]);
    // One whole try costs some two thousand; a quarter of the limit may go there.
    for (limit, proven) in [("0", 0), ("100", 0), ("10000", 1)] {
        let one = scan(tree.path(), &["--prove-limit", limit]);
        assert_eq!(one.report["summary"]["proven"], proven, "{limit}");
        assert_eq!(one.report["summary"]["unproven"], 1 - proven, "{limit}");
    }
}

#[test]
fn private_keys_without_armour_prove_legacy_tokens() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/usersig.json")).expect("JSON");
    let mut proven = 0;
    for vector in vectors["v1_ecdsa"].as_array().expect("a list") {
        let pem = vector["test_private_key_pem"].as_str().expect("a PEM");
        let block = pem.split("PRIVATE KEY-----").nth(1).expect("a body");
        let body: String = block.lines().filter(|line| !line.starts_with("-----")).collect();
        let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>();
        let token = vector["usersig"].as_str().expect("a token");
        for key in
            [format!("TIM_PRIVATE_KEY={body}\n"), format!("TIM_PRIVATE_KEY=\"{}\"\n", lines.join("\\n"))]
        {
            let tree = tree(&[(".env", &key), ("a.log", &format!("userSig: '{token}'\n"))]);
            let told = scan(tree.path(), &[]);
            let keys = told.of("trtc-legacy-private-key");
            assert_eq!(keys.len(), 1, "{key}");
            assert_eq!(keys[0]["fingerprint"], fingerprint(body.as_bytes()));
            proven += u64::from(!keys[0]["proof"].is_null());
        }
    }
    assert_eq!(proven, 2 * vectors["v1_ecdsa"].as_array().map_or(0, Vec::len) as u64);
}

#[test]
fn a_private_key_that_the_vendor_published_is_let_pass() {
    // A secret that is made up beside the public half of the published key: nobody can sign with it.
    let x = 0xb6a1_7d6b_85d9_1874_3f9e_9352_7937_0621_u128.to_be_bytes();
    let mut rng = Prng::new(53);
    let mut der = vec![0x30, 0x74, 0x02, 0x01, 0x01, 0x04, 0x20];
    der.extend(rng.bytes(32));
    der.extend([0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a, 0xa1, 0x44, 0x03, 0x42, 0x00, 0x04]);
    der.extend(x);
    der.extend(rng.bytes(48));
    let other = [&der[..der.len() - 64], &rng.bytes(64)].concat();
    let base64 = |der: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
    for (der, count) in [(der, 0), (other, 2)] {
        let body = base64(&der);
        let armour = |line_end: &str| {
            format!("-----BEGIN EC PRIVATE KEY-----{line_end}{body}{line_end}-----END EC PRIVATE KEY-----")
        };
        let text = format!("// TLSSigAPI\nkey = \"{}\"\nother = \"{body}\"\n", armour("\\n"));
        let tree = tree(&[("test.cpp", &text)]);
        assert_eq!(scan(tree.path(), &[]).of("trtc-legacy-private-key").len(), count);
        if count == 0 {
            for line in ["test.cpp:2", "test.cpp:3"] {
                let explained = run(tree.path(), &["--explain", line]);
                let said = String::from_utf8_lossy(&explained.stdout).into_owned();
                assert!(said.contains("the vendor published"), "{said}");
            }
        }
    }
}
