//! The check itself finds what it is there to find, however it is written.

use crate::paths::named;
use crate::rules::broken;

/// What breaks the map where `source` is a file of `room`.
fn breaks(room: &str, source: &str) -> Vec<String> {
    broken(room, &named(source, &["crate", room, "part"]).unwrap())
}

#[track_caller]
fn assert_breaks(room: &str, source: &str) {
    assert!(
        !breaks(room, source).is_empty(),
        "`{room}` got away with: {source}"
    );
}

#[track_caller]
fn assert_fine(room: &str, source: &str) {
    assert_eq!(
        breaks(room, source),
        Vec::<String>::new(),
        "in `{room}`: {source}"
    );
}

#[test]
fn a_room_that_is_next_door_may_be_named() {
    assert_fine(
        "transfer",
        "use crate::api::RecordingsApi; fn f(n: &crate::domain::DoctorName) {}",
    );
    assert_fine(
        "ui",
        "use egui::Ui; use super::theme; use self::inner::Thing; pub(crate) fn f() {}",
    );
    assert_fine(
        "practice-service",
        "#[tokio::main] async fn main() { audio_housekeeper::practice::serve(); }",
    );
}

#[test]
fn a_path_in_the_middle_of_code_is_found() {
    assert_breaks("domain", "fn f() { crate::text::say(); }");
    assert_breaks("domain", "fn f() -> Option<crate::api::Look> { None }");
    assert_breaks("domain", "impl crate::transfer::Ledger for X {}");
    assert_breaks("engine", "fn f() { audio_housekeeper::practice::serve(); }");
}

#[test]
fn a_path_in_a_group_is_found() {
    assert_breaks("ui", "use crate::{domain::DoctorName, api::{self, Look}};");
    assert_breaks("practice", "use {crate::domain::DoctorName, crate::api};");
}

#[test]
fn a_renamed_path_is_found() {
    assert_breaks("text", "use crate::store as cupboard;");
    assert_breaks("text", "use crate as ours; fn f() { ours::store::open(); }");
    assert_breaks(
        "text",
        "use crate::{self as ours}; fn f() { ours::store::open(); }",
    );
    assert_breaks("store", "use tokio as t; fn f() { t::spawn(async {}); }");
    assert_breaks(
        "store",
        "extern crate tokio as t; fn f() { t::spawn(async {}); }",
    );
    assert_breaks(
        "store",
        "use tokio::task; fn f() { task::spawn_blocking(|| ()); }",
    );
    assert_breaks(
        "store",
        "use tokio::task as t; use t::spawn_blocking as elsewhere;",
    );
}

#[test]
fn a_glob_is_taken_for_all_that_it_may_bring() {
    assert_breaks("text", "use crate::*;");
    assert_breaks("text", "use crate::store::*;");
    assert_breaks("api", "use tokio::*;");
    assert_breaks("api", "use tokio::task::*;");
    assert_breaks("store", "use egui::*;");
    assert_fine("text", "use super::*; use crate::domain::*;");
}

#[test]
fn a_relative_path_is_followed() {
    assert_breaks("text", "use super::super::store::Store;");
    assert_breaks(
        "text",
        "mod inner { use super::super::super::store::Store; }",
    );
    assert_fine(
        "text",
        "mod inner { use super::super::super::domain::DoctorName; }",
    );
}

#[test]
fn a_path_in_a_macro_is_found() {
    assert_breaks("api", "fn f() { println!(\"{}\", crate::store::VERSION); }");
    assert_breaks(
        "api",
        "fn f() { tokio::select! { x = crate::store::open() => {} } }",
    );
    assert_breaks(
        "api",
        "macro_rules! m { () => { use $crate::{domain::X, store::Y}; } }",
    );
    assert_fine(
        "api",
        "macro_rules! m { () => { use $crate::{domain::X, domain::Y}; } }",
    );
}

#[test]
fn a_path_in_an_attribute_is_found() {
    assert_breaks("api", "#[derive(crate::store::Row)] struct X;");
    assert_breaks(
        "api",
        "#[derive(X)] struct X { #[serde(with = \"crate::store::row\")] y: u8 }",
    );
    assert_breaks("engine", "#[tokio::main] async fn main() {}");
}

#[test]
fn only_a_program_makes_a_runtime_and_only_two_rooms_spawn_on_it() {
    assert_breaks("engine", "fn f() { tokio::runtime::Runtime::new(); }");
    assert_breaks("engine", "use tokio::runtime::Builder;");
    assert_fine("audio-housekeeper", "use tokio::runtime::Builder;");
    assert_fine(
        "engine",
        "use tokio::runtime::Handle; fn f() { tokio::spawn(async {}); }",
    );
    assert_fine("practice", "fn f() { tokio::task::spawn(async {}); }");
    assert_breaks("keychain", "use tokio::runtime::Handle;");
    assert_breaks("app", "fn f() { tokio::task::spawn_blocking(|| ()); }");
    assert_fine("api", "use tokio::sync::mpsc; use tokio::time::sleep;");
}

#[test]
fn only_the_rooms_of_the_window_draw() {
    assert_breaks("state", "use egui::Ui;");
    assert_breaks("state", "fn f(frame: &mut eframe::Frame) {}");
    assert_breaks("platform", "use ::egui_extras::TableBuilder;");
    assert_fine("app", "impl eframe::App for App {}");
}

#[test]
fn a_room_that_nobody_knows_is_refused() {
    assert_breaks("cellar", "");
    assert_breaks("app", "use crate::cellar::Wine;");
    assert_breaks("app", "use crate::SomethingAtTheRoot;");
}

#[test]
fn tests_may_name_everything() {
    assert_fine("store", "#[cfg(test)] mod tests { use crate::practice; }");
    assert_breaks("store", "#[cfg(unix)] mod inner { use crate::practice; }");
    let file = named("#[cfg(test)] mod tests;", &["crate", "store"]).unwrap();
    assert_eq!(file.test_modules, [["crate", "store", "tests"]]);
}
