//! Lines of logs that name tokens, keys and passwords and hold none: they stay byte for byte. The same
//! names with a random value behind them do not.
//!
//! The lines are invented in the formats of public collections of logs, of compilers and of servers.

use crate::support;

use std::sync::{Arc, LazyLock};

use scrubjay::scrub::{Masker, Scrubber};
use support::prng::Prng;
use support::scrubbing;

/// Lines of many programs; `{n}` is a number, `{h}` the hash of an object, `{w}` a word, `{ip}` an address.
const LINES: &[&str] = &[
    // Android
    "03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogsopening app wtoken = AppWindowToken{{h} token=Token{{h} ActivityRecord{{h} u0 com.tencent.{w}/.ui.LauncherUI t{n}}}}, allDrawn= false, startingDisplayed =  false",
    "03-17 16:13:46.764  1702  8671 D ActivityManager: Skipping, withExcluded: false, tr.intent:Intent { act=android.intent.action.MAIN flg=0x10800000 cmp=com.android.{w}/.Main token=android.os.BinderProxy@{h} }",
    "W/InputMethodManagerService( {n}): Window already focused, ignoring focus gain of: com.android.internal.view.IInputMethodClient$Stub$Proxy@{h} attribute=null, token = android.os.BinderProxy@{h}",
    "I/ActivityManager: START u0 {act=android.intent.action.VIEW cmp=com.{w}/.MainActivity} from uid {n} on display 0 token=Token{{h} ActivityRecord{{h} u0 com.{w}/.Act t{n}}}",
    "D/WifiService: acquireWifiLockLocked: WifiLock{WifiService type=1 key={w}_lock binder=android.os.BinderProxy@{h}}",
    "V/KeyguardUpdateMonitor: onKeyguardVisibilityChanged key=lock_pattern_autolock value=true",
    // Mac
    "Jul  2 16:32:59 calvisitor-10-105-160-95 com.apple.xpc.launchd[1] (com.apple.xpc.launchd.domain.pid.IDECacheDeleteAppExtension.{n}): Failed to bootstrap path, token: com.apple.xpc.activity/{n}:",
    "Jul  3 08:43:41 host com.apple.cts[258]: com.apple.{w}.reporting: scheduler_evaluate_activity told me to run this job; token: com.apple.xpc.activity/{n}; runtime=0x{h}",
    "Jul  7 16:01:34 authorMacBook-Pro kernel[0]: AppleKeyStore: operation failed (pid: {n} sel: 7 ret: e00002e2 key: class_{n})",
    // Hadoop, YARN, Spark
    "2015-10-17 21:37:11,011 INFO [main] org.apache.hadoop.mapred.YarnChild: Executing with tokens:",
    "2015-10-17 21:37:11,012 INFO [main] org.apache.hadoop.mapred.YarnChild: Kind: mapreduce.job, Service: job_1445087491445_{n}, Ident: (org.apache.hadoop.mapreduce.security.token.JobTokenIdentifier@{h})",
    "2015-10-17 15:37:56,547 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Kind: YARN_AM_RM_TOKEN, Service: , Ident: (appAttemptId { application_id { id: {n} cluster_timestamp: 1445062781478 } attemptId: 1 } keyId: 471522253)",
    "INFO org.apache.hadoop.yarn.server.nodemanager.security: Rolling master-key for container-tokens, got key with id {n}",
    "INFO AMRMClientImpl: Received new token for : mesos-{w}-{n}.example:45454, token=Token { kind: ContainerToken, service: {ip}:45454 }",
    "INFO ContainerManagerImpl: Start request for container_1445062781478_0011_01_{n} by user {w}, ContainerToken { kind: ContainerToken service: host-{n}.openstack.local:8041 }",
    "DEBUG RMContainerTokenSecretManager: containerToken: ContainerTokenIdentifier{containerID=container_1445062781478_0011_01_{n}, nmHostAddr=host-{n}:45454, appSubmitter={w}, expiryTimeStamp=1445063381478}",
    "INFO delegation.AbstractDelegationTokenSecretManager: Updating the current master key for generating delegation tokens, key={n}",
    "INFO DFSClient: Created HDFS_DELEGATION_TOKEN token {n} for {w} on {ip}:8020, token: (HDFS_DELEGATION_TOKEN token {n} for {w})",
    "17/06/09 20:10:40 INFO executor.Executor: Running task {n}.0 in stage 0.0 key=rdd_{n}_{n} size=4.0 B",
    "17/06/09 20:10:40 INFO spark.SecurityManager: SecurityManager: authentication disabled; ui acls disabled; users with view permissions: Set({w}); token: none",
    // HDFS, Zookeeper, HPC
    "081109 203615 {n} INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_-1608999687919862906 terminating key=blk_{n}",
    "2015-07-29 19:04:12,394 - INFO  [/{ip}:11221:QuorumPeer@{n}] - Session: 0x14ede63a5a70004 closed, key: /zookeeper/{w}/quota",
    "2015-07-29 23:44:28,903 - WARN  [NIOServerCxn] - caught end of stream exception: Unable to read additional data from client sessionid 0x{h}, token=0x{h}",
    // OpenStack
    "nova-api.log 2017-05-16 00:00:00.008 {n} INFO nova.osapi_compute.wsgi.server [req-{w}] {ip} \"GET /v2/servers/detail HTTP/1.1\" status: 200 len: {n} time: 0.2477829 token: valid",
    "keystone.token.provider DEBUG Using {w} token provider; token: fernet",
    "WARNING keystonemiddleware.auth_token [-] Authorization failed for token: token expired",
    // Linux
    "Dec 10 06:55:48 LabSZ sshd[{n}]: Failed password for invalid user {w} from {ip} port {n} ssh2",
    "Dec 10 06:55:48 LabSZ sshd[{n}]: Accepted password for root from {ip} port {n} ssh2",
    "Dec 10 09:32:20 LabSZ sshd[{n}]: PAM 4 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user=root",
    "Dec 10 09:32:20 LabSZ sshd[{n}]: message repeated 5 times: [ Failed password for root from {ip} port {n} ssh2]",
    "Jun 15 04:06:18 combo su(pam_unix)[{n}]: session opened for user {w} by (uid=0)",
    "Jun 15 04:06:20 combo passwd(pam_unix)[{n}]: password changed for {w}",
    "sshd[{n}]: Server listening on 0.0.0.0 port 22, host key: ssh-ed25519",
    "kernel: Loaded X.509 cert 'Build time autogenerated kernel key: {h}'",
    "environment: SHELL=/bin/bash PWD=/home/{w}/src OLDPWD=/home/{w} USER={w}",
    "Dec 10 09:32:20 LabSZ passwd[{n}]: pam_unix(passwd:chauthtok): password changed for {w}",
    "Dec 10 09:32:20 LabSZ sudo[{n}]: pam_unix(passwd:session): session opened for user root by (uid=0)",
    // Kubernetes, Kafka, .NET
    "volumes: secret: my-tls-secret",
    "    secret: {w}-tls-cert",
    "Warning FailedMount MountVolume.SetUp failed for volume: references non-existent secret: db-credentials",
    "    secretName: my-tls-secret",
    "  secret_name: {w}-registry-secret",
    "  secretRef: {w}-app-secret",
    "{\"volumes\":[{\"name\":\"{w}\",\"secret\":{\"secretName\":\"my-tls-secret\"}}]}",
    "env: secret=default-token-x7k2p mounted",
    "INFO ProducerConfig values: acks = {n} sasl.jaas.config = null ssl.key.password = null ssl.keystore.key = null",
    "\tssl.key.password = [hidden]",
    "\tsasl.jaas.config = [hidden]",
    "\tssl.keystore.password = null, ssl.truststore.password = null",
    "Could not load file or assembly 'System.Web, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089'",
    "<bindingRedirect publicKeyToken=\"31bf3856ad364e35\" oldVersion=\"0.0.0.0-4.0.0.0\"/>",
    // Names that only resemble
    "redis_auth=none mqtt_auth=basic http_auth: enabled",
    "ssh_key=/home/{w}/.ssh/id_ed25519 ssh_key: ~/.ssh/id_rsa SSH_KEY=deploy.pem",
    "gpio_pin={n} led_pin: {n} PIN_NUMBER=17 pin_count=3 pin=4",
    // Arrays that are none of a secret
    "token_counts=[81, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107]",
    "max_tokens: [128, 256], token: [1, 2, 3], key = {n}, keys: [1, 2, 3, 4]",
    "password_lengths=[8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56]",
    "key(3, 4) token(1, 2, 3) secret(5)",
    "shape: Uint8Array(3) [ 1, 2, 3 ], weights=[0.5, 0.25, 0.125, 0.0625]",
    // Compilers and parsers
    "error: expected one of `,` or `}`, found token: `{`",
    "error: unexpected token: `}`",
    "SyntaxError: Unexpected token: punc ())",
    "Uncaught SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    "src/{w}.rs:{n}:5: error: no rules expected the token `=`",
    "parse error: unexpected token: identifier, expected: semicolon at line {n}",
    "Lexer { token: Identifier(\"{w}\"), span: 0..{n} }",
    "Token { kind: Ident, value: \"{w}\", line: {n} }, lookahead token: Eof",
    "yacc: syntax error, nextToken=TOK_SEMICOLON lastToken=TOK_{n}",
    "Parsed(token=Name('{w}'), next_token=Op('+'), key=None)",
    "tokenizer config: bos_token=<s> eos_token=</s> pad_token=[PAD] unk_token=<unk> max_tokens=4096",
    "{\"bos_token\": \"<|begin_of_text|>\", \"eos_token\": \"<|end_of_text|>\", \"pad_token\": null}",
    "usage: {\"prompt_tokens\": {n}, \"completion_tokens\": {n}, \"total_tokens\": {n}}",
    // Servers
    "2024/01/02 03:04:05 [error] {n}#0: *{n} invalid token: signature mismatch, client: {ip}, server: _",
    "{ip} - {w} [02/Jan/2024:03:04:05 +0000] \"GET /docs/token?key=name&sort=desc HTTP/1.1\" 200 {n} \"-\" \"curl/8\"",
    "E0102 03:04:05.678901       1 authentication.go:63] \"Unable to authenticate the request\" err=\"[invalid bearer token, service account token has expired]\"",
    "I0102 reconciler.go:245] operationExecutor.MountVolume started for volume \"kube-api-access-{w}\" path: /var/run/secrets/kubernetes.io/serviceaccount/token",
    "kubelet: MountVolume.SetUp succeeded for volume \"default-token-{w}\" type: kubernetes.io/service-account-token",
    "{\"level\":\"info\",\"msg\":\"cache miss\",\"key\":\"user:{n}:profile\",\"ttl\":{n}}",
    "{\"level\":\"info\",\"key\":\"com.example.{w}.Service\",\"token\":\"unset\",\"signature\":\"(int, String)\"}",
    "redis: GET key=session:count:{w}:{n} hit",
    "kafka: partition={n} offset={n} key=order-{n} topic={w}",
    "etcdserver: read-only range request \"key:\\\"/registry/pods/{w}/\\\" \" with result \"range_response_count:{n}\" took too long",
    "consul: key=config/{w}/feature-flags index={n}",
    "s3: PutObject bucket=logs-{w} key=2024/01/02/{w}-{n}.json.gz size={n}",
    "index scan on idx_{w} key=({n}, '{w}') rows={n}",
    "jwt: token rejected: token is expired by 1h{n}m",
    "gateway: authorization: denied for {w}",
    "http: authorization=required realm={w}",
    "login: invalid otp: code mismatch for {w}",
    "csrf: token mismatch, token=(missing)",
    "oauth: refresh of token failed: key not found",
    "sign: signature=HmacSHA256 key=default alg=HS256",
    "ssh: kex signature: rsa-sha2-512, host key: ecdsa-sha2-nistp256",
    "rate limiter: token bucket refilled, tokens={n}/{n}, token_rate={n}",
    "test result: pass=12 fail={n} skip=0",
    "render: shadow_pass: {n}ms, first_pass=done, second_pass: skipped",
    "i18n: missing translation key: settings.security.title for locale en_US",
    "cmake: found OpenSSL key: /usr/lib/x86_64-linux-gnu/libssl.so",
    "flag: has_password=true is_secret=false show_password: no hide_token=yes",
    "metrics: token_count={n} secret_count={n} password_length={n} key_id={n} token_ttl={n}",
    "policy: password_min_length={n} password_policy=strong token_type=bearer token_url=https://auth.example/t",
    "cert: private_key_path=/etc/ssl/private/{w}.pem license: Apache-2.0 public_key=/etc/ssl/{w}.pub",
    "thread 'main' panicked at src/{w}.rs:{n}: token: None, key: Some({n})",
    "SyncToken { token: 42, generation: {n} } cancellation_token=CancellationToken { is_cancelled: false }",
    "monkey: whiskey=7 hockey: yes turkey=3 compass=north bypass: on laptop=open",
];

