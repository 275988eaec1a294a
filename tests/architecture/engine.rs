//! Within the engine, too, nobody names whoever names them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Source;

/// The engine's root names everything, and what it re-exports lives in files of its own.
const ROOT: &str = "crate::engine";

/// The files of the engine, and which of the others each names.
fn names(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let in_engine = sources.iter().filter(|source| source.room == "engine");
    let files: BTreeMap<String, &Source> = in_engine
        .map(|source| (source.module.join("::"), source))
        .collect();
    let others = files.iter().filter(|(file, _)| *file != ROOT);
    others
        .map(|(file, source)| {
            let paths = source.named.paths.iter();
            let named = paths.filter_map(|path| file_of(path, &files));
            let named =
                named.filter(|named| named != file && !named.starts_with(&format!("{file}::")));
            (file.clone(), named.collect())
        })
        .collect()
}

/// The file that a path leads into: the longest module that begins it.
fn file_of(path: &str, files: &BTreeMap<String, &Source>) -> Option<String> {
    let mut module = path;
    loop {
        if module != ROOT && files.contains_key(module) {
            return Some(module.to_owned());
        }
        module = module.rsplit_once("::")?.0;
    }
}

/// A way from a file back to itself.
fn circle(names: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn from<'a>(
        file: &'a str,
        names: &'a BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(at) = way.iter().position(|before| *before == file) {
            return Some(way[at..].iter().map(ToString::to_string).collect());
        }
        if !done.insert(file) {
            return None;
        }
        way.push(file);
        let named = names.get(file).into_iter().flatten();
        let found = named
            .into_iter()
            .find_map(|next| from(next, names, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    names
        .keys()
        .find_map(|file| from(file, names, &mut Vec::new(), &mut done))
}

#[test]
fn no_file_of_the_engine_names_one_that_names_it() {
    let names = names(&crate::sources());
    let jobs = names
        .keys()
        .filter(|file| file.starts_with("crate::engine::jobs::"));
    assert!(jobs.count() > 5, "the engine was not read");
    let all: usize = names.values().map(BTreeSet::len).sum();
    assert!(all > 50, "what it names was not read");
    assert_eq!(circle(&names), None);
}

#[test]
fn a_circle_is_found() {
    let names = |pairs: &[(&str, &str)]| {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (file, named) in pairs {
            names
                .entry((*file).to_owned())
                .or_default()
                .insert((*named).to_owned());
        }
        names
    };
    assert_eq!(circle(&names(&[("a", "b"), ("b", "c")])), None);
    let found = circle(&names(&[("a", "b"), ("b", "c"), ("c", "b")]));
    assert_eq!(found, Some(vec!["b".to_owned(), "c".to_owned()]));
}
