//! The address of a PostgreSQL database: what it may be, and how it is shown without its secrets.
//! It does not know whether anybody answers there.

use std::fmt;
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use topchef_runtime::database::PostgresOptions;

/// The address of a PostgreSQL database.
///
/// It may hold a password, so it is shown as who connects, where to, and to which database, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    url: String,
    shown: String,
}

impl PostgresAddress {
    /// Reads what follows the colon of the scheme; none when no database can be meant by it.
    pub(super) fn read(rest: &str) -> Option<Self> {
        // A special character of a password that is not written as %XX would end in another part, and be shown.
        if rest.contains('#') || !has_known_parameters(rest) {
            return None;
        }
        let url = format!("postgresql:{rest}");
        let options = PgConnectOptions::from_str(&url).ok()?;
        let name = options.get_database().unwrap_or(options.get_username());
        if !rest.starts_with("//") || name.contains(['/', '@']) {
            return None;
        }
        let shown = shown(&options, name);
        Some(Self { url, shown })
    }

    /// All of it, with its secrets, for the driver.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The driver would log the value of any other, which may be a password.
fn has_known_parameters(rest: &str) -> bool {
    let (_, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let mut keys = parameters
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').map_or(parameter, |(key, _)| key));
    keys.all(PostgresOptions::takes)
}

fn shown(options: &PgConnectOptions, name: &str) -> String {
    let user = options.get_username();
    if let Some(socket) = options.get_socket() {
        return format!("postgresql://{user}@/{name}?host={}", socket.display());
    }
    let (host, port) = (options.get_host(), options.get_port());
    format!("postgresql://{user}@{host}:{port}/{name}")
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (rest, shown) in [
            ("//ada:secret@db/lab", "postgresql://ada@db:5432/lab"),
            ("//ada:secret@db:6432/lab", "postgresql://ada@db:6432/lab"),
            ("//ada:se%2Fcret%40@db/lab", "postgresql://ada@db:5432/lab"),
            (
                "//ada@db/lab?password=secret&sslmode=require",
                "postgresql://ada@db:5432/lab",
            ),
            (
                "///lab?host=/run/postgresql&user=ada&password=secret",
                "postgresql://ada@/lab?host=/run/postgresql",
            ),
            ("//ada@[::1]/lab", "postgresql://ada@[::1]:5432/lab"),
        ] {
            let address = PostgresAddress::read(rest).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), shown);
            assert_eq!(address.url(), format!("postgresql:{rest}"));
        }
    }

    #[test]
    fn what_would_show_a_secret_or_means_no_database_is_refused() {
        for rest in [
            "//ada:5#secret@db/lab",
            "//ada:5/secret@db/lab",
            "//ada:se/cret@db/lab",
            "//ada:5?secret@db/lab",
            "//ada@db/lab?passwort=secret",
            "//ada@db/lab?sslmode=secret",
            "//ada@db:port/lab",
            "//ada@db/lab/more",
            "lab",
            "/lab",
            "",
        ] {
            assert_eq!(PostgresAddress::read(rest), None, "{rest}");
        }
    }
}
