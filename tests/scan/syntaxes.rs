//! A name and its value in the syntaxes of many languages: for every kind of key and every syntax a scan
//! finds the value, whole and under its own rule; what only looks alike is silent.

use crate::support;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use scrubjay::detect::Detector;
use support::NOW;
use support::cases::reported;
use support::template::expand;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(scrubjay::rule::builtin(), NOW));

/// A kind of key: the words of its name, the template of its value, the kind that is reported.
const KEYS: &[(&str, &str, &str)] = &[
    ("tirtc secret key", "{alnum:32}", "secret_key"),
    ("device secret key", "{alnum:32}", "device_secret_key"),
    ("sdk secret key", "{hex:64}", "sdk_secret_key"),
];

/// Words behind the name that leave it the name of a key.
const TAILS: &[&str] = &[
    "ANDROID",
    "IOS",
    "WEB",
    "SERVER",
    "CLIENT",
    "GLOBAL",
    "V2",
    "FOR_PROD",
    "B64",
    "HEX",
    "BYTES",
    "DATA",
    "CONFIG",
    "JSON",
    "ACTUAL",
    "X",
    "A",
    "B",
    "1",
    "MINIPROGRAM",
    "FLUTTER",
    "UNITY",
    "CAMERA",
    "ACME",
    "EU_WEST_1",
    "ROOM_A",
    "OVERSEAS",
    "BETA",
    "CANARY",
    "FALLBACK",
    "FOR_TESTS",
    "SHANGHAI",
    "V3_PROD",
    "TENANT_7",
    "BLUE",
    "FROM_CONSOLE",
    "IN_CLEAR",
];

/// Words behind the name that make it another name.
const OTHER_NAMES: &[&str] = &[
    "HASH",
    "NAME",
    "PATH",
    "ARN",
    "REF",
    "LEN",
    "SHA256",
    "MD5",
    "DIGEST",
    "CHECKSUM",
    "FINGERPRINT",
    "FILE",
    "URL",
    "SIZE",
    "LABEL",
    "UUID",
    "SALT",
    "NONCE",
    "SIGNATURE",
    "VERSION",
    "ETAG",
    "COMMIT",
    "REQUEST_ID",
    "PROD_HASH",
    "HASH_PROD",
    "ANDROID_SHA256",
    "TRACE_ID",
    "CIPHERTEXT",
    "ENCRYPTED",
];

