//! The part of the desktop that asks for a keyring's password, played by the test: GNOME Keyring asks by
//! it, whatever draws the question.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the bus hands over what it has read"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use zbus::blocking::{Connection, connection};
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedValue, Value};

/// A question that stands until it is dismissed.
#[derive(Default, Clone)]
pub struct Question(Arc<Mutex<Option<(String, String)>>>);

struct Prompter(Question);

#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl Prompter {
    fn begin_prompting(
        &self,
        callback: ObjectPath<'_>,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) {
        let asker = header.sender().unwrap().to_string();
        let callback = callback.to_string();
        // The question is put once this is answered.
        let connection = connection.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            zbus::block_on(reply(&connection, &asker, &callback, ""));
        });
    }

    fn perform_prompt(
        &self,
        callback: ObjectPath<'_>,
        kind: &str,
        properties: HashMap<String, OwnedValue>,
        exchange: &str,
        #[zbus(header)] header: Header<'_>,
    ) {
        assert_eq!(kind, "password");
        assert!(!properties.is_empty(), "{exchange}");
        let asker = header.sender().unwrap().to_string();
        *self.0.0.lock().unwrap() = Some((asker, callback.to_string()));
    }

    fn stop_prompting(&self, callback: ObjectPath<'_>) {
        assert!(callback.len() > 1);
    }
}

async fn reply(connection: &zbus::Connection, asker: &str, callback: &str, reply: &str) {
    let nothing: HashMap<&str, Value<'_>> = HashMap::new();
    let message = zbus::message::Message::method_call(callback, "PromptReady")
        .unwrap()
        .destination(asker)
        .unwrap()
        .interface("org.gnome.keyring.internal.Prompter.Callback")
        .unwrap()
        .build(&(reply, nothing, ""))
        .unwrap();
    connection.send(&message).await.unwrap();
}

impl Question {
    /// Answers whoever asks on this session's bus for as long as the connection is kept.
    pub fn played(&self) -> Connection {
        connection::Builder::session()
            .unwrap()
            .serve_at("/org/gnome/keyring/Prompter", Prompter(self.clone()))
            .unwrap()
            .name("org.gnome.keyring.SystemPrompter")
            .unwrap()
            .build()
            .unwrap()
    }

    pub fn is_asked(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }

    /// Waits until it stands.
    pub fn until_asked(&self) {
        let begun = Instant::now();
        while !self.is_asked() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody asked");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes it, as Cancel does.
    pub fn dismiss(&self, connection: &Connection) {
        self.until_asked();
        let (asker, callback) = self.0.lock().unwrap().take().unwrap();
        zbus::block_on(reply(connection.inner(), &asker, &callback, "no"));
    }
}
