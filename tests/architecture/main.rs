//! The map of the source stays true: which room may name which, who draws, who makes the runtime
//! and who spawns on it.

#![cfg(test)]

mod checker;
mod engine;
mod paths;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::{Named, named};

#[test]
fn every_room_names_only_what_the_map_allows() {
    let sources = sources();
    let tests: Vec<_> = sources
        .iter()
        .flat_map(|source| source.named.test_modules.clone())
        .collect();
    let mut broken = Vec::new();
    for source in &sources {
        if tests.iter().any(|test| source.module.starts_with(test)) {
            continue;
        }
        for sentence in rules::broken(&source.room, &source.named) {
            broken.push(format!("{}: {sentence}", source.file.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_module_at_the_top_is_a_room_of_the_map() {
    for source in sources() {
        let file = source.file.display();
        assert!(
            rules::is_a_room(&source.room),
            "{file}: no room `{}` on the map",
            source.room
        );
    }
}

#[test]
fn the_whole_source_is_read() {
    let sources = sources();
    for room in ["domain", "lib", "audio-housekeeper", "practice-service"] {
        assert!(
            sources.iter().any(|source| source.room == room),
            "nothing of `{room}` was read"
        );
    }
    assert!(
        sources
            .iter()
            .any(|source| source.named.paths.contains("crate::domain::DoctorName")),
        "no path of the domain was found"
    );
}

/// One file under `src/`.
struct Source {
    file: PathBuf,
    room: String,
    module: Vec<String>,
    named: Named,
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    files
        .into_iter()
        .map(|file| {
            let inside = file.strip_prefix(&src).unwrap().with_extension("");
            let mut module = vec!["crate".to_owned()];
            module.extend(inside.iter().map(|part| part.to_str().unwrap().to_owned()));
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            let room = if module[1] == "bin" {
                module.remove(1);
                // Each program is a crate, and a room by the program's name.
                let program = module.remove(1);
                module.pop_if(|last| last == "main");
                program
            } else {
                module[1].clone()
            };
            // The library's root module has no name of its own.
            if room == "lib" {
                module.truncate(1);
            }
            let segments: Vec<&str> = module.iter().map(String::as_str).collect();
            let named = named(&fs::read_to_string(&file).unwrap(), &segments)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            Source {
                file,
                room,
                module,
                named,
            }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