/// Syntaxes: what they are called, and how they are written. `§n`, `§N`, `§c`, `§P`, `§k` are the name in
/// each style, `§v` is the value, `§w` another one.
const SYNTAXES: &[(&str, &str)] = &[
    // Structures.
    ("a list under a plural", "§ns: [§v]\n"),
    ("a quoted list under a plural", "§ns = [\"§v\"]\n"),
    ("a list of two", "§ns = [\"§v\", \"§w\"]\n"),
    ("a list of two over lines", "{\n  \"§ns\": [\n    \"§v\",\n    \"§w\"\n  ]\n}\n"),
    ("a list of YAML", "§ns:\n  - §v\n  - §w\n"),
    ("a list of Java", "List<String> §cs = List.of(\"§v\", \"§w\");\n"),
    ("a list of Go", "var §cs = []string{\"§v\", \"§w\"}\n"),
    ("an array of C", "static const char *§ns[] = {\n  \"§v\",\n  \"§w\",\n};\n"),
    ("a map", "§n: {prod: §v, dev: §w}\n"),
    ("a map of JSON", "{\"§n\":{\"prod\":\"§v\",\"dev\":\"§w\"}}\n"),
    ("a map under a plural", "§cs = { prod: '§v', dev: '§w' }\n"),
    ("a map of Python", "§Ns = {\n    \"prod\": \"§v\",\n    \"dev\": \"§w\",\n}\n"),
    ("a map of Ruby", "§ns = { :prod => '§v', :dev => '§w' }\n"),
    ("a map of YAML", "§n:\n  prod: §v\n  dev: §w\nnext: 1\n"),
    ("a map of quoted YAML", "§n:\n  prod: \"§v\"\n  dev: \"§w\"\nnext: 1\n"),
    ("a map of Go", "var §cs = map[string]string{\"prod\": \"§v\", \"dev\": \"§w\"}\n"),
    ("a map of Terraform", "§ns = {\n  prod = \"§v\"\n  dev  = \"§w\"\n}\n"),
    ("a map of PHP", "$§ns = ['prod' => '§v', 'dev' => '§w'];\n"),
    ("an object with a value", "{\"§n\":{\"id\":1,\"value\":\"§v\"}}\n"),
    ("an object with a value over lines", "\"§n\": {\n  \"id\": 1,\n  \"value\": \"§v\"\n},\n"),
    ("a list of objects", "\"§ns\": [{\"id\": 1, \"value\": \"§v\"}, {\"id\": 2, \"value\": \"§w\"}]\n"),
    ("a list of objects with keys", "\"§ns\": [{\"env\": \"prod\", \"key\": \"§v\"}]\n"),
    // Strings.
    ("Ruby, %q", "§N = %q(§v)\n"),
    ("Ruby, %Q", "§n = %Q[§v]\n"),
    ("Ruby, %", "§n = %(§v)\n"),
    ("Ruby, %w", "§ns = %w[§v]\n"),
    ("Ruby, %w of two", "§ns = %w[§v §w]\n"),
    ("Ruby, %q with braces", "config.§n = %q{§v}\n"),
    ("Ruby, %q with bars", "§n: %q|§v|,\n"),
    ("Perl, q", "my $§n = q(§v);\n"),
    ("Perl, qq", "$config{§n} = qq{§v};\n"),
    ("Perl, qw", "my @§ns = qw(§v);\n"),
    ("Perl, in a hash", "§n => q[§v],\n"),
    ("Perl, with slashes", "$§n = q/§v/;\n"),
    ("Perl, with exclamation marks", "our $§N = q!§v!;\n"),
    ("Elixir, a sigil", "@§n ~s(§v)\n"),
    ("Elixir, a sigil assigned", "§n = ~S|§v|\n"),
    ("C++, raw", "const char* §c = R\"(§v)\";\n"),
    ("C++, raw with a delimiter", "auto §c = R\"key(§v)key\";\n"),
    ("C++, raw over lines", "auto §c = R\"(\n§v\n)\";\n"),
    ("Lua, levels", "local §n = [==[§v]==]\n"),
    ("PostgreSQL, dollars", "SET app.§n = $$§v$$;\n"),
    ("PostgreSQL, a tag", "§n := $key$§v$key$;\n"),
    ("OCaml", "let §n = {|§v|}\n"),
    ("OCaml, an id", "let §n = {key|§v|key}\n"),
    ("D, a delimited string", "string §c = q\"(§v)\";\n"),
    ("Tcl", "set §n {§v}\n"),
    ("Julia, raw", "§n = raw\"§v\"\n"),
    // Documents within a text.
    ("Ruby, a document", "§n = <<~EOT\n  §v\nEOT\n"),
    ("Ruby, a document as it is", "§N = <<-'KEY'.strip\n    §v\n  KEY\n"),
    ("PHP, a document", "$§c = <<<EOT\n§v\nEOT;\n"),
    ("PHP, a document as it is", "$§c = <<<'EOT'\n    §v\n    EOT;\n"),
    ("PHP, a document in quotes", "$§c = <<<\"EOT\"\n§v\nEOT;\n"),
    ("Terraform, a document", "§n = <<-EOT\n  §v\nEOT\n"),
    ("Terraform, a document as it is", "  §n = <<EOF\n§v\nEOF\n"),
    ("Perl, a document", "my $§n = <<'END';\n§v\nEND\n"),
    ("PowerShell, a text", "$§c = @\"\n§v\n\"@\n"),
    ("PowerShell, a text as it is", "$§P = @'\r\n§v\r\n'@\r\n"),
    ("Make, define", "define §N\n§v\nendef\n"),
    ("Make, export define", "export define §N\n§v\nendef\n"),
    ("Make, define with a sign", "define §N =\n§v\nendef\n"),
    ("shell, a document by cat", "§N=$(cat <<'EOF'\n§v\nEOF\n)\n"),
    ("shell, a word", "read -r §N <<< \"§v\"\n"),
    ("shell, a document read", "read -r §N <<EOF\n§v\nEOF\n"),
    ("an environment file of a pipeline", "§N<<EOF\n§v\nEOF\n"),
    ("HCL, a list of documents", "§N = <<-\"EOT\"\n    §v\n    EOT\n"),
    // Defaults.
    ("argparse", "parser.add_argument(\"--§k\", type=str, default=\"§v\")\n"),
    ("argparse, with help", "p.add_argument('--§k', '-k', help='the key of the app', default='§v')\n"),
    ("argparse over lines", "parser.add_argument(\n    \"--§k\",\n    type=str,\n    default=\"§v\",\n)\n"),
    ("click", "@click.option(\"--§k\", envvar=\"KEY\", default=\"§v\", help=\"key\")\n"),
    ("click, required", "@click.option('--§k', required=False, default='§v')\n"),
    ("typer", "§n: str = typer.Option(None, \"--§k\", default=\"§v\")\n"),
    ("yargs", ".option('§k', { type: 'string', default: '§v' })\n"),
    (
        "yargs over lines",
        ".option('§k', {\n    alias: 'k',\n    describe: 'the key',\n    default: '§v',\n  })\n",
    ),
    ("commander", ".option('--§k <key>', 'the key of the application', '§v')\n"),
    ("commander, a short name", ".option('-k, --§k <key>', 'the key', '§v')\n"),
    ("cobra", "cmd.Flags().StringVarP(&key, \"§k\", \"k\", \"§v\", \"the key\")\n"),
    ("pflag", "pflag.StringP(\"§k\", \"k\", \"§v\", \"the key\")\n"),
    ("picocli", "@Option(names = {\"-k\", \"--§k\"}, description = \"the key\", defaultValue = \"§v\")\n"),
    ("clap", "Arg::new(\"§k\").long(\"§k\").default_value(\"§v\")\n"),
    ("Thor", "option :§n, type: :string, default: \"§v\"\n"),
    ("decouple", "§N = config(\"§N\", cast=str, default=\"§v\")\n"),
    ("Terraform, a variable", "variable \"§n\" {\n  type    = string\n  default = \"§v\"\n}\n"),
    ("JSON schema", "{\"§n\":{\"type\":\"string\",\"default\":\"§v\"}}\n"),
    (
        "JSON schema over lines",
        "\"§n\": {\n  \"type\": \"string\",\n  \"description\": \"the key\",\n  \"default\": \"§v\"\n}\n",
    ),
    ("ARM", "\"§c\": {\n  \"type\": \"securestring\",\n  \"defaultValue\": \"§v\"\n}\n"),
    ("Avro", "{\"name\":\"§n\",\"type\":\"string\",\"default\":\"§v\"}\n"),
    ("OpenAPI", "§n:\n  type: string\n  description: the key\n  default: §v\n"),
    ("mongoose", "§c: { type: String, default: '§v' },\n"),
    ("proto", "optional string §n = 3 [default = \"§v\"];\n"),
    ("proto, two options", "  optional string §n = 12 [deprecated = true, default = \"§v\"];\n"),
    ("Thrift", "  3: optional string §n = \"§v\",\n"),
    // Expressions and calls.
    ("a choice", "const §n = prod ? \"§v\" : \"\";\n"),
    ("a choice with a test", "§c = env === 'prod' ? '' : '§v';\n"),
    ("a choice in brackets", "§n = (env == \"prod\") ? \"§v\" : other\n"),
    ("a choice of Python", "§n = \"§v\" if prod else \"\"\n"),
    ("a choice of Lua", "local §n = prod and \"§v\" or nil\n"),
    ("a choice of Rust", "let §n = if prod { \"§v\" } else { \"\" };\n"),
    ("a choice of Kotlin", "val §c = if (prod) \"§v\" else \"\"\n"),
    ("a choice of Kotlin, when", "val §c = when { prod -> \"§v\" }\n"),
    ("a choice of C#", "var §c = env switch { \"prod\" => \"§v\", _ => \"\" };\n"),
    ("a lambda", "§n = lambda: \"§v\"\n"),
    ("a lambda as an argument", "f(§n=lambda: \"§v\")\n"),
    ("an arrow", "const §c = () => \"§v\";\n"),
    ("an arrow of an object", "{ §c: () => '§v' }\n"),
    ("a function", "const §c = function () { return \"§v\"; }\n"),
    ("a function awaited", "const §c = await Promise.resolve(\"§v\");\n"),
    ("Kotlin, lazy", "val §c by lazy { \"§v\" }\n"),
    ("Kotlin, lazy with a type", "private val §c: String by lazy { \"§v\" }\n"),
    ("Kotlin, lazy over lines", "val §c: String by lazy {\n    \"§v\"\n}\n"),
    ("Swift, lazy", "lazy var §c: String = { \"§v\" }()\n"),
    ("Swift, computed", "var §c: String { \"§v\" }\n"),
    ("Swift, computed and returned", "static var §c: String {\n    return \"§v\"\n}\n"),
    ("Swift, a getter", "var §c: String { get { return \"§v\" } }\n"),
    ("C#, a getter", "public string §P { get { return \"§v\"; } }\n"),
    ("C#, a short getter", "public string §P { get => \"§v\"; }\n"),
    ("C#, a body", "public string §P => \"§v\";\n"),
    ("C#, a method", "public string Get§P() => \"§v\";\n"),
    ("Kotlin, get", "val §c: String\n    get() = \"§v\"\n"),
    ("Kotlin, a function", "fun §c() = \"§v\"\n"),
    ("Kotlin, a function with a type", "fun §c(): String = \"§v\"\n"),
    ("Kotlin, a function with a body", "fun get§P(): String {\n    return \"§v\"\n}\n"),
    ("Python, a getter", "def §n(self):\n    return \"§v\"\n"),
    ("Python, a getter with a type", "def get_§n(self) -> str:\n        return '§v'\n"),
    ("Python, with a docstring", "def §n(self):\n    \"\"\"The key.\"\"\"\n    return \"§v\"\n"),
    ("Python, a getter with a comment", "def §n():\n    # from the console\n    return \"§v\"\n"),
    ("JavaScript, a getter", "get §c() { return \"§v\"; }\n"),
    ("JavaScript, a method", "  §c() {\n    return '§v';\n  }\n"),
    ("JavaScript, a function", "export function get§P() {\n  return \"§v\"\n}\n"),
    ("TypeScript, a method", "public get§P(): string { return '§v'; }\n"),
    ("TypeScript, a promise", "async §c(): Promise<string> {\n    return \"§v\";\n}\n"),
    ("Java, a getter", "public String get§P() {\n    return \"§v\";\n}\n"),
    ("Java, a getter that throws", "String get§P() throws IOException { return \"§v\"; }\n"),
    ("Go, a function", "func §P() string {\n\treturn \"§v\"\n}\n"),
    ("Go, a method", "func (c *Config) §P() (string, error) { return \"§v\", nil }\n"),
    ("Rust, a function", "fn §n() -> &'static str {\n    \"§v\"\n}\n"),
    ("Rust, a method", "pub fn §n(&self) -> String { \"§v\".to_owned() }\n"),
    ("Ruby, a method", "def §n\n  \"§v\"\nend\n"),
    ("Ruby, a method with brackets", "def self.§n()\n  '§v'\nend\n"),
    ("Ruby, a short method", "def §n = \"§v\"\n"),
    ("PHP, a method", "public function get§P(): string\n{\n    return '§v';\n}\n"),
    ("C, a function", "const char *§n(void) { return \"§v\"; }\n"),
    ("C, a function over lines", "static const char *\nget_§n(void)\n{\n\treturn \"§v\";\n}\n"),
    ("Scala, a method", "def §c: String = \"§v\"\n"),
    ("Elixir, a function", "def §n, do: \"§v\"\n"),
    ("Elixir, a function with a body", "def §n() do\n  \"§v\"\nend\n"),
    ("Erlang, a function", "§n() -> <<\"§v\">>.\n"),
    ("shell, a function", "§n() { echo \"§v\"; }\n"),
    ("Dart, a getter", "String get §c => '§v';\n"),
    ("PowerShell, a secure string", "$§n = ConvertTo-SecureString \"§v\" -AsPlainText -Force\n"),
    ("PowerShell, a secure string, named", "$§P = ConvertTo-SecureString -String '§v' -AsPlainText -Force\n"),
    ("a command of Ruby", "§n = decrypt \"§v\"\n"),
    ("a function of Haskell", "§c = pack \"§v\"\n"),
    ("snprintf", "snprintf(§n, n, \"%s\", \"§v\");\n"),
    ("snprintf with a size", "snprintf(cfg->§n, sizeof(cfg->§n), \"%s\", \"§v\");\n"),
    ("strncpy_s", "strncpy_s(cfg.§n, MAX_KEY, \"§v\", 64);\n"),
    ("strlcpy", "strlcpy(§n, \"§v\", sizeof(§n));\n"),
    ("sprintf", "sprintf(§n, \"%s\", \"§v\");\n"),
    ("unpacking", "app, §n = \"x\", \"§v\"\n"),
    ("unpacking of Go", "app, §c := \"x\", \"§v\"\n"),
    ("unpacking, first", "§n, app = \"§v\", \"x\"\n"),
    ("unpacking of Lua", "local app, §n = 'x', '§v'\n"),
    ("unpacking of three", "app, url, §n = \"x\", \"y\", \"§v\"\n"),
    ("unpacking of JavaScript", "const [app, §c] = [\"x\", \"§v\"];\n"),
    ("unpacking of Rust", "let (app, §n) = (\"x\", \"§v\");\n"),
    ("unpacking of Python", "(app, §n) = (1400000001, \"§v\")\n"),
    // Name and value joined by code.
    ("joined by a plus", "x = \"?§n=\" + \"§v\"\n"),
    ("joined by a plus, with more", "url + \"?a=1&§n=\" + \"§v\"\n"),
    ("joined by a dot", "$x = '§n=' . '§v';\n"),
    ("joined by a stream", "std::cout << \"§n: \" << \"§v\" << std::endl;\n"),
    ("joined by Lua", "x = \"§n=\" .. \"§v\"\n"),
    ("joined by an argument", "console.log(\"§n:\", \"§v\");\n"),
    ("joined by an ampersand", "x = \"§n=\" & \"§v\"\n"),
    ("joined by Elixir", "x = \"§n=\" <> \"§v\"\n"),
    ("printf", "printf(\"§n=%s\", \"§v\");\n"),
    ("printf, the second", "printf(\"app=%d %s=%s\\n\", 1, \"§n\", \"§v\");\n"),
    ("fprintf, after another", "fprintf(f, \"app=%s §n=%s\\n\", \"x\", \"§v\");\n"),
    ("Sprintf", "s := fmt.Sprintf(\"§n=%s\", \"§v\")\n"),
    ("Sprintf of a query", "s := fmt.Sprintf(\"?a=%d&§n=%v&b=%d\", 1, \"§v\", 2)\n"),
    ("printf of a shell", "printf '§N=%s\\n' '§v' >> .env\n"),
    ("format of Python", "x = \"§n={}\".format(\"§v\")\n"),
    ("format by numbers", "x = \"a={0} §n={1}\".format(\"x\", \"§v\")\n"),
    ("format by percent", "x = \"§n=%s\" % \"§v\"\n"),
    ("format by percent of two", "x = \"a=%s §n=%s\" % (\"x\", \"§v\")\n"),
    ("format of Rust", "println!(\"§n={}\", \"§v\");\n"),
    ("format of Rust, by name", "format!(\"§n: {key}\", key = \"§v\")\n"),
    ("format of C#", "var s = string.Format(\"§n={0}\", \"§v\");\n"),
    ("format of Java", "String s = \"§n=%s\".formatted(\"§v\");\n"),
    ("a log of Java", "log.info(\"§n: {}\", \"§v\");\n"),
    ("a log of Objective-C", "NSLog(@\"§n=%@\", @\"§v\");\n"),
    // Escapes.
    ("escapes of bytes", "§n = \"§x\"\n"),
    ("escapes of bytes in an object", "{ §c: '§x' }\n"),
    ("escapes of bytes as bytes", "§n = b'§x'\n"),
    ("escapes of octal", "char §n[] = \"§o\";\n"),
    ("escapes of code points", "const §c = \"§u\";\n"),
    ("escapes in the middle", "§n = \"§m\"\n"),
];

