//! What the source asks for and what the Fluent files say are the same, to the argument.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprLit, ExprMethodCall, Lit, Token};

/// A message id with its arguments.
type Messages = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_sentence_that_is_asked_for_is_written_and_every_written_one_is_asked_for() {
    let asked = asked_for();
    let written = written_in(&root().join("assets/i18n/en"));
    let ids = |messages: &Messages| messages.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> = ids(&asked).difference(&ids(&written)).cloned().collect();
    let unused: Vec<_> = ids(&written).difference(&ids(&asked)).cloned().collect();
    assert!(missing.is_empty(), "asked for, not written: {missing:?}");
    assert!(unused.is_empty(), "written, not asked for: {unused:?}");
}

#[test]
fn every_sentence_gets_the_arguments_that_it_names() {
    let asked = asked_for();
    for (id, arguments) in written_in(&root().join("assets/i18n/en")) {
        if let Some(given) = asked.get(&id) {
            assert_eq!(given, &arguments, "{id}");
        }
    }
}

#[test]
fn every_language_has_every_sentence() {
    let english = written_in(&root().join("assets/i18n/en"));
    for language in fs::read_dir(root().join("assets/i18n")).unwrap() {
        let folder = language.unwrap().path();
        assert_eq!(written_in(&folder), english, "{}", folder.display());
    }
}

#[test]
fn no_sentence_shouts_or_shows_a_code() {
    for file in files(&root().join("assets/i18n/en"), "ftl") {
        for line in fs::read_to_string(file).unwrap().lines() {
            assert!(!line.contains('!'), "{line}");
            assert!(
                !line.contains("..."),
                "an ellipsis is one character: {line}"
            );
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn asked_for() -> Messages {
    let mut calls = Calls::default();
    for folder in ["src/text", "src/ui"] {
        for file in files(&root().join(folder), "rs") {
            let source = fs::read_to_string(&file).unwrap();
            calls.visit_file(&syn::parse_file(&source).unwrap());
        }
    }
    calls.0
}

/// The calls of `say` and `say_with`, whose ids and argument names must be literals.
#[derive(Default)]
struct Calls(Messages);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if name == "say" || name == "say_with" {
            let mut arguments = call.args.iter();
            let id = text_of(arguments.next().unwrap());
            let id = id.unwrap_or_else(|| panic!("an id that is no literal, beside {:?}", self.0));
            let given = arguments.next().map(names_in).unwrap_or_default();
            let known = self.0.entry(id.clone()).or_insert_with(|| given.clone());
            assert_eq!(*known, given, "{id} is asked for in two ways");
        }
        visit::visit_expr_method_call(self, call);
    }

    /// Looks into lists such as `vec![…]` too.
    fn visit_macro(&mut self, list: &'ast syn::Macro) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        for expression in list.parse_body_with(expressions).unwrap_or_default() {
            let mut inside = Calls::default();
            inside.visit_expr(&expression);
            self.0.append(&mut inside.0);
        }
    }
}

/// The names in `&[("name", value), …]`.
fn names_in(arguments: &Expr) -> BTreeSet<String> {
    let Expr::Reference(reference) = arguments else {
        panic!("arguments that are no literal list");
    };
    let Expr::Array(list) = &*reference.expr else {
        panic!("arguments that are no literal list");
    };
    list.elems
        .iter()
        .map(|pair| match pair {
            Expr::Tuple(pair) => text_of(&pair.elems[0]).unwrap(),
            _ => panic!("an argument that is no pair"),
        })
        .collect()
}

fn text_of(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Reads ids and `$arguments` line by line: an id begins a line and stands before ` =`.
fn written_in(folder: &Path) -> Messages {
    let mut messages = Messages::new();
    for file in files(folder, "ftl") {
        let mut current = String::new();
        for line in fs::read_to_string(file).unwrap().lines() {
            if line.starts_with('#') {
                continue;
            }
            if line.starts_with(|first: char| first.is_ascii_lowercase())
                && let Some((id, _)) = line.split_once(" =")
            {
                id.clone_into(&mut current);
                let before = messages.insert(id.to_owned(), BTreeSet::new());
                assert!(before.is_none(), "{id} is written twice");
            }
            for after in line.split('$').skip(1) {
                let name = after
                    .split(|next: char| !next.is_ascii_alphanumeric() && next != '-')
                    .next()
                    .unwrap();
                messages.get_mut(&current).unwrap().insert(name.to_owned());
            }
        }
    }
    messages
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}
