//! Detects AWS runtimes without network requests.

use std::path::Path;

/// Variables that only an AWS runtime sets.
const SIGNS: [&str; 6] = [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_EXECUTION_ENV",
    "ECS_CONTAINER_METADATA_URI_V4",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

const EC2_HOST: &str = "an EC2 host";

/// Returns the sign that this process runs on AWS, so that it should have credentials.
pub(crate) fn aws_runtime(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    let set = SIGNS.into_iter().find(|name| is_set(name));
    set.or_else(|| is_ec2().then_some(EC2_HOST))
}

/// Returns the clause that describes a sign in messages.
pub(crate) fn described(sign: &str) -> String {
    if sign == EC2_HOST {
        format!("this is {EC2_HOST}")
    } else {
        format!("`{sign}` is set")
    }
}

/// Returns whether this host is an EC2 instance.
pub(crate) fn is_ec2() -> bool {
    if cfg!(windows) {
        // Every Windows AMI of AWS has one of the two generations of the launch agent.
        let data = std::env::var_os("ProgramData").unwrap_or_default();
        ["EC2Launch", "EC2-Windows"]
            .iter()
            .any(|agent| Path::new(&data).join("Amazon").join(agent).is_dir())
    } else if cfg!(target_os = "macos") {
        Path::new("/usr/local/aws/ec2-macos-init").is_dir()
    } else {
        is_ec2_linux(Path::new("/sys"))
    }
}

/// Returns whether this is an EC2 host: Nitro hosts have a vendor name, and Xen hosts a firmware version or a
/// hypervisor id that begins with `ec2`.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html>
fn is_ec2_linux(sys: &Path) -> bool {
    let read = |file: &str| {
        std::fs::read_to_string(sys.join(file))
            .unwrap_or_default()
            .to_lowercase()
    };
    read("class/dmi/id/sys_vendor").trim() == "amazon ec2"
        || read("class/dmi/id/bios_version").contains("amazon")
        || read("hypervisor/uuid").starts_with("ec2")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sys_with(file: &str, text: &str) -> std::path::PathBuf {
        let name = format!(
            "from-secrets-host-{}-{}",
            std::process::id(),
            file.replace('/', "-")
        );
        let sys = std::env::temp_dir().join(name);
        let path = sys.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        sys
    }

    #[test]
    fn firmware_identifies_ec2_host() {
        for (file, text, expected) in [
            ("class/dmi/id/sys_vendor", "Amazon EC2\n", true),
            ("class/dmi/id/bios_version", "4.11.amazon\n", true),
            (
                "hypervisor/uuid",
                "ec2e1916-9099-7caf-fd21-012345abcdef\n",
                true,
            ),
            ("class/dmi/id/product_name", "KVM\n", false),
        ] {
            let sys = sys_with(file, text);
            assert_eq!(is_ec2_linux(&sys), expected, "{file}");
            std::fs::remove_dir_all(sys).unwrap();
        }
    }
}