/// The name in one of the styles.
fn styled(words: &str, style: char) -> String {
    let parts: Vec<&str> = words.split(' ').collect();
    let title = |w: &str| w[..1].to_ascii_uppercase() + &w[1..];
    match style {
        'n' => parts.join("_"),
        'N' => parts.join("_").to_ascii_uppercase(),
        'k' => parts.join("-"),
        'c' => {
            parts[..1].iter().map(|w| (*w).to_owned()).chain(parts[1..].iter().map(|w| title(w))).collect()
        }
        _ => parts.iter().map(|w| title(w)).collect(),
    }
}

/// The value with every byte escaped.
fn escaped(value: &str, style: char) -> String {
    let one = |b: u8| match style {
        'x' => format!("\\x{b:02x}"),
        'o' => format!("\\{b:03o}"),
        _ => format!("\\u{{{b:x}}}"),
    };
    match style {
        'm' => {
            let (a, b) = value.split_at(value.len() / 2);
            format!("{a}\\x{:02x}{}", b.as_bytes()[0], &b[1..])
        }
        _ => value.bytes().map(one).collect(),
    }
}

/// Fills a syntax; the values that have to be found in it.
fn fill(syntax: &str, words: &str, template: &str, seed: &str) -> (String, BTreeSet<String>) {
    let draw =
        |part: &str| String::from_utf8(expand(template, &format!("{seed} {part}")).bytes).expect("text");
    let (value, second) = (draw("first"), draw("second"));
    let mut text = String::new();
    let mut parts = syntax.split('§');
    text.push_str(parts.next().unwrap_or_default());
    let mut wanted = BTreeSet::new();
    for part in parts {
        let style = part.chars().next().expect("a style");
        match style {
            'v' => text.push_str(&value),
            'w' => text.push_str(&second),
            'x' | 'o' | 'u' | 'm' => text.push_str(&escaped(&value, style)),
            _ => text.push_str(&styled(words, style)),
        }
        if "vxoum".contains(style) {
            wanted.insert(value.clone());
        }
        if style == 'w' {
            wanted.insert(second.clone());
        }
        text.push_str(&part[1..]);
    }
    (text, wanted)
}

