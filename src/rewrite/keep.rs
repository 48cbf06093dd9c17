//! What stays of a file that is replaced: owner, permissions, times, extended attributes; and who else
//! has it open. Where something cannot stay, the file is left alone rather than made another one.

use std::fs::{File, FileTimes, Metadata};
use std::io;
use std::path::Path;

/// Gives `new` what `old` has.
pub(super) fn keep(old: &Path, before: &Metadata, new: &Path, file: &File, touch: bool) -> io::Result<()> {
    owner(before, file)?;
    attributes(old, new)?;
    // After the owner, since a change of that takes the set-user-id bit away.
    file.set_permissions(before.permissions())?;
    if !touch {
        let mut times = FileTimes::new();
        if let Ok(time) = before.accessed() {
            times = times.set_accessed(time);
        }
        if let Ok(time) = before.modified() {
            times = times.set_modified(time);
        }
        file.set_times(times)?;
    }
    Ok(())
}

#[cfg(unix)]
fn owner(before: &Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    fchown(file, Some(before.uid()), Some(before.gid())).map_err(|error| {
        let message = format!(
            "its owner {}:{} cannot be kept ({error}); run as that user or as root",
            before.uid(),
            before.gid()
        );
        io::Error::new(error.kind(), message)
    })
}

#[cfg(not(unix))]
fn owner(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// Extended attributes, which access control lists and security labels are, too.
#[cfg(unix)]
fn attributes(old: &Path, new: &Path) -> io::Result<()> {
    let names = match xattr::list(old) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    let old_names: Vec<_> = names.collect();
    // What the directory gives to new files would let others in.
    for name in xattr::list(new)?.filter(|name| !old_names.contains(name)) {
        if !name.to_string_lossy().starts_with("security.") {
            xattr::remove(new, &name)?;
        }
    }
    for name in old_names {
        let value = xattr::get(old, &name)?.unwrap_or_default();
        if xattr::get(new, &name)?.as_ref() == Some(&value) {
            continue;
        }
        xattr::set(new, &name, &value).map_err(|error| {
            let message = format!(
                "its extended attribute {} cannot be kept ({error}); run as root, or take it off first",
                name.to_string_lossy()
            );
            io::Error::new(error.kind(), message)
        })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn attributes(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// How many names a file has.
pub(super) fn names(meta: &Metadata) -> u64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(meta);
    #[cfg(not(unix))]
    {
        let _ = meta;
        1
    }
}

/// A process that has the file open for writing, as far as this one may see: what it writes after the
/// file was replaced would be lost.
#[cfg(target_os = "linux")]
pub(super) fn writer(meta: &Metadata) -> Option<String> {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let others = processes.filter(|p| p.file_name().to_string_lossy().bytes().all(|b| b.is_ascii_digit()));
    for process in others {
        let Ok(open) = fs::read_dir(process.path().join("fd")) else { continue };
        for descriptor in open.flatten() {
            let is_it =
                fs::metadata(descriptor.path()).is_ok_and(|m| (m.dev(), m.ino()) == (meta.dev(), meta.ino()));
            if is_it && writes(&process.path().join("fdinfo").join(descriptor.file_name())) {
                let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                return Some(format!("{} (process {})", name.trim(), process.file_name().to_string_lossy()));
            }
        }
    }
    None
}

/// Whether a descriptor was opened for writing: the last two bits of its flags, which are octal.
#[cfg(target_os = "linux")]
fn writes(info: &Path) -> bool {
    let text = std::fs::read_to_string(info).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|f| u32::from_str_radix(f.trim(), 8).ok()).is_some_and(|flags| flags & 3 != 0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn writer(_: &Metadata) -> Option<String> {
    None
}

/// Whether two descriptions are of the same bytes, as far as the system can tell.
pub(super) fn is_same(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let key = |m: &std::fs::Metadata| (m.dev(), m.ino(), m.len(), m.mtime(), m.mtime_nsec());
        key(a) == key(b)
    }
    #[cfg(not(unix))]
    {
        a.len() == b.len() && a.modified().ok() == b.modified().ok()
    }
}
