//! Which address the server may listen on, and which of them others can reach.
//! It does not know how the address is looked up, nor whether others are wanted.

use std::net::{IpAddr, Ipv4Addr};

use super::{
    error::ConfigError,
    origin::Origin,
    settings::HOST,
    source::{Given, Sources},
};

/// What the host was set to; a variable that only names the machine is passed over, and what the file says counts.
pub(super) fn given_host(sources: &Sources<'_>) -> Result<Option<Given>, ConfigError> {
    match sources.find(HOST)? {
        Some(given) if is_machine_name(&given) => sources.file.find(HOST),
        given => Ok(given),
    }
}

fn is_machine_name(given: &Given) -> bool {
    given.origin == Origin::Variable("HOSTNAME") && host(&given.value).is_none()
}

/// The address that was given, whoever can reach it.
pub(super) fn any_host(given: Given) -> Result<IpAddr, ConfigError> {
    given.parse("an IP address or `localhost`", host)
}

/// As [`any_host`], when only this machine may reach the address.
pub(super) fn loopback_host(given: Given) -> Result<IpAddr, ConfigError> {
    let name = given.origin.clone();
    let host = any_host(given)?;
    if host.to_canonical().is_loopback() {
        Ok(host)
    } else {
        Err(ConfigError::AnonymousOffLoopback { name, host })
    }
}

/// An IP address, an IPv6 address also in the brackets that URLs put around it, or `localhost`, which is 127.0.0.1.
fn host(value: &str) -> Option<IpAddr> {
    if value.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bracketed = value
        .strip_prefix('[')
        .and_then(|value| value.strip_suffix(']'));
    bracketed.unwrap_or(value).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::{file, given, lookup, origin};

    #[test]
    fn hostname_counts_only_as_an_address() {
        let found = |value, text| {
            let variables = [("HOSTNAME", value)];
            let sources = Sources {
                flag: &lookup(&[]),
                variable: &lookup(&variables),
                file: file(text).unwrap(),
            };
            let given = given_host(&sources).unwrap();
            given.map(|given| given.value)
        };
        for machine in ["3f2a9c0d1e5b", "lab-pc.example.org"] {
            assert_eq!(found(machine, ""), None);
            assert_eq!(found(machine, "host = \"::1\"").as_deref(), Some("::1"));
        }
        assert_eq!(
            found("127.0.0.2", "host = \"::1\"").as_deref(),
            Some("127.0.0.2")
        );
        let message = loopback_host(given("TOPCHEF_HOST", "lab-pc.example.org"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "TOPCHEF_HOST is \"lab-pc.example.org\", but must be an IP address or `localhost`"
        );
    }

    #[test]
    fn only_loopback_is_for_this_machine_alone() {
        for host in [
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
            "localhost",
            "LOCALHOST",
            "::ffff:127.0.0.1",
        ] {
            let allowed = loopback_host(given("--host", host));
            assert!(allowed.is_ok(), "{host}");
        }
        for host in [
            "0.0.0.0",
            "::",
            "192.168.1.4",
            "::ffff:192.168.1.4",
            "fe80::1",
        ] {
            let refused = loopback_host(given("--host", host));
            let address: IpAddr = host.parse().unwrap();
            let anonymous = ConfigError::AnonymousOffLoopback {
                name: origin("--host"),
                host: address,
            };
            assert_eq!(refused, Err(anonymous));
            assert_eq!(any_host(given("--host", host)), Ok(address));
        }
        let message = loopback_host(given("--host", "0.0.0.0"))
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with("--host is 0.0.0.0, which others can reach"),
            "{message}"
        );
        assert!(message.contains("--allow-anonymous"), "{message}");
    }
}
