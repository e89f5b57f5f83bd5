//! The documented differences between the library and other clients.

use super::homes::{Draft, Oddity};
use super::{Case, Outcome};

/// Another client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    Boto3,
    Sdk,
}

/// A difference, with the reason for it.
pub(super) struct Difference {
    pub(super) from: Client,
    pub(super) what: &'static str,
    explains: fn(&Case, &Outcome) -> bool,
}

impl Difference {
    pub(super) fn explains(&self, client: Client, case: &Case, theirs: &Outcome) -> bool {
        self.from == client && (self.explains)(case, theirs)
    }
}

/// The library follows the SDK if boto3 and the SDK differ, since Rust programs use the SDK. The other differences are
/// settings over which the SDK panics or fails.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        from: Client::Boto3,
        what: "boto3 rejects a file with a section or key that is repeated, or with a line that is not valid; repeated \
               ones are merged here and by the SDK, and an invalid file makes only its own settings unavailable here",
        explains: |_, theirs| theirs.is_refused_with("ConfigParseError"),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 reads AWS_DEFAULT_PROFILE before AWS_PROFILE; the AWS CLI 2 and this library prefer AWS_PROFILE",
        explains: |case, _| case.draft.has("AWS_PROFILE") && case.draft.has("AWS_DEFAULT_PROFILE"),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 does not read AWS_REGION",
        explains: |case, theirs| {
            let is_same = |ours: &Outcome, theirs: &Outcome| match (ours, theirs) {
                (_, Outcome::Refused(reason)) => reason == "NoRegionError",
                (ours, theirs) => ours.region() != theirs.region(),
            };
            case.draft.has("AWS_REGION") && is_same(&case.ours, theirs)
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 rejects a selected profile that does not exist, even if variables contain credentials, which come \
               first here and in the SDK",
        explains: |case, theirs| {
            theirs.is_refused_with("ProfileNotFound")
                && (case.draft.has("AWS_ACCESS_KEY_ID") || case.draft.has("AWS_ROLE_ARN"))
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 rejects `services` with the name of a missing section, which is ignored here and by the SDK",
        explains: |case, theirs| {
            let names = |line: &str| line.to_ascii_lowercase().starts_with("services");
            theirs.is_refused_with("InvalidConfigError") && case.draft.has_line(names)
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 rejects half of a pair of keys; here and in the SDK the next place is used",
        explains: |_, theirs| theirs.is_refused_with("PartialCredentialsError"),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 uses a web identity token before the keys of a profile; here and in the SDK the profile is first",
        explains: |case, _| case.draft.has("AWS_WEB_IDENTITY_TOKEN_FILE"),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 uses the keys of a profile before its `credential_process`; here and in the SDK the process is first",
        explains: |case, _| {
            case.draft
                .has_line(|line| line.to_ascii_lowercase().starts_with("credential_process"))
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 does not read a section whose name has white space within the brackets",
        explains: |case, _| case.draft.has_line(|line| line.starts_with("[ ")),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 reads a comment behind a value as a part of it",
        explains: |case, _| case.draft.has_line(|line| line.ends_with(" # comment")),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 does not use the region of the profile that `source_profile` names",
        explains: |case, theirs| {
            theirs.is_refused_with("NoRegionError")
                && case
                    .draft
                    .has_line(|line| line.to_ascii_lowercase().starts_with("source_profile"))
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 reads profiles whose names contain spaces; the SDK and this library do not, and an error reports that",
        explains: |case, _| {
            case.draft.selects("two words")
                || case
                    .draft
                    .has_line(|line| line.contains("source_profile = two words"))
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 uses blank variables and values, and white space around them, as they are; here they are unset",
        explains: |case, _| {
            case.draft
                .has_any(&[Oddity::BlankVariable, Oddity::BlankValue])
        },
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 accepts `key: value`, and lines that continue a value; an invalid line is an error here that names it",
        explains: |case, _| case.draft.has_any(&[Oddity::Colon, Oddity::Continued]),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 accepts an indented key in a section; here and in the SDK it is part of the value before it",
        explains: |case, _| case.draft.has_any(&[Oddity::Indented]),
    },
    Difference {
        from: Client::Boto3,
        what: "boto3 reads a comment after `;` as a part of the value",
        explains: |case, _| case.draft.has_any(&[Oddity::SemicolonComment]),
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK does not read AWS_DEFAULT_PROFILE, which older tools use",
        explains: |case, _| is_selected_by_older_name(&case.draft),
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK ignores the `services` section of a profile",
        explains: |case, theirs| {
            case.ours.endpoint() == Some("services") && theirs.endpoint() != case.ours.endpoint()
        },
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK rejects both files if a comment with white space before it follows a section's name",
        explains: |case, _| case.draft.has_line(|line| line == "  # comment"),
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK panics over a blank endpoint, which is unset here",
        explains: |case, theirs| {
            case.draft.has_any(&[Oddity::BlankVariable]) && theirs.is_refused_with("a panic")
        },
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK uses blank variables and white space as they are, and accepts any text as a region; blank ones \
               are unset here",
        explains: |case, _| {
            case.draft
                .has_any(&[Oddity::BlankVariable, Oddity::BlankValue])
        },
    },
    Difference {
        from: Client::Sdk,
        what: "the SDK reads neither file if one is invalid; here each file is read for itself",
        explains: |case, _| {
            let invalid = [
                Oddity::InvalidLine,
                Oddity::Colon,
                Oddity::Continued,
                Oddity::Indented,
            ];
            case.draft.has_any(&invalid)
        },
    },
];

fn is_selected_by_older_name(draft: &Draft) -> bool {
    draft.has("AWS_DEFAULT_PROFILE") && !draft.has("AWS_PROFILE")
}
