//! A source tree: C, Go, JavaScript, JSON and Markdown in nested folders, 1 to 40 KB a file and 16 KB
//! on average, with the words of the family as often as code has them, and a few ignored folders.

use std::fs;
use std::io;
use std::path::Path;

use crate::support::prng::Prng;
use crate::support::template::expand;

const SUBJECTS: &[&str] = &[
    "buffer", "stream", "packet", "device", "session", "frame", "queue", "cursor", "window", "region",
    "parser", "writer", "channel", "driver", "index", "handle", "request", "reply", "config", "widget",
];
const VERBS: &[&str] = &[
    "open", "close", "read", "write", "push", "pop", "init", "reset", "find", "merge", "split", "check",
    "alloc", "free", "lock", "flush", "parse", "render", "update", "remove",
];

/// Words of the family as ordinary code holds them: about one line in sixty.
const WORDS: &[&str] = &[
    "token = lexer.next_token();",
    "if (token->type == TOKEN_IDENTIFIER) break;",
    "// see LICENSE for the license terms",
    "const secretKey = process.env.SECRET_KEY;",
    "uses v1.2.3 of the protocol",
    "max_tokens: 4096,",
    "require('jsonwebtoken') // v1.0.0",
    "secret: ${{ secrets.DEPLOY }}",
    "char device_key[DEVICE_KEY_MAX];",
    "refresh_token, err := client.Token(ctx)",
];

/// One file in so many holds a credential.
const ONE_IN: usize = 1000;

pub(crate) const CREDENTIALS: &[&str] = &[
    "#define TIRTC_DEVICE_SECRET_KEY \"{alnum:32}\"\n",
    "const secretKeyId = process.env.TIRTC_SECRET_KEY_ID || '{alnum:40}';\n",
    "TiRtcStart(\"{license}\", &callbacks);\n",
    "const SDKAPPID = {sdkappid};\nconst SDKSECRETKEY = '{hex:64}';\n",
];

struct Language {
    ending: &'static str,
    share: usize,
    line: fn(&mut Prng) -> String,
}

const LANGUAGES: &[Language] = &[
    Language { ending: "c", share: 35, line: c_line },
    Language { ending: "go", share: 20, line: go_line },
    Language { ending: "js", share: 25, line: js_line },
    Language { ending: "json", share: 10, line: json_line },
    Language { ending: "md", share: 10, line: md_line },
];

fn name(rng: &mut Prng) -> String {
    format!("{}_{}", rng.pick(SUBJECTS), rng.pick(VERBS))
}

fn c_line(rng: &mut Prng) -> String {
    let (a, b, n) = (name(rng), name(rng), rng.below(4096));
    match rng.below(6) {
        0 => format!("static int {a}(struct {b} *self, size_t length)\n{{"),
        1 => format!("\tif ({a}(self, {n}) < 0)\n\t\treturn -EINVAL;"),
        2 => format!("\tself->{a} = {b}(&self->{}, 0x{n:04x});", rng.pick(SUBJECTS)),
        3 => format!("#define {}_MAX {n}", a.to_uppercase()),
        4 => format!("\t/* the {} is {} before the {} is {} */", a, rng.pick(VERBS), b, rng.pick(VERBS)),
        _ => "}\n".to_owned(),
    }
}

fn go_line(rng: &mut Prng) -> String {
    let (a, b, n) = (name(rng), name(rng), rng.below(4096));
    match rng.below(5) {
        0 => format!("func (s *{}) {a}(ctx context.Context, n int) error {{", rng.pick(SUBJECTS)),
        1 => format!(
            "\tif err := s.{a}(ctx, {n}); err != nil {{\n\t\treturn fmt.Errorf(\"{a}: %w\", err)\n\t}}"
        ),
        2 => format!("\t{} := make([]byte, {n})", rng.pick(SUBJECTS)),
        3 => format!("\t// {a} must not be called after {b}."),
        _ => "}\n".to_owned(),
    }
}

fn js_line(rng: &mut Prng) -> String {
    let (a, b, n) = (name(rng), name(rng), rng.below(4096));
    match rng.below(5) {
        0 => format!("export async function {a}({b}, options = {{}}) {{"),
        1 => format!("  const {a} = await this.{b}({n}, '{}');", rng.pick(SUBJECTS)),
        2 => format!("  if (!{a}) throw new Error('{b} failed with {n}');"),
        3 => format!("  return {{ {a}: {n}, {b}: `${{{}}}` }};", rng.pick(SUBJECTS)),
        _ => "}\n".to_owned(),
    }
}

