//! The engine over the real client, a real service on loopback, and a real database.

mod deletions;
mod desk;
mod downloads;
mod sign_in;
mod unfinished;
