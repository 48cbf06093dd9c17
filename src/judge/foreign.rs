//! Keys of other systems that go by one of our names.

use super::{Case, silent};
use crate::finding::Verdict;

pub(super) fn judge(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_key() {
        return None;
    }
    const OTHERS: &[&str] = &[
        "aws",
        "amazon",
        "stripe",
        "aliyun",
        "alibaba",
        "oss",
        "s3",
        "minio",
        "qiniu",
        "paypal",
        "github",
        "recaptcha",
        "hcaptcha",
    ];
    let name = crate::matcher::normalise(case.name());
    let name = String::from_utf8_lossy(&name).into_owned();
    if OTHERS.iter().any(|o| name.starts_with(o)) {
        return Some(silent("a key of another system, by its name"));
    }
    if case.value.starts_with(b"django-insecure-") {
        return Some(silent("the secret key of a Django project"));
    }
    let of_tencent = ["trtc", "tencent", "qcloud", "timsecret", "sdksecret"].iter().any(|w| name.contains(w))
        && !name.contains("tirtc");
    (of_tencent && case.rule.value == crate::rule::Value::Key)
        .then(|| silent("named for TRTC, whose key has 64 lower-case hex digits"))
}
