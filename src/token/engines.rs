//! Base64 as the signers and verifiers use it: strict, and with the processor's wide registers where
//! the library knows them. A token is a third base64, so this is where the time goes.

use std::sync::LazyLock;

use base64::engine::general_purpose::{NO_PAD, PAD};

/// RFC 4648 section 4, padded.
pub(super) static STANDARD: LazyLock<Engine> = LazyLock::new(|| standard(PAD));

/// RFC 4648 section 5, without padding.
pub(super) static URL_SAFE: LazyLock<Engine> = LazyLock::new(|| url_safe(NO_PAD));

#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
mod wide {
    pub(super) type Engine = base64::engine::Simd;

    pub(super) fn standard(config: base64::engine::GeneralPurposeConfig) -> Engine {
        Engine::standard(config)
    }

    pub(super) fn url_safe(config: base64::engine::GeneralPurposeConfig) -> Engine {
        Engine::url_safe(config)
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
mod wide {
    use base64::alphabet;

    pub(super) type Engine = base64::engine::GeneralPurpose;

    pub(super) fn standard(config: base64::engine::GeneralPurposeConfig) -> Engine {
        Engine::new(&alphabet::STANDARD, config)
    }

    pub(super) fn url_safe(config: base64::engine::GeneralPurposeConfig) -> Engine {
        Engine::new(&alphabet::URL_SAFE, config)
    }
}

use wide::{Engine, standard, url_safe};
