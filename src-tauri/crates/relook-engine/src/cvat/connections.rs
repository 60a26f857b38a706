//! The servers that the user has connected to: name and address in the preferences, the token in this machine's keyring.

use std::path::PathBuf;

use keyring::v1::{Entry, Error};

use super::{CvatConnection, CvatServer, net::Net};
use crate::{error::EngineError, home::Home, task::Task};

/// Holds the token where there is no keyring; it wins over one.
const TOKEN: &str = "RELOOK_CVAT_TOKEN";
const KEYRING: &str = "relook-cvat";

fn file(home: &Home) -> PathBuf {
    home.config.join("cvat.json")
}

fn set_token() -> Option<String> {
    std::env::var(TOKEN).ok().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// The keyring's entry of a connection: of its name and its address, so that a token goes nowhere else.
fn entry(connection: &CvatConnection) -> Result<Entry, Error> {
    Entry::new(KEYRING, &format!("{} {}", connection.name, connection.url))
}

/// The token of a connection.
///
/// # Errors
/// Neither the environment nor the keyring has one.
pub(super) fn token(connection: &CvatConnection) -> Result<String, EngineError> {
    if let Some(token) = set_token() {
        return Ok(token);
    }
    entry(connection).and_then(|e| e.get_password()).map_err(|error| {
        let why = match error {
            Error::NoEntry => "the keyring has none for it",
            _ => "this machine has no keyring that can be read",
        };
        EngineError::NotFound(format!(
            "There is no token for the connection {:?}: {why}. Connect again, or put the token into the environment variable \
             {TOKEN}",
            connection.name
        ))
    })
}

impl Home {
    /// The connections by name.
    ///
    /// # Errors
    /// The preferences cannot be read.
    pub fn cvat_connections(&self) -> Result<Vec<CvatConnection>, EngineError> {
        let path = file(self);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(EngineError::file("Could not read", path)(e)),
        };
        serde_json::from_slice(&bytes).map_err(|e| {
            EngineError::Failed(format!(
                "{} is not understood: {e}. Delete it and connect again",
                path.display()
            ))
        })
    }

    /// The connection of this name.
    ///
    /// # Errors
    /// There is none; the known ones are listed.
    pub(crate) fn cvat_connection(&self, name: &str) -> Result<CvatConnection, EngineError> {
        let all = self.cvat_connections()?;
        if let Some(found) = all.iter().find(|c| c.name == name) {
            return Ok(found.clone());
        }
        let known = match all.as_slice() {
            [] => "there is none yet".to_owned(),
            all => {
                format!("known are {}", all.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", "))
            }
        };
        Err(EngineError::NotFound(format!(
            "There is no connection {name:?}: {known}. \"relook cvat connect\" makes one"
        )))
    }

    /// Asks the server who the token belongs to, and keeps the connection; one of the same name is replaced. The token goes
    /// into the keyring; without one given, that of the environment or of the keyring is used.
    ///
    /// # Errors
    /// The name is empty, the server cannot be reached, is too old or does not know the token; nothing is kept then.
    pub fn cvat_connect(
        &self,
        connection: &CvatConnection,
        given: Option<&str>,
        task: &Task,
    ) -> Result<CvatServer, EngineError> {
        let name = connection.name.trim();
        if name.is_empty() {
            return Err(EngineError::Invalid("Give the connection a name".into()));
        }
        let organization = connection.organization.as_deref().map(str::trim).filter(|o| !o.is_empty());
        let connection = CvatConnection {
            name: name.to_owned(),
            url: connection.url.trim().trim_end_matches('/').to_owned(),
            organization: organization.map(str::to_owned),
        };
        let given = given.map(str::trim).filter(|t| !t.is_empty());
        let secret = given.map_or_else(|| token(&connection), |t| Ok(t.to_owned()))?;
        task.phase("Asking the server", 0, 0);
        let net = Net::new(&connection, &secret)?;
        let (version, mut warnings) = net.version(task)?;
        let user = net.ask(task, net.cvat.user())?;
        if let Err(error) = net.ask(task, net.cvat.check_writable(None, None)) {
            match error.code() {
                crate::error::Code::Refused => warnings.push(error.to_string()),
                _ => return Err(error),
            }
        }
        if connection.url.starts_with("http://") {
            warnings.push(
                "The address begins with http: the token goes over the network for others to read".into(),
            );
        }
        let kept = match given {
            Some(token) => match entry(&connection).and_then(|e| e.set_password(token)) {
                Ok(()) => true,
                Err(_) => {
                    warnings.push(format!(
                        "This machine has no keyring that can be written, so the token is not kept. Put it into the \
                         environment variable {TOKEN} before you push or pull"
                    ));
                    false
                }
            },
            None => set_token().is_none(),
        };
        let mut all = self.cvat_connections()?;
        all.retain(|c| c.name != connection.name);
        all.push(connection);
        all.sort_by(|a, b| a.name.cmp(&b.name));
        self.write_preferences(&file(self), &all)?;
        Ok(CvatServer { version, user, kept, warnings })
    }

    /// Where a browser shows a task.
    ///
    /// # Errors
    /// There is no such connection, or the preferences cannot be read.
    pub fn cvat_link(&self, connection: &str, task: u64) -> Result<String, EngineError> {
        Ok(super::link(&self.cvat_connection(connection)?.url, task))
    }

    /// Forgets a connection and its token.
    ///
    /// # Errors
    /// There is none of this name, or the preferences cannot be written.
    pub fn cvat_disconnect(&self, name: &str) -> Result<(), EngineError> {
        let gone = self.cvat_connection(name)?;
        let mut all = self.cvat_connections()?;
        all.retain(|c| c.name != name);
        self.write_preferences(&file(self), &all)?;
        // One that was never kept is as good as gone.
        let _ = entry(&gone).and_then(|e| e.delete_credential());
        Ok(())
    }
}
