//! The stand-in as a program: prints its address and the token it knows, and serves until standard input ends.

use std::io::Read;

use relook_tests::cvat::{StandIn, TOKEN};

fn main() {
    let server = StandIn::start();
    println!("{} {TOKEN}", server.url);
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