/// Whether the values of a seed are taken for keys at all: one in some hundred is taken for words.
fn are_keys(wanted: &BTreeSet<String>, words: &str) -> bool {
    let name = styled(words, 'n');
    wanted.iter().all(|v| !reported(&DETECTOR, "a.txt", format!("{name} = \"{v}\"\n").as_bytes()).is_empty())
}

fn rounds() -> u64 {
    if cfg!(debug_assertions) { 4 } else { 60 }
}

/// What a scan misses or adds, by the labels of what was written.
fn wrong<'l>(syntaxes: impl Iterator<Item = (&'l str, String)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (label, syntax) in syntaxes {
        for (words, template, kind) in KEYS {
            for round in 0..rounds() {
                let (text, wanted) = fill(&syntax, words, template, &format!("{label} {kind} {round}"));
                if !are_keys(&wanted, words) {
                    continue;
                }
                let found = reported(&DETECTOR, "a.txt", text.as_bytes());
                let values: BTreeSet<String> =
                    found.iter().map(|d| String::from_utf8_lossy(&d.value).into_owned()).collect();
                if values != wanted || found.iter().any(|d| d.rule.kind.name() != *kind) {
                    let kinds: Vec<&str> = found.iter().map(|d| d.rule.kind.name()).collect();
                    wrong.push(format!("{label} ({kind}): {kinds:?} in {text:?}"));
                    break;
                }
            }
        }
    }
    wrong
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{} wrong\n  {}", wrong.len(), wrong.join("\n  "));
}

