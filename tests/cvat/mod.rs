//! A stand-in for a CVAT server, modelled on what one of version 2.54 was recorded to answer. Whatever it is asked and
//! answers is held against CVAT's own description of its API, and it can misbehave on purpose.

#![expect(clippy::expect_used, reason = "for tests only: a stand-in that breaks fails them")]

mod answers;
mod http;
mod schema;
mod world;

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

pub use self::world::TOKEN;
use self::{
    http::{Asked, Reply},
    world::World,
};

/// What to do wrong with a request whose method and path fit.
#[derive(Clone, Debug)]
pub struct Fault {
    pub method: &'static str,
    /// The path holds this.
    pub path: &'static str,
    /// So many fitting requests go well before.
    pub after: usize,
    /// So many times in all.
    pub times: usize,
    pub how: How,
}

#[derive(Clone, Debug)]
pub enum How {
    /// Another answer, with these headers.
    Status(u16, Vec<(&'static str, String)>),
    /// The connection breaks off after so many bytes of the body have arrived; an upload keeps them.
    Cut(usize),
    /// The answer comes so late.
    Slow(Duration),
    /// Nothing is done and no answer comes.
    Hold,
    /// It is done and no answer comes.
    LoseAnswer,
    /// The work begun by it fails with these words.
    Fail(&'static str),
    /// An import puts the shapes of each frame onto the next one.
    MoveFrame,
}

/// A server on the loopback until it is dropped; then it answers no more.
pub struct StandIn {
    pub url: String,
    shared: Arc<Mutex<World>>,
}

impl Default for StandIn {
    fn default() -> Self {
        Self::start()
    }
}

impl StandIn {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Mutex::new(World::new(&url)));
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                thread::spawn(move || {
                    let mut stream = stream;
                    // A client that hangs up is no failure of the server's.
                    let _ = serve(&mut stream, &shared);
                });
            }
        });
        Self { url, shared }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.shared)
    }

    pub fn misbehave(&self, fault: Fault) {
        self.world().faults.push(fault);
    }

    pub fn behave(&self) {
        self.world().faults.clear();
    }

    /// How many requests met a fault.
    pub fn met(&self) -> usize {
        self.world().met
    }

    /// What CVAT's description of its API says against requests and answers so far.
    pub fn complaints(&self) -> Vec<String> {
        self.world().complaints.clone()
    }

    /// Method and path of each request so far.
    pub fn asked(&self) -> Vec<String> {
        self.world().asked.clone()
    }

    /// Numbers of the tasks.
    pub fn tasks(&self) -> Vec<u64> {
        self.world().tasks.keys().copied().collect()
    }

    /// Numbers and names of the projects.
    pub fn projects(&self) -> Vec<(u64, String)> {
        self.world().projects.iter().map(|(id, p)| (*id, p.name.clone())).collect()
    }

    /// Names of a task's frames, and how many shapes each has.
    pub fn frames(&self, task: u64) -> Vec<(String, usize)> {
        let world = self.world();
        let task = &world.tasks[&task];
        task.frames.iter().map(|f| (f.name.clone(), f.shapes.len())).collect()
    }

    /// What stands in the place of the address of a task's bug tracker.
    pub fn bug_tracker(&self, task: u64) -> String {
        self.world().tasks[&task].thing.bug_tracker.clone()
    }

    /// Deletes a task, as somebody at the server would.
    pub fn delete(&self, task: u64) {
        self.world().tasks.remove(&task).expect("a task");
    }

    /// Changes the shapes of a frame, as somebody at the server would.
    pub fn edit(&self, task: u64, frame: &str, edit: impl FnOnce(&mut Vec<relook_formats::ReadShape>)) {
        let mut world = self.world();
        let task = world.tasks.get_mut(&task).expect("a task");
        edit(&mut task.frames.iter_mut().find(|f| f.name == frame).expect("a frame").shapes);
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One request and its answer.
fn serve(stream: &mut std::net::TcpStream, shared: &Mutex<World>) -> std::io::Result<()> {
    let head = Asked::head(stream)?;
    let fault = {
        let mut world = lock(shared);
        world.asked.push(format!("{} {}", head.method, head.path));
        world.fault(&head)
    };
    let limit = match fault {
        Some(How::Cut(bytes)) => bytes,
        _ => usize::MAX,
    };
    let asked = head.with_body(stream, limit)?;
    let reply = match &fault {
        Some(How::Status(status, headers)) => Reply::status(*status, headers),
        Some(How::Hold) => return http::wait_for_the_end(stream),
        Some(How::Cut(_)) => {
            lock(shared).cut(&asked);
            return Ok(());
        }
        Some(How::Slow(by)) => {
            thread::sleep(*by);
            lock(shared).answer(&asked, None)
        }
        Some(how @ (How::Fail(_) | How::MoveFrame)) => lock(shared).answer(&asked, Some(how)),
        Some(How::LoseAnswer) => {
            lock(shared).answer(&asked, None);
            return http::wait_for_the_end(stream);
        }
        None => lock(shared).answer(&asked, None),
    };
    reply.write(stream)
}