/// Names under which a random value is none of those.
const NAMES: &[&str] = &[
    "token",
    "key",
    "wtoken",
    "containerToken",
    "nextToken",
    "sync_token",
    "cancellation_token",
    "signature",
    "render_pass",
    "cache.key",
    "reset_password",
];

/// How they are written.
const SYNTAXES: &[&str] = &[
    "INFO {name}={value} done",
    "INFO {name}: {value}",
    "{\"{name}\":\"{value}\",\"n\":1}",
    "X { {name}: \"{value}\" }",
    "GET /x?{name}={value}&page=2",
    "{name}: Some(\"{value}\")",
    "{name}=Token { kind: Access, id: {n}, value: {value}, host: db-{n}.example }",
    "{\"{name}\":{\"type\":\"bearer\",\"data\":[\"{value}\",{n}],\"n\":2.5e+25}}",
    "{\"{name}\":[\"{w}\",{\"x\":\"{value}\"}]}",
];

static MASKER: LazyLock<Arc<Masker>> = LazyLock::new(Arc::default);

fn masked(text: &str) -> String {
    scrubbing::masked(&MASKER, text)
}

fn filled(template: &str, random: &mut Prng) -> String {
    const WORDS: &[&str] = &["music", "wechat", "catalog", "signal", "presence", "systemui", "bob", "worker"];
    let mut text = template.to_owned();
    for (hole, make) in [
        ("{n}", (|r: &mut Prng| r.below(100_000).to_string()) as fn(&mut Prng) -> String),
        ("{h}", |r| r.hex(7)),
        ("{w}", |r| (*r.pick(WORDS)).to_owned()),
        ("{ip}", |r| format!("10.{}.{}.{}", r.below(256), r.below(256), r.below(256))),
    ] {
        while text.contains(hole) {
            text = text.replacen(hole, &make(random), 1);
        }
    }
    text
}

