//! The paths that a secret's file can have.

use crate::source::SecretRequest;

/// A path below a directory of secrets: the names of subdirectories and, last, of the file. It never leads out of the
/// directory.
pub(super) type Below = Vec<String>;

/// Returns the paths that a secret can have. Empty if no file can have the name.
///
/// An ARN that looks complete can be a partial ARN, so both of its names count.
pub(super) fn candidates(request: &SecretRequest) -> Vec<Below> {
    let mut names = request.arn_names();
    names.push(request.id().to_owned());
    let mut candidates = Vec::new();
    for candidate in names.iter().flat_map(|name| [flat(name), nested(name)]) {
        candidates.extend(candidate.filter(|candidate| !candidates.contains(candidate)));
    }
    candidates
}

/// The file name with `_` for each `/`, as the AWS provider of the Secrets Store CSI driver writes it.
/// <https://github.com/aws/secrets-store-csi-driver-provider-aws>
fn flat(name: &str) -> Option<Below> {
    let file = name.replace('/', "_");
    is_plain(&file).then(|| vec![file])
}

/// The path with subdirectories, as that provider writes it without `pathTranslation`, and as Kubernetes mounts a
/// secret with a file for each key. Leading slashes do not count, as in that provider.
fn nested(name: &str) -> Option<Below> {
    let parts = name.trim_start_matches('/').split('/');
    let parts: Below = parts.map(str::to_owned).collect();
    parts.iter().all(|part| is_plain(part)).then_some(parts)
}

/// Returns whether a name is that of an entry of its directory. Names that begin with two dots are the parent directory
/// or Kubernetes' own.
fn is_plain(part: &str) -> bool {
    // On Windows, these separate drives, alternate streams and directories.
    let is_foreign = |c: char| cfg!(windows) && matches!(c, '\\' | ':');
    let is_separator = |c: char| c == '/' || c.is_control() || is_foreign(c);
    !part.is_empty() && part != "." && !part.starts_with("..") && !part.contains(is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(id: &str) -> Vec<String> {
        let candidates = candidates(&SecretRequest::variable(id));
        candidates.iter().map(|below| below.join("/")).collect()
    }

    #[cfg(not(windows))]
    #[test]
    fn arn_has_files_of_both_names() {
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
        let flat = arn.replace('/', "_");
        let (whole, shorter) = (["prod_db-AbCdEf", "prod/db-AbCdEf"], ["prod_db", "prod/db"]);
        assert_eq!(paths(arn), [&whole[..], &shorter, &[&flat, arn]].concat());
        let partial = arn.strip_suffix("-AbCdEf").unwrap();
        let flat = partial.replace('/', "_");
        assert_eq!(paths(partial), [&shorter[..], &[&flat, partial]].concat());
    }

    #[cfg(not(windows))]
    #[test]
    fn parameter_arn_has_name_paths() {
        let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db";
        let flat = arn.replace('/', "_");
        assert_eq!(paths(arn), ["_prod_db", "prod/db", "prod_db", &flat, arn]);
        assert_eq!(paths("rds!db-1"), ["rds!db-1"]);
    }

    #[test]
    fn names_cannot_escape_directory() {
        for id in [
            "",
            ".",
            "..",
            "...",
            "..data",
            "..data/x",
            "../../etc/passwd",
            "a\0b",
        ] {
            assert_eq!(paths(id), [""; 0], "{id:?}");
        }
        assert_eq!(paths("/etc/passwd"), ["_etc_passwd", "etc/passwd"]);
        assert_eq!(paths("//etc/passwd"), ["__etc_passwd", "etc/passwd"]);
        for (id, flat) in [
            ("/", "_"),
            ("a/../../b", "a_.._.._b"),
            ("a/..", "a_.."),
            ("a/./b", "a_._b"),
            ("a//b", "a__b"),
            ("a/", "a_"),
            ("a/..data/b", "a_..data_b"),
        ] {
            assert_eq!(paths(id), [flat], "{id}");
        }
    }
}
