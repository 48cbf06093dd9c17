//! Where the fuzz targets begin: for each of them inputs that it reads, in a folder of its name.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use scrubjay::pack::{CODECS, HEAD};

use crate::support::cases;
use crate::support::prng::Prng;
use crate::support::tokens;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Writes the seeds of every target below `folder`.
pub(crate) fn write(folder: &Path) -> Result {
    let rng = &mut Prng::from_text("seeds");
    for (at, case) in cases::load().iter().enumerate() {
        let filled = case.expand();
        let name = format!("case-{at}");
        let (cut, pieces) = (rng.bytes(2), rng.bytes(4));
        put(folder, "scan", &name, &[&cut[..], &filled.bytes].concat())?;
        put(folder, "laws", &name, &[&pieces[..], &filled.bytes].concat())?;
        put(folder, "json", &name, &filled.bytes)?;
        let mut text = filled.bytes;
        // From the last one on, so that the others stay where they are.
        for secret in filled.secrets.iter().rev() {
            text.splice(secret.span.clone(), *b"~");
        }
        put(folder, "clean", &name, &text)?;
    }
    for variant in ["", "noexp", "app", "userbuf", "stored", "l1", "l9", "go", "rfc", "lf", "crlf"] {
        let legacy = tokens::usersig_legacy(rng, variant);
        let all = [tokens::tirtc(rng, variant), tokens::usersig(rng, variant), legacy];
        for (at, token) in all.into_iter().flatten().enumerate() {
            put(folder, "tokens", &format!("{variant}-{at}"), token.as_bytes())?;
        }
    }
    settings(folder)?;
    containers(folder)?;
    repository(folder)
}

fn put(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> Result {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("seed-{name}")), bytes)?)
}

fn settings(folder: &Path) -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in fs::read_dir(root.join("rules"))?.chain(fs::read_dir(root)?) {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            put(folder, "settings", &name, &fs::read(&path)?)?;
        }
    }
    put(folder, "settings", "keys", br#"{"access_id": "ak_a", "secret_key": "not one"}"#)
}

fn containers(folder: &Path) -> Result {
    let text = b"secret_key=none\n".repeat(20);
    let (tar, zip) = (tar(&text), zip(&text));
    put(folder, "containers", "tar", &tar)?;
    put(folder, "containers", "zip", &zip)?;
    for codec in CODECS {
        for (inner, bytes) in [("text", &text), ("tar", &tar), ("zip", &zip)] {
            let mut packed = Vec::new();
            let mut writer = (codec.writer)(Box::new(&mut packed), &[0; HEAD])?;
            writer.write_all(bytes)?;
            writer.finish()?;
            put(folder, "containers", &format!("{}-{inner}", codec.name), &packed)?;
        }
    }
    Ok(())
}

/// A tar of one file (POSIX.1-1988, ustar).
fn tar(text: &[u8]) -> Vec<u8> {
    let mut head = [0_u8; 512];
    let mut field = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    field(0, "app.env");
    field(100, "0000644\0");
    field(124, &format!("{:011o}\0", text.len()));
    field(136, "00000000000\0");
    field(148, "        ");
    field(156, "0");
    field(257, "ustar\x0000");
    let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; text.len().next_multiple_of(512) - text.len() + 1024];
    [&head[..], text, &padding].concat()
}

/// A zip of one file, stored (APPNOTE 4.3).
fn zip(text: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"app.env";
    let size = u32::try_from(text.len()).unwrap_or(0).to_le_bytes();
    let crc = {
        let mut crc = flate2::Crc::new();
        crc.update(text);
        crc.sum().to_le_bytes()
    };
    let name = u16::try_from(NAME.len()).unwrap_or(0).to_le_bytes();
    // Version, flags, method, time, date.
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..], &crc, &size, &size, &name, &[0, 0]].concat();
    let local = [b"PK\x03\x04", &common[..], NAME, text].concat();
    let central = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], NAME].concat();
    let length = |n: usize| u32::try_from(n).unwrap_or(0).to_le_bytes();
    let end = [&[0; 4][..], &[1, 0, 1, 0], &length(central.len()), &length(local.len()), &[0, 0]].concat();
    [&local[..], &central, b"PK\x05\x06", &end].concat()
}

/// What git writes for a commit: an index, loose objects, and a pack with its index.
fn repository(folder: &Path) -> Result {
    let work = tempfile::tempdir()?;
    let git = |arguments: &[&str]| -> Result {
        let mut command = Command::new("git");
        command.current_dir(&work).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.args([
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.org",
            "-c",
            "init.defaultBranch=main",
        ]);
        if !command.args(arguments).output()?.status.success() {
            return Err(format!("git {} failed", arguments.join(" ")).into());
        }
        Ok(())
    };
    git(&["init", "-q"])?;
    for round in ["one", "two"] {
        fs::write(
            work.path().join("app.env"),
            format!("secret_key={round}\n{}", "plain words\n".repeat(40)),
        )?;
        git(&["add", "-A"])?;
        git(&["commit", "-q", "-m", round])?;
    }
    let git_folder = work.path().join(".git");
    put(folder, "repository", "index", &[&[0][..], &fs::read(git_folder.join("index"))?].concat())?;
    for part in fs::read_dir(git_folder.join("objects"))? {
        for object in fs::read_dir(part?.path())? {
            let object = object?.path();
            let name = object.file_name().unwrap_or_default().to_string_lossy().into_owned();
            put(folder, "repository", &name, &[&[1][..], &fs::read(object)?].concat())?;
        }
    }
    git(&["repack", "-adq"])?;
    let packs = fs::read_dir(git_folder.join("objects/pack"))?.collect::<std::io::Result<Vec<_>>>()?;
    let read = |extension: &str| {
        packs.iter().map(fs::DirEntry::path).find(|p| p.extension().is_some_and(|e| e == extension))
    };
    if let (Some(index), Some(pack)) = (read("idx"), read("pack")) {
        let index = fs::read(index)?;
        let length = u16::try_from(index.len())?.to_be_bytes();
        put(
            folder,
            "repository",
            "pack",
            &[&[2, length[0], length[1]][..], &index, &fs::read(pack)?].concat(),
        )?;
    }
    Ok(())
}