fn json_line(rng: &mut Prng) -> String {
    let (a, n) = (name(rng), rng.below(100_000));
    match rng.below(4) {
        0 => format!("  \"{a}\": {n},"),
        1 => format!("  \"{a}\": \"https://registry.example.org/{a}/-/{a}-{n}.tgz\","),
        2 => format!("  \"integrity\": \"sha512-{}==\",", rng.alnum(86)),
        _ => format!("  \"version\": \"{}.{}.{}\",", n % 12, n % 30, n % 9),
    }
}

fn md_line(rng: &mut Prng) -> String {
    let (a, b) = (name(rng), name(rng));
    match rng.below(4) {
        0 => format!("## The {a}\n"),
        1 => format!(
            "The `{a}` waits until the {} is ready; then `{b}` may {}.",
            rng.pick(SUBJECTS),
            rng.pick(VERBS)
        ),
        2 => format!("- [{a}](docs/{b}.md): how to {} a {}", rng.pick(VERBS), rng.pick(SUBJECTS)),
        _ => "\n".to_owned(),
    }
}

/// Lines by language: making each anew would only cost time.
pub(crate) struct Pools(Vec<Vec<String>>);

impl Pools {
    pub(crate) fn new(rng: &mut Prng) -> Self {
        Self(LANGUAGES.iter().map(|l| (0..4000).map(|_| (l.line)(rng)).collect()).collect())
    }

    /// A language, as often as there are files in it.
    pub(crate) fn language(&self, rng: &mut Prng) -> usize {
        language(rng)
    }

    /// A line as code in this language holds them, now and then with a word of the family.
    pub(crate) fn line(&self, rng: &mut Prng, language: usize) -> String {
        if rng.below(60) == 0 { rng.pick(WORDS).to_string() } else { rng.pick(&self.0[language]).clone() }
    }

    /// The name of a file.
    pub(crate) fn name(&self, rng: &mut Prng, number: usize, language: usize) -> String {
        format!("{}_{number}.{}", name(rng), LANGUAGES[language].ending)
    }
}

/// Writes a tree of `files` files. Forty to a folder, three folders deep.
pub(crate) fn write(folder: &Path, files: usize) -> io::Result<()> {
    let mut rng = Prng::from_text("tree");
    let pools = Pools::new(&mut rng);
    fs::create_dir_all(folder)?;
    fs::write(folder.join(".gitignore"), "build/\n*.o\n/dist\n")?;
    for number in 0..files {
        let parent = format!("{}/{}/{}", number / 2000, VERBS[number / 200 % 10], SUBJECTS[number / 40 % 5]);
        let parent = folder.join(parent);
        let first_here = number % 40 == 0;
        if first_here {
            fs::create_dir_all(parent.join("build"))?;
            fs::write(parent.join("build/out.o"), rng.bytes(2000))?;
        }
        let at = language(&mut rng);
        let text = file(&mut rng, &pools.0[at], number);
        fs::write(parent.join(format!("{}_{number}.{}", name(&mut rng), LANGUAGES[at].ending)), text)?;
    }
    Ok(())
}

fn language(rng: &mut Prng) -> usize {
    let mut die = rng.below(100);
    for (at, language) in LANGUAGES.iter().enumerate() {
        if die < language.share {
            return at;
        }
        die -= language.share;
    }
    0
}

fn file(rng: &mut Prng, pool: &[String], number: usize) -> Vec<u8> {
    // Many small files and few large ones: the mean of 1 + 39 u^1.6 is 16.
    let u = rng.below(1_000_000) as f64 / 1e6;
    let size = (1024.0 * (1.0 + 39.0 * u.powf(1.6))) as usize;
    let mut out = String::with_capacity(size + 200);
    out.push_str("// Copyright 2026 The Example Authors. SPDX-License-Identifier: MIT\n\n");
    while out.len() < size {
        if rng.below(60) == 0 {
            out.push_str(WORDS[rng.below(WORDS.len())]);
        } else {
            out.push_str(rng.pick(pool).as_str());
        }
        out.push('\n');
    }
    let mut bytes = out.into_bytes();
    if number % ONE_IN == ONE_IN / 2 {
        bytes.extend(expand(CREDENTIALS[number / ONE_IN % CREDENTIALS.len()], &number.to_string()).bytes);
    }
    bytes
}