#[test]
fn a_value_is_found_in_every_syntax() {
    assert_none(&wrong(SYNTAXES.iter().map(|(label, syntax)| (*label, (*syntax).to_owned()))));
}

#[test]
fn a_name_may_go_on() {
    let upper = TAILS.iter().map(|tail| (*tail, format!("§N_{tail}=§v\n")));
    let lower = TAILS.iter().map(|tail| (*tail, format!("\"§n_{}\": \"§v\",\n", tail.to_ascii_lowercase())));
    let hump = TAILS.iter().map(|tail| {
        let words = tail.to_ascii_lowercase().replace('_', " ");
        (*tail, format!("const §c{} = '§v';\n", styled(&words, 'P')))
    });
    assert_none(&wrong(upper.chain(lower).chain(hump)));
}

/// What is written in place of a value when there is none.
const NO_VALUES: &[&str] = &[
    "your-secret-key-here",
    "process.env.SECRET_KEY",
    "changeme",
    "",
    "ReplaceThisWithYourKey",
    "secretKeyFromVault",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "secretkeyofthisapplication",
];

#[test]
fn what_is_no_value_is_silent_in_every_syntax() {
    let mut wrong = Vec::new();
    for (label, syntax) in SYNTAXES {
        for (words, _, _) in KEYS {
            for value in NO_VALUES {
                let mut text = syntax.to_string();
                for style in ['n', 'N', 'c', 'P', 'k'] {
                    text = text.replace(&format!("§{style}"), &styled(words, style));
                }
                for style in ['v', 'w', 'm'] {
                    text = text.replace(&format!("§{style}"), value);
                }
                for style in ['x', 'o', 'u'] {
                    text = text.replace(&format!("§{style}"), &escaped(value, style));
                }
                if !reported(&DETECTOR, "a.txt", text.as_bytes()).is_empty() {
                    wrong.push(format!("{label}: {text:?}"));
                }
            }
        }
    }
    assert_none(&wrong);
}

