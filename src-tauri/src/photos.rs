//! `relook://localhost/…`: photos, thumbnails and crops for the web view.

use std::sync::{Mutex, MutexGuard, PoisonError};

use relook_domain::{AnnotationId, ImageId};
use relook_engine::{EngineError, Photo};
use tauri::{
    Manager, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};
use tokio::sync::oneshot;

use crate::state::App;

/// So many photos are read at once, and so many small pictures made: each may hold a whole photo in memory. A photo that
/// is looked at does not wait for a gallery of crops.
static PHOTOS: Turns = Turns::new(3);
static SMALL: Turns = Turns::new(4);

/// Turns to be taken by so many at once; who came last is next, because who scrolls on no longer wants what was before.
struct Turns(Mutex<Queue>);

struct Queue {
    free: u32,
    waiting: Vec<oneshot::Sender<()>>,
}

struct Turn(&'static Turns);

impl Turns {
    const fn new(free: u32) -> Self {
        Self(Mutex::new(Queue { free, waiting: Vec::new() }))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&'static self) -> Turn {
        let waits = {
            let mut queue = self.queue();
            if queue.free > 0 {
                queue.free -= 1;
                None
            } else {
                let (told, waits) = oneshot::channel();
                queue.waiting.push(told);
                Some(waits)
            }
        };
        if let Some(waits) = waits {
            // The sender is dropped only after it has told.
            let _ = waits.await;
        }
        Turn(self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        while let Some(next) = queue.waiting.pop() {
            if next.send(()).is_ok() {
                return;
            }
        }
        queue.free += 1;
    }
}

/// Answers one request off the main thread.
pub fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let path = request.uri().path().to_owned();
        let turns = if path.starts_with("/image/") { &PHOTOS } else { &SMALL };
        let _turn = turns.take().await;
        let made = tauri::async_runtime::spawn_blocking(move || picture(&app, &path)).await;
        responder.respond(match made {
            Ok(Ok((photo, cache))) => answer(StatusCode::OK, photo.kind, cache, photo.bytes),
            Ok(Err(error)) => refusal(StatusCode::NOT_FOUND, error.to_string()),
            Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        });
    });
}

/// `image/<id>`, `thumb/<id>`, `crop/<annotation id>/<side>` or `tried`, and how long it may be kept.
fn picture(app: &App, path: &str) -> Result<(Photo, &'static str), EngineError> {
    let none = || EngineError::NotFound(format!("There is no picture {path:?}"));
    let id = |text: &str| text.parse::<i64>().map_err(|_| none());
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let project = app.project()?;
    match parts.as_slice() {
        ["image", image] => Ok((project.photo(ImageId(id(image)?))?, "no-cache")),
        ["thumb", image] => Ok((project.thumbnail(ImageId(id(image)?))?, "private, max-age=60")),
        // What a model was tried on that is none of the project's.
        ["tried"] => Ok((app.trials.photo()?, "no-store")),
        ["crop", shape, side] => {
            let side = side.parse().map_err(|_| none())?;
            Ok((project.crop(AnnotationId(id(shape)?), side)?, "private, max-age=60"))
        }
        _ => Err(none()),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn who_came_last_is_next_and_every_turn_comes_back() {
        static ONE: Turns = Turns::new(1);
        let first = ONE.take().await;
        let order: Arc<Mutex<Vec<i32>>> = Arc::default();
        let mut waiting = Vec::new();
        for n in 0..3 {
            let order = Arc::clone(&order);
            waiting.push(tokio::spawn(async move {
                let _turn = ONE.take().await;
                order.lock().unwrap().push(n);
            }));
            tokio::task::yield_now().await;
        }
        assert!(order.lock().unwrap().is_empty(), "one at a time");
        drop(first);
        for one in waiting {
            one.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [2, 1, 0]);
        assert_eq!(ONE.queue().free, 1);
    }
}
