//! Where inference servers are: addresses as a person gives them, none of them holding a secret.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use crate::error::VisionError;

/// More are taken for a mistake.
const MOST: usize = 64;
/// Why a name or password is refused.
const SECRET: &str = "a name or password in it would be kept with the project. Put a token into RELOOK_INFERENCE_TOKEN instead";

/// One server, and perhaps which of its models is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// Ends in `/`; what follows it is the protocol's.
    pub(super) base: Url,
    /// The model's name there, where it is not the card's.
    pub(super) model: Option<String>,
    /// Of that model.
    pub(super) version: Option<String>,
}

impl ServerAddress {
    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        match self.base.host_str() {
            Some("localhost" | "[::1]") => true,
            Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()),
            None => false,
        }
    }

    /// The server without the model.
    pub(super) fn host(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.host())?;
        if let Some(model) = &self.model {
            write!(f, "/v2/models/{model}")?;
        }
        if let Some(version) = &self.version {
            write!(f, "/versions/{version}")?;
        }
        Ok(())
    }
}

impl FromStr for ServerAddress {
    type Err = VisionError;

    fn from_str(text: &str) -> Result<Self, VisionError> {
        let bad = |reason: &str| refused(text, reason);
        let mut base = Url::parse(text.trim()).map_err(|_| bad("write it as http://HOST:PORT"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(bad("it must begin with http:// or https://"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(bad(SECRET));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(bad("nothing may follow a ? or # in it"));
        }
        let parts: Vec<String> =
            base.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (before, model, version) = match parts.as_slice() {
            [before @ .., "v2", "models", model, "versions", version] => {
                (before, Some(*model), Some(*version))
            }
            [before @ .., "v2", "models", model, "infer" | "ready"]
            | [before @ .., "v2", "models", model] => (before, Some(*model), None),
            [before @ .., "v2"] => (before, None, None),
            whole => (whole, None, None),
        };
        let (model, version) = (model.map(str::to_owned), version.map(str::to_owned));
        let path = before.iter().fold("/".to_owned(), |path, part| format!("{path}{part}/"));
        base.set_path(&path);
        Ok(Self { base, model, version })
    }
}

/// The servers that share the work, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers(Vec<ServerAddress>);

impl Servers {
    /// Whether a device's name can only be meant as addresses.
    #[must_use]
    pub fn are_meant(text: &str) -> bool {
        text.contains("://")
    }

    #[must_use]
    pub fn all(&self) -> &[ServerAddress] {
        &self.0
    }
}

impl FromStr for Servers {
    type Err = VisionError;

    /// Addresses parted by commas; one that is named twice counts once.
    fn from_str(text: &str) -> Result<Self, VisionError> {
        // Before it is parted: a password may hold a comma.
        if text.contains('@') {
            return Err(refused(text, SECRET));
        }
        let mut all: Vec<ServerAddress> = Vec::new();
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let address: ServerAddress = one.parse()?;
            if !all.contains(&address) {
                all.push(address);
            }
        }
        if all.is_empty() || all.len() > MOST {
            let reason = format!("name 1 to {MOST} addresses such as http://HOST:PORT, parted by commas");
            return Err(refused(text, &reason));
        }
        Ok(Self(all))
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, address) in self.0.iter().enumerate() {
            let gap = if place == 0 { "" } else { "," };
            write!(f, "{gap}{address}")?;
        }
        Ok(())
    }
}

fn refused(text: &str, reason: &str) -> VisionError {
    VisionError::ServerAddress { address: harmless(text), reason: reason.to_owned() }
}

/// An address, sound or not, as it may be shown: without what may be a name, a password or a key. Each of several parted
/// by commas.
#[must_use]
pub fn harmless(text: &str) -> String {
    let one = |text: &str| {
        let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
        let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let short: String = rest.chars().filter(|c| !c.is_control()).take(200).collect();
        if scheme.is_empty() { short } else { format!("{scheme}://{short}") }
    };
    // A password may hold a comma: what stands before the last @ of all is never shown in parts.
    let at = text.rfind('@').map_or(0, |at| text[..at].find("://").map_or(at + 1, |scheme| scheme + 3));
    if at > 0 {
        return one(text);
    }
    text.split(',').map(|text| one(text.trim())).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_back() {
        for (text, written, model) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", None),
            (" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080", None),
            ("http://127.0.0.1:8080/v2", "http://127.0.0.1:8080", None),
            ("HTTP://Host/v2/", "http://host", None),
            ("https://host/a/b", "https://host/a/b", None),
            ("https://host/a/v2/models/m", "https://host/a/v2/models/m", Some("m")),
            ("http://host/v2/models/m/infer", "http://host/v2/models/m", Some("m")),
            ("http://host/v2/models/m/versions/3", "http://host/v2/models/m/versions/3", Some("m")),
            ("http://[::1]:9", "http://[::1]:9", None),
        ] {
            let address: ServerAddress = text.parse().unwrap();
            assert_eq!((address.to_string().as_str(), address.model.as_deref()), (written, model), "{text}");
            assert_eq!(address.to_string().parse::<ServerAddress>().unwrap(), address, "{text}");
        }
        let both: Servers = "http://a:1, http://b:2/,http://a:1/".parse().unwrap();
        assert_eq!(both.to_string(), "http://a:1,http://b:2");
    }

    #[test]
    fn this_machine_is_known() {
        for (text, here) in [
            ("http://127.0.0.1:1", true),
            ("http://127.9.9.9", true),
            ("http://localhost", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1.example", false),
        ] {
            assert_eq!(text.parse::<ServerAddress>().unwrap().is_loopback(), here, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_or_holds_a_secret_is_refused_without_repeating_the_secret() {
        for text in [
            "",
            " , ",
            "ftp://host",
            "http://",
            "http//host",
            "http://me@host:1",
            "http://me:secret@host:1",
            "http://me:secret,more@host:1",
            "http://good:1,https://me:secret@host/v2",
            "me:secret@host:1",
            "http://host:1/?key=secret",
            "http://host:1/#secret",
            "http://host:99999/?token=secret",
        ] {
            let error = text.parse::<Servers>().unwrap_err();
            assert_eq!(error.code(), "server_address", "{text}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let many = (0..65).map(|n| format!("http://h{n}")).collect::<Vec<_>>().join(",");
        assert!(many.parse::<Servers>().is_err());
    }
}