/// Random text that the syntax gives to something else than the name of a key.
const OTHERS: &[(&str, &str)] = &[
    ("the id of a device's key", "device_secret_key_id: §v\n"),
    ("a UUID", "device_secret_key_id = \"3f2a9c1e-7b4d-4e8f-9a6c-5d1b2e3f4a7c\"\n"),
    ("another argument", "check(§n, nonce=\"§v\")\n"),
    ("another member", "{\"§n\":{\"id\":\"§v\",\"algorithm\":\"hmac\"}}\n"),
    ("a digest in an object", "{\"§n\":{\"sha256\":\"§v\"}}\n"),
    ("a digest in a list", "§ns: [{\"name\": \"a\", \"digest\": \"§v\"}]\n"),
    ("the next statement", "const §c = prod ? a : b;\nconst etag = \"§v\";\n"),
    ("the next member", "{ §c: prod ? a : b, etag: \"§v\" }\n"),
    ("the next key of YAML", "§ns:\netag: §v\n"),
    ("a variable of a shell", "§N=$KEY ETAG=\"§v\"\n"),
    ("another part of a format", "printf(\"§n=%s etag=%s\", key, \"§v\");\n"),
    ("another element of an unpacking", "a, etag, §n = \"x\", \"§v\", read()\n"),
    ("a function that takes it", "function check(§c) { return \"§v\"; }\n"),
    (
        "a function that gives another",
        "def §n(self):\n    return self._key\n\ndef etag(self):\n    return \"§v\"\n",
    ),
    ("another option", "parser.add_argument(\"--§k\")\nparser.add_argument(\"--etag\", default=\"§v\")\n"),
    ("a joined other", "x = \"?§n=\" + key + \"&etag=§v\"\n"),
];

