//! Which address the server may listen on, and which of them others can reach.
//! It does not know how the address is looked up, nor whether others are wanted.

use std::net::{IpAddr, Ipv4Addr};

use super::{error::ConfigError, source::Given};

/// The address that was given, whoever can reach it; none when only the machine was named.
pub(super) fn any_host(given: Given) -> Result<Option<IpAddr>, ConfigError> {
    let is_machine_name = given.name == "HOSTNAME" && host(&given.value).is_none();
    if is_machine_name {
        return Ok(None);
    }
    given.parse("an IP address or `localhost`", host).map(Some)
}

/// As [`any_host`], when only this machine may reach the address.
pub(super) fn loopback_host(given: Given) -> Result<Option<IpAddr>, ConfigError> {
    let name = given.name;
    match any_host(given)? {
        Some(host) if !host.to_canonical().is_loopback() => {
            Err(ConfigError::AnonymousOffLoopback { name, host })
        }
        host => Ok(host),
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
    use crate::config::source::tests::given;

    #[test]
    fn hostname_counts_only_as_an_address() {
        let hostname = |value| loopback_host(given("HOSTNAME", value));
        assert_eq!(hostname("3f2a9c0d1e5b"), Ok(None));
        assert_eq!(hostname("lab-pc.example.org"), Ok(None));
        assert_eq!(
            hostname("127.0.0.2"),
            Ok(Some(Ipv4Addr::new(127, 0, 0, 2).into()))
        );
        assert!(matches!(
            hostname("10.0.0.1"),
            Err(ConfigError::AnonymousOffLoopback {
                name: "HOSTNAME",
                ..
            })
        ));
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
            assert!(matches!(allowed, Ok(Some(_))), "{host}");
        }
        for host in [
            "0.0.0.0",
            "::",
            "192.168.1.4",
            "::ffff:192.168.1.4",
            "fe80::1",
        ] {
            let refused = loopback_host(given("--host", host));
            assert!(
                matches!(
                    refused,
                    Err(ConfigError::AnonymousOffLoopback { name: "--host", .. })
                ),
                "{host}"
            );
            let allowed = any_host(given("--host", host));
            assert_eq!(allowed, Ok(host.parse().ok()), "{host}");
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