#[test]
fn harmless_lines_stay_byte_for_byte() {
    let mut random = Prng::new(12);
    let mut wrong = Vec::new();
    for round in 0..20 {
        let lines: Vec<String> = LINES.iter().map(|line| filled(line, &mut random)).collect();
        for line in &lines {
            let json = format!("{{\"log\":{},\"n\":1}}", serde_json::Value::from(line.as_str()));
            for text in [line.clone(), json] {
                let out = masked(&text);
                if out != text && round == 0 {
                    wrong.push(format!("{text}\n    {out}"));
                }
                assert!(round == 0 || out == text, "{text}\n{out}");
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
        let text = lines.join("\n");
        let mut out = Vec::new();
        let mut scrubber = Scrubber::new(Arc::clone(&MASKER)).look_ahead();
        scrubber.push(text.as_bytes(), &mut out).expect("memory takes everything");
        scrubber.finish(&mut out).expect("memory takes everything");
        assert_eq!(String::from_utf8_lossy(&out), text);
    }
}

#[test]
fn random_values_under_the_same_names_do_not_stay() {
    let mut random = Prng::new(13);
    for _ in 0..60 {
        for name in NAMES {
            for syntax in SYNTAXES {
                let length = 12 + random.below(30);
                let value = match random.below(4) {
                    0 => random.hex(length.max(16)),
                    1 => random.chars(length, b"abcdefghijklmnopqrstuvwxyz0123456789"),
                    2 => random.chars(
                        length.max(20),
                        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                    ),
                    _ => random.alnum(length),
                };
                let text = filled(&syntax.replace("{name}", name), &mut random).replace("{value}", &value);
                let out = masked(&text);
                assert!(!out.contains(&value), "{text}\n{out}");
                assert_eq!(masked(&out), out, "{text}");
                // Of a structure all but the value stays.
                if syntax.contains("Token {") || syntax.contains(":{") {
                    let mask = if value.len() >= 24 {
                        (4, 4)
                    } else if value.len() >= 16 {
                        (2, 2)
                    } else {
                        (0, 0)
                    };
                    let shown = format!("{}****{}", &value[..mask.0], &value[value.len() - mask.1..]);
                    assert_eq!(out, text.replace(&value, &shown));
                }
                let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
                assert_eq!(json(&out), json(&text), "{text}\n{out}");
            }
        }
    }
}

#[test]
fn under_strong_names_everything_goes() {
    for name in ["password", "secret", "client_secret", "access_token", "api_key", "otp", "db_password"] {
        for value in ["abc", "123456", "com.apple.xpc/1", "correct-horse", "true"] {
            let text = format!("INFO {name}={value}, done");
            assert_eq!(masked(&text), format!("INFO {name}=****, done"));
        }
        for value in ["Value { a: 1, b: \"x\" }", "[1, x]"] {
            let text = format!("INFO {name}={value}");
            assert_eq!(masked(&text), format!("INFO {name}=****"));
        }
        for value in ["[1, 2]", "[1]"] {
            assert_eq!(masked(&format!("INFO {name}={value}")), format!("INFO {name}=[42,42,42,42]"));
        }
    }
}