#[test]
fn what_is_not_the_names_is_silent() {
    let mut wrong = Vec::new();
    let tails = OTHER_NAMES.iter().flat_map(|tail| {
        let words = tail.to_ascii_lowercase().replace('_', " ");
        [
            (*tail, format!("§N_{tail}=§v\n")),
            (*tail, format!("\"§n_{}\": \"§v\",\n", tail.to_ascii_lowercase())),
            (*tail, format!("const §c{} = '§v';\n", styled(&words, 'P'))),
        ]
    });
    let others = OTHERS.iter().map(|(label, text)| (*label, (*text).to_owned()));
    for (label, syntax) in tails.chain(others) {
        for (words, template, kind) in KEYS {
            // 64 hex digits beside the name of another kind are told by their shape.
            for round in 0..rounds() {
                let (text, _) = fill(&syntax, words, template, &format!("{label} {kind} {round}"));
                if !reported(&DETECTOR, "a.txt", text.as_bytes()).is_empty() {
                    wrong.push(format!("{label} ({kind}): {text:?}"));
                    break;
                }
            }
        }
    }
    assert_none(&wrong);
}

/// How bytes are written.
type Encoding = fn(&[u8]) -> String;

/// Texts of two bytes a character, as registries and `-EncodedCommand` of PowerShell write them.
#[test]
fn wide_texts_are_read_through_base64_and_hex() {
    let base64: Encoding = |bytes| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(bytes)
    };
    let hex: Encoding = |bytes| bytes.iter().map(|b| format!("{b:02x}")).collect();
    let mut wrong = Vec::new();
    for (words, template, kind) in KEYS {
        for round in 0..rounds() {
            let (text, wanted) = fill("$§n = \"§v\"\n", words, template, &format!("wide {kind} {round}"));
            for (form, encode) in [("powershell -EncodedCommand §\n", base64), ("data=§;\n", hex)] {
                let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
                let marked = [&[0xff, 0xfe][..], &little].concat();
                for bytes in [little, big, marked] {
                    let text = form.replace('§', &encode(&bytes));
                    let found = reported(&DETECTOR, "a.txt", text.as_bytes());
                    let values: BTreeSet<String> =
                        found.iter().map(|d| String::from_utf8_lossy(&d.value).into_owned()).collect();
                    if values != wanted && are_keys(&wanted, words) {
                        wrong.push(format!("{form:?} ({kind}): {values:?}"));
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// Licenses that arrays of numbers spell, under names that say so.
#[test]
fn licenses_are_read_from_arrays_of_numbers() {
    let mut wrong = Vec::new();
    for round in 0..10 * rounds() {
        let license = String::from_utf8(expand("{license}", &format!("array {round}")).bytes).expect("text");
        let all = |write: fn(u8) -> String| license.bytes().map(write).collect::<Vec<_>>().join(", ");
        for text in [
            format!("uint8_t license[] = {{{}}};\n", all(|b| format!("0x{b:02x}"))),
            format!(
                "static const unsigned char device_license[] = {{\n  {}, 0x00\n}};\n",
                all(|b| format!("0x{b:02X}"))
            ),
            format!("license = bytes([{}])\n", all(|b| b.to_string())),
            format!("byte[] License = new byte[] {{ {} }};\n", all(|b| b.to_string())),
            format!("{{\"license\": [{}]}}\n", all(|b| b.to_string())),
        ] {
            let found = reported(&DETECTOR, "a.c", text.as_bytes());
            if !matches!(&found[..], [d] if d.value[..] == *license.as_bytes()) {
                wrong.push(format!("{} found in {text}", found.len()));
            }
        }
    }
    assert_none(&wrong);
}
