//! Random keys of every common alphabet in every common carrier: what the error rates are measured
//! over. A carrier writes the key as a program would: quoted where its syntax asks for it, and
//! percent-encoded in a URL.

use super::prng::Prng;

/// An alphabet that generators of keys draw from.
pub(crate) struct Alphabet {
    pub(crate) name: &'static str,
    pub(crate) characters: &'static str,
}

/// Every alphabet.
pub(crate) const ALPHABETS: &[Alphabet] = &[
    Alphabet { name: "hex", characters: "0123456789abcdef" },
    Alphabet { name: "HEX", characters: "0123456789ABCDEF" },
    Alphabet { name: "a-z0-9", characters: "abcdefghijklmnopqrstuvwxyz0123456789" },
    Alphabet { name: "A-Z0-9", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
    Alphabet { name: "base62", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" },
    Alphabet {
        name: "base64",
        characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    },
    Alphabet {
        name: "base64url",
        characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    },
    Alphabet { name: "A-Za-z", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" },
    Alphabet { name: "a-z", characters: "abcdefghijklmnopqrstuvwxyz" },
    Alphabet { name: "A-Z", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    Alphabet {
        name: "with signs",
        characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#%^*-_=+.~?",
    },
];

/// The lengths that keys have, in characters.
pub(crate) const LENGTHS: &[usize] = &[16, 20, 24, 32, 40, 44, 48, 64, 86, 96, 128];

/// A way in which a key travels.
pub(crate) struct Carrier {
    pub(crate) name: &'static str,
    /// The file in which it is met.
    pub(crate) path: &'static str,
    /// Writes the text around a key.
    pub(crate) write: fn(&str, &mut Prng) -> String,
    /// The value is `<device id>,<key>`.
    pub(crate) is_license: bool,
    /// What is around the value could be a sentence, whose punctuation is not part of it.
    pub(crate) is_sentence: bool,
}

const fn carrier(name: &'static str, path: &'static str, write: fn(&str, &mut Prng) -> String) -> Carrier {
    Carrier { name, path, write, is_license: false, is_sentence: false }
}

/// Every carrier.
pub(crate) const CARRIERS: &[Carrier] = &[
    carrier("env", ".env", |key, _| format!("PORT=80\nTIRTC_DEVICE_SECRET_KEY={key}\nMODE=dev\n")),
    carrier("export", "setup.sh", |key, _| format!("export TIRTC_SECRET_KEY_ID='{key}'\n")),
    carrier("json", "config.json", |key, _| {
        format!("{{\"device_id\": \"TIRA1B2C3D4E\", \"device_secret_key\": \"{key}\", \"n\": 1}}\n")
    }),
    carrier("yaml", "config.yml", |key, _| {
        format!("tirtc:\n  device_secret_key: {}\n  endpoint: x\n", yaml_scalar(key))
    }),
    carrier("code", "app.py", |key, _| format!("client = connect(1)\ndevice_secret_key = \"{key}\"\n")),
    Carrier {
        is_sentence: true,
        ..carrier("flag", "run.sh", |key, _| {
            format!("camera --device-secret-key {} --port 80\n", shell_word(key))
        })
    },
    Carrier {
        is_sentence: true,
        ..carrier("log", "service.log", |key, _| {
            format!("2027-01-15T08:00:00Z DEBUG cfg device_secret_key={key} device_id=TIRA1B2C3D4E\n")
        })
    },
    carrier("url", "access.log", |key, _| {
        format!("GET /v1/start?device_secret_key={}&page=2 HTTP/1.1\n", percent_encode(key))
    }),
    Carrier {
        is_license: true,
        is_sentence: true,
        ..carrier("license", "device.conf", |key, _| format!("license=TIRA1B2C3D4E,{key}\n"))
    },
    Carrier {
        is_license: true,
        ..carrier("license json", "device.json", |key, _| format!("{{\"license\":\"TIRA1B2C3D4E,{key}\"}}\n"))
    },
    carrier("properties", "app.properties", |key, _| format!("device.secret.key={key}\n")),
    carrier("xml", "config.xml", |key, _| format!("<c><deviceSecretKey>{key}</deviceSecretKey></c>\n")),
    carrier("define", "local_config.h", |key, _| format!("#define TIRTC_DEVICE_SECRET_KEY \"{key}\"\n")),
    carrier("csv", "devices.csv", |key, _| format!("device_id,device_secret_key\nTIRA1B2C3D4E,{key}\n")),
];

/// A random key.
pub(crate) fn draw_key(alphabet: &Alphabet, length: usize, rng: &mut Prng) -> String {
    let characters = alphabet.characters.as_bytes();
    (0..length).map(|_| char::from(characters[rng.below(characters.len())])).collect()
}

/// A plain scalar where YAML allows one, quoted elsewhere.
fn yaml_scalar(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphanumeric()) && !key.ends_with(':');
    if is_plain { key.to_owned() } else { format!("\"{key}\"") }
}

/// A word that no shell changes.
fn shell_word(key: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if key.chars().all(is_plain) && !key.starts_with('-') { key.to_owned() } else { format!("'{key}'") }
}

/// RFC 3986: all but the unreserved characters.
fn percent_encode(key: &str) -> String {
    key.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}
