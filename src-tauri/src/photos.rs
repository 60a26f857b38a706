//! `relook://localhost/…`: photos, thumbnails and crops for the web view.

use relook_domain::{AnnotationId, ImageId};
use relook_engine::{EngineError, Photo};
use tauri::{
    Manager, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};
use tokio::sync::Semaphore;

use crate::state::App;

/// So many pictures are made at once: each may hold a whole photo in memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Answers one request off the main thread.
pub fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    tauri::async_runtime::spawn(async move {
        // The semaphore is never closed.
        let _turn = AT_ONCE.acquire().await;
        let path = request.uri().path().to_owned();
        let made = tauri::async_runtime::spawn_blocking(move || picture(&app, &path)).await;
        responder.respond(match made {
            Ok(Ok((photo, cache))) => answer(StatusCode::OK, photo.kind, cache, photo.bytes),
            Ok(Err(error)) => refusal(StatusCode::NOT_FOUND, error.to_string()),
            Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        });
    });
}

/// `image/<id>`, `thumb/<id>` or `crop/<annotation id>`, and how long it may be kept.
fn picture(app: &App, path: &str) -> Result<(Photo, &'static str), EngineError> {
    let (kind, id) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let id: i64 = id.parse().map_err(|_| EngineError::NotFound(format!("There is no picture {path:?}")))?;
    let project = app.project()?;
    match kind {
        "image" => Ok((project.photo(ImageId(id))?, "no-cache")),
        "thumb" => Ok((project.thumbnail(ImageId(id))?, "private, max-age=60")),
        "crop" => Ok((project.crop(AnnotationId(id))?, "private, max-age=60")),
        _ => Err(EngineError::NotFound(format!("There is no picture {path:?}"))),
    }
}

fn refusal(status: StatusCode, message: String) -> Response<Vec<u8>> {
    answer(status, "text/plain; charset=utf-8", "no-store", message.into_bytes())
}

fn answer(status: StatusCode, kind: &str, cache: &str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
