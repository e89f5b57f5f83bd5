use crate::{check_variable, screaming_snake};

/// Environment variables that shells, login sessions, containers and operating systems set or reserve. A field that
/// read one of them by accident would receive an unrelated value.
///
/// <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>,
/// <https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html>,
/// <https://learn.microsoft.com/windows/deployment/usmt/usmt-recognized-environment-variables>
const WELL_KNOWN: &[&str] = &[
    // Login sessions and shells.
    "COLORTERM",
    "COLUMNS",
    "EDITOR",
    "HOME",
    "HOSTNAME",
    "HOSTTYPE",
    "INFOPATH",
    "LINES",
    "LOGNAME",
    "LS_COLORS",
    "MACHTYPE",
    "MAIL",
    "MANPATH",
    "OLDPWD",
    "OSTYPE",
    "PAGER",
    "PATH",
    "PWD",
    "SHELL",
    "SHLVL",
    "TERM",
    "TERM_PROGRAM",
    "TMPDIR",
    "TZ",
    "USER",
    "VISUAL",
    // Locales.
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    // Variables with a special meaning in shells.
    "BASH",
    "EUID",
    "GROUPS",
    "IFS",
    "LINENO",
    "OPTARG",
    "OPTIND",
    "PPID",
    "PS1",
    "PS2",
    "PS4",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "UID",
    // Desktops and remote sessions.
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "SSH_AUTH_SOCK",
    "SSH_CLIENT",
    "SSH_CONNECTION",
    "SSH_TTY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
    // Kubernetes and systemd.
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "KUBERNETES_PORT",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "NOTIFY_SOCKET",
    // Windows.
    "ALLUSERSPROFILE",
    "APPDATA",
    "COMMONPROGRAMFILES",
    "COMPUTERNAME",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "LOGONSERVER",
    "NUMBER_OF_PROCESSORS",
    "OS",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROMPT",
    "PUBLIC",
    "SESSIONNAME",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// Returns whether shells, containers or operating systems set a variable with this name, ignoring case.
pub fn is_well_known(variable: &str) -> bool {
    WELL_KNOWN
        .iter()
        .any(|known| known.eq_ignore_ascii_case(variable))
}

/// Returns a variable name to suggest for a field, built from the names of the struct and the field.
pub fn own_variable(subject: &str, field: &str) -> String {
    let own = format!("{}_{}", screaming_snake(subject), screaming_snake(field));
    match check_variable(&own) {
        Ok(()) if !is_well_known(&own) => own,
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_variables_are_recognized() {
        for variable in [
            "USER", "HOME", "Path", "LC_ALL", "TMPDIR", "HOSTNAME", "USERNAME", "OS",
        ] {
            assert!(is_well_known(variable), "{variable}");
        }
        for variable in [
            "POCKET_USER",
            "USERS",
            "HOST",
            "PORT",
            "NAME",
            "KEY",
            "AWS_REGION",
            "",
        ] {
            assert!(!is_well_known(variable), "{variable}");
        }
    }

    #[test]
    fn every_listed_variable_is_derivable() {
        for variable in WELL_KNOWN {
            assert!(check_variable(variable).is_ok(), "{variable}");
            assert_eq!(screaming_snake(&variable.to_ascii_lowercase()), **variable);
        }
    }

    #[test]
    fn suggested_variables_are_settable() {
        assert_eq!(own_variable("PocketConfig", "user"), "POCKET_CONFIG_USER");
        assert_eq!(own_variable("Größe", "user"), "…");
        assert_eq!(own_variable("Term", "program"), "…");
    }
}
