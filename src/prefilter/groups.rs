//! Which cores share a bucket, as data: what a bucket lets pass is every mix of the bytes of its cores, so
//! that the words of logs and sources decide who can live together.
//!
//! Written by `share_out.rs`, which tells how. A core that is not here, such as one of a rule of the user,
//! goes where it costs least by the frequency of single bytes.

/// How many groups there are of sets of single bytes.
pub(super) const FOLDED: usize = 8;

/// How many there are of sets of half bytes; by pairs they are eight.
pub(super) const HALVES: usize = 16;

/// For the first bytes of each core its groups: of [`FOLDED`] and of [`HALVES`].
#[rustfmt::skip]
pub(super) static GROUPS: &[([u8; 4], usize, usize)] = &[
    (*b"\xe2\x80\x8bA", 2, 6), (*b"\xef\xb8\x8eA", 6, 6), (*b"\xe1\x85\x8eA", 6, 6), (*b"\xc2\xadAA", 2, 7),
    (*b"eAE0", 6, 6), (*b"eF40", 5, 6), (*b"eJw0", 5, 7), (*b"eNo0", 5, 7), (*b"%40%", 3, 8),
    (*b"\"e\",", 3, 9), (*b"?sk=", 0, 11), (*b"v1.e", 2, 15), (*b"%2ee", 6, 8), (*b"-beg", 6, 9),
    (*b"yqgs", 4, 10), (*b"qeei", 3, 3), (*b"\\u00", 0, 1), (*b"\\u{0", 0, 10), (*b"u5bc", 7, 8),
    (*b"u79d", 5, 8), (*b" -k ", 0, 11), (*b"tgv1", 0, 5), (*b"\"tls", 4, 11), (*b"h4si", 5, 5),
    (*b"95, ", 4, 0), (*b"95,1", 7, 10), (*b"95,9", 4, 10), (*b"95,\n", 2, 10), (*b"95,\r", 4, 10),
    (*b"95 ,", 2, 0), (*b"0x5f", 1, 14), (*b"49, ", 2, 0), (*b"49,4", 2, 1), (*b"49,\n", 2, 1),
    (*b"49 ,", 2, 0), (*b"ttok", 7, 15), (*b"ildc", 7, 9), (*b"ddev", 1, 5), (*b"l-v1", 0, 10),
    (*b"secr", 0, 0), (*b"\xe5\xaf\x86\xe9", 6, 7), (*b"\xe7\xa7\x98\xe9", 5, 6), (*b"ccon", 5, 12),
    (*b"ce_k", 4, 0), (*b"ce-k", 3, 0), (*b"ekey", 6, 4), (*b"ce k", 3, 0), (*b"ce.k", 3, 0),
    (*b"ir_k", 7, 0), (*b"ir-k", 7, 0), (*b"rkey", 6, 4), (*b"ir k", 3, 0), (*b"ir.k", 3, 0),
    (*b"_cre", 5, 3), (*b"\xe9\x87\x91\xe9", 3, 7), (*b"irtc", 7, 9), (*b"tlic", 7, 15), (*b"lice", 4, 0),
    (*b"qrco", 3, 1), (*b"\xe8\xae\xb8\xe5", 6, 7), (*b"\xe6\x8e\x88\xe6", 5, 6), (*b"tc_k", 7, 15),
    (*b"ckey", 3, 5), (*b"tc-k", 7, 15), (*b"secr", 0, 0), (*b"_sig", 0, 3), (*b"emp-", 5, 4),
    (*b"wx-a", 2, 14), (*b"wxa-", 2, 14), (*b"essi", 5, 5), (*b"cred", 3, 1), (*b"otp=", 4, 2),
    (*b"_cod", 5, 13), (*b"oken", 6, 3), (*b"key=", 4, 2), (*b"atur", 0, 2), (*b"jwt=", 2, 10),
    (*b"cook", 3, 12), (*b"pass", 1, 14), (*b"qtt-", 7, 14), (*b"pwd=", 2, 10), (*b"_aut", 1, 13),
    (*b"pin-", 7, 4), (*b"_pin", 1, 3), (*b"lice", 4, 0), (*b"riza", 7, 4), (*b"://!", 6, 12),
    (*b":\\/\\", 6, 15), (*b"3A%2", 1, 12),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_core_stands_in_groups_that_there_are() {
        assert!(GROUPS.iter().all(|(_, folded, halves)| *folded < FOLDED && *halves < HALVES));
    }
}
