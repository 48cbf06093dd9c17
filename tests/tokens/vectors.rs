//! The vectors of `tests/vectors/`, read into what the tests ask for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A TiRTC token with the keys that made it.
pub(crate) struct Tirtc {
    pub(crate) signing: String,
    pub(crate) secret_key: String,
    pub(crate) device_secret_key: String,
    pub(crate) access_id: String,
    pub(crate) sub: String,
    pub(crate) scope: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) nonce: String,
    pub(crate) token: String,
}

/// A UserSig of one generator.
pub(crate) struct UserSig {
    pub(crate) generator: String,
    pub(crate) key: String,
    pub(crate) app: u64,
    pub(crate) user: String,
    pub(crate) time: i64,
    pub(crate) expire: i64,
    /// Room number or name of a PrivateMapKey.
    pub(crate) room: Option<String>,
    pub(crate) kind: String,
    pub(crate) userbuf_hex: Option<String>,
    pub(crate) signed: String,
    pub(crate) tls_sig: String,
    pub(crate) token: String,
}

/// A UserSig of the legacy signer.
pub(crate) struct Legacy {
    pub(crate) app: u64,
    pub(crate) user: String,
    pub(crate) time: i64,
    pub(crate) expire: i64,
    pub(crate) signed: String,
    pub(crate) json: String,
    pub(crate) curve: String,
    pub(crate) private_pem: String,
    pub(crate) public_pem: String,
    pub(crate) token: String,
}

/// A v1 token of any payload and any signature text.
pub(crate) fn mint_tirtc(payload: impl AsRef<[u8]>, signature: &str) -> String {
    format!("v1.{}.{signature}", URL_SAFE_NO_PAD.encode(payload))
}

pub(crate) fn tirtc() -> Vec<Tirtc> {
    let all: Value = serde_json::from_str(include_str!("../vectors/tirtc-tokens.json")).unwrap();
    let of = |v: &Value| Tirtc {
        signing: text(v, "signing"),
        secret_key: text(v, "secret_key"),
        device_secret_key: text(v, "device_secret_key"),
        access_id: text(v, "access_id"),
        sub: text(v, "sub"),
        scope: text(v, "scope"),
        iat: number(v, "iat"),
        exp: number(v, "exp"),
        nonce: text(v, "nonce"),
        token: text(v, "token"),
    };
    all["tokens"].as_array().unwrap().iter().map(of).collect()
}

pub(crate) fn usersig() -> Vec<UserSig> {
    let all: Value = serde_json::from_str(include_str!("../vectors/usersig.json")).unwrap();
    let mut out = Vec::new();
    for v in all["v2"].as_array().unwrap().iter().chain(all["v2_edge"].as_array().unwrap()) {
        let inputs = &v["inputs"];
        for (generator, output) in v["outputs"].as_object().unwrap() {
            out.push(UserSig {
                generator: format!("{} {generator}", text(v, "id")),
                key: text(inputs, "key"),
                app: inputs["sdkappid"].as_u64().unwrap(),
                user: text(inputs, "userid"),
                time: number(inputs, "time"),
                expire: number(inputs, "expire"),
                room: (inputs.get("roomid").map(Value::to_string))
                    .or_else(|| inputs.get("roomstr").map(|_| text(inputs, "roomstr"))),
                kind: text(inputs, "kind"),
                userbuf_hex: v["userbuf_hex"].as_str().map(Into::into),
                signed: text(v, "string_to_sign"),
                tls_sig: text(v, "tls_sig"),
                token: text(output, "usersig"),
            });
        }
    }
    out
}

pub(crate) fn legacy() -> Vec<Legacy> {
    let all: Value = serde_json::from_str(include_str!("../vectors/usersig.json")).unwrap();
    let of = |v: &Value| Legacy {
        app: v["inputs"]["sdk_appid"].as_u64().unwrap(),
        user: text(&v["inputs"], "identifier"),
        time: number(&v["inputs"], "time"),
        expire: number(&v["inputs"], "expire_after"),
        signed: text(v, "string_to_sign"),
        json: text(v, "json"),
        curve: text(v, "curve"),
        private_pem: text(v, "test_private_key_pem"),
        public_pem: text(v, "test_public_key_pem"),
        token: text(v, "usersig"),
    };
    all["v1_ecdsa"].as_array().unwrap().iter().map(of).collect()
}

fn text(v: &Value, name: &str) -> String {
    v[name].as_str().unwrap().to_owned()
}

fn number(v: &Value, name: &str) -> i64 {
    v[name].as_i64().unwrap()
}
