//! `scrubjay token explain`: what an error code of the platforms means, why it comes and what helps.

use scrubjay::report::wrap;
use scrubjay::text::printable;
use scrubjay::token::codes::{self, CODES, PlatformCode};
use scrubjay::{Error, Result};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::args::{ExplainArgs, Format};

/// How wide a paragraph is.
const WIDTH: usize = 78;

pub(super) fn run(args: &ExplainArgs) -> Result<Answer> {
    let rows = match &args.code {
        Some(code) => vec![find(code)?],
        None => CODES.iter().collect(),
    };
    let text = match (args.format, &args.code) {
        (Format::Json, _) => rows.iter().map(|row| format!("{}\n", json(row))).collect::<String>(),
        (Format::Human, Some(_)) => rows.iter().map(|row| whole(row)).collect(),
        (Format::Human, None) => list(&rows),
    };
    Ok(Answer { text: Zeroizing::new(text), notes: Vec::new(), valid: true })
}

/// The row of a code as it was typed.
fn find(typed: &str) -> Result<&'static PlatformCode> {
    let text = typed.trim();
    let Ok(code) = text.strip_prefix('+').unwrap_or(text).parse::<i64>() else {
        let message = format!("`{}` is no error code: expected a number such as 70009", printable(typed));
        return Err(Error::invalid(message));
    };
    // A sign that was lost or added on the way is forgiven.
    let row =
        [code, code.saturating_neg()].into_iter().find_map(|code| codes::find(i32::try_from(code).ok()?));
    row.ok_or_else(|| {
        let near = codes::nearest(code, 3).iter().map(|row| row.code.to_string()).collect::<Vec<_>>();
        Error::invalid(format!(
            "{code} is not known here: known are codes that have to do with tokens, the nearest {}; `scrubjay token \
             explain` lists them all",
            near.join(", ")
        ))
    })
}

fn whole(row: &PlatformCode) -> String {
    let PlatformCode { code, platform, meaning, cause, cure } = row;
    let mut out = format!("{code}: {meaning}\n  from {platform}\n");
    for (lead, text) in [("  cause  ", cause), ("  cure   ", cure)] {
        wrap(&mut out, lead, lead.len(), text, WIDTH);
    }
    out
}

fn list(rows: &[&PlatformCode]) -> String {
    let mut out = String::new();
    let mut platform = "";
    for row in rows {
        if row.platform != platform {
            platform = row.platform;
            out.push_str(&format!("{platform}\n"));
        }
        out.push_str(&format!("  {:>7}  {}\n", row.code, row.meaning));
    }
    out.push_str("`scrubjay token explain CODE` tells cause and cure\n");
    out
}

fn json(row: &PlatformCode) -> serde_json::Value {
    serde_json::json!({
        "schema": "scrubjay-token/1",
        "code": row.code,
        "platform": row.platform,
        "meaning": row.meaning,
        "cause": row.cause,
        "cure": row.cure,
    })
}
