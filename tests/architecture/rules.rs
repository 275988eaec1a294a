//! Who may import whom, as data, and what breaks it.

use crate::paths::Named;

/// A room (a module at the top of `src/`, or a program) and the rooms that it may name.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("text", &["domain"]),
    ("settings", &["domain"]),
    ("api", &["domain"]),
    ("audio", &["domain"]),
    ("store", &["domain"]),
    ("keychain", &["domain"]),
    ("platform", &["domain"]),
    ("export", &["domain"]),
    ("practice", &["domain"]),
    ("transfer", &["api", "audio", "domain"]),
    (
        "engine",
        &[
            "api", "audio", "domain", "export", "keychain", "platform", "settings", "store",
            "transfer",
        ],
    ),
    ("state", &["domain", "engine", "settings"]),
    ("ui", &["domain", "settings", "state", "text"]),
    (
        "app",
        &["domain", "engine", "platform", "settings", "state", "ui"],
    ),
    ("lib", &[]),
    (
        "audio-housekeeper",
        &[
            "api",
            "app",
            "audio",
            "domain",
            "engine",
            "export",
            "keychain",
            "platform",
            "practice",
            "settings",
            "state",
            "store",
            "text",
            "transfer",
            "ui",
            // The program's own modules.
            "arguments",
            "console",
            "drawing",
            "launch",
            "log",
            "signal_listener",
            "panics",
            "renderer",
            "renderer_memory",
            "relaunch",
            "render_monitor",
        ],
    ),
    ("practice-service", &["domain", "practice"]),
];

/// What of other crates only some rooms may name. The longest entry that fits decides.
const FOREIGN: &[(&str, &[&str])] = &[
    ("egui", WINDOW),
    ("eframe", WINDOW),
    ("egui_extras", WINDOW),
    // Only a program makes the runtime; a handle to it is how a room spawns from another thread.
    ("tokio::main", PROGRAMS),
    ("tokio::runtime", PROGRAMS),
    (
        "tokio::runtime::Handle",
        &[
            "engine",
            "practice",
            "audio-housekeeper",
            "practice-service",
        ],
    ),
    ("tokio::spawn", SPAWNING),
    ("tokio::task::spawn", SPAWNING),
    ("tokio::task::spawn_blocking", SPAWNING),
    ("tokio::task::spawn_local", SPAWNING),
    ("tokio::task::JoinSet", SPAWNING),
    ("tokio::task::LocalSet", SPAWNING),
    ("tokio::task::Builder", SPAWNING),
    ("tokio_util::task", SPAWNING),
];

const PROGRAMS: &[&str] = &["audio-housekeeper", "practice-service"];
const WINDOW: &[&str] = &["ui", "app", "audio-housekeeper"];
const SPAWNING: &[&str] = &["engine", "practice"];

/// Whether the map knows the room.
pub fn is_a_room(room: &str) -> bool {
    ROOMS.iter().any(|(name, _)| *name == room)
}

/// What a file of `room` names and may not, a sentence each.
pub fn broken(room: &str, named: &Named) -> Vec<String> {
    let Some((_, may_name)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("`{room}` is no room of the map")];
    };
    let mut sentences = Vec::new();
    for path in &named.paths {
        if let Some(ours) = path.strip_prefix("crate::") {
            let other = ours.split("::").next().unwrap_or(ours);
            if other == room && is_a_room(room) || may_name.contains(&other) {
                continue;
            }
            sentences.push(format!("`{room}` may not name `{path}`"));
        } else if !foreign_rules(path)
            .iter()
            .all(|rooms| rooms.contains(&room))
        {
            sentences.push(format!(
                "`{path}` may be named only in {:?}",
                foreign_rules(path)
            ));
        }
    }
    sentences
}

/// The rooms of each rule that a path falls under: the longest one that fits it, or, for a glob,
/// that one and all that lie within.
fn foreign_rules(path: &str) -> Vec<&'static [&'static str]> {
    let begins = |path: &str, with: &str| {
        path.strip_prefix(with)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let mut rules: Vec<&[&str]> = FOREIGN
        .iter()
        .filter(|(rule, _)| begins(path, rule))
        .max_by_key(|(rule, _)| rule.len())
        .map(|(_, rooms)| *rooms)
        .into_iter()
        .collect();
    if let Some(within) = path.strip_suffix("::*") {
        rules.extend(
            FOREIGN
                .iter()
                .filter(|(rule, _)| begins(rule, within))
                .map(|(_, rooms)| *rooms),
        );
    }
    rules
}
