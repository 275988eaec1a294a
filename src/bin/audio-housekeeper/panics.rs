//! What a panic leaves behind: where it was, and its words where they were written beforehand.
//! Words that were put together could hold a name.

#![cfg_attr(
    windows,
    allow(
        clippy::missing_const_for_thread_local,
        reason = "it is const; clippy does not see it where threads' values have destructors of \
                  their own"
    )
)]

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on panics are written to the log. A debug build also tells them as usual.
pub fn watch() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let said = said(info);
        let thread = std::thread::current();
        tracing::error!(thread = thread.name(), "a panic at {said}");
        LAST.with(|last| {
            if let Ok(mut last) = last.try_borrow_mut() {
                *last = Some(said);
            }
        });
        if cfg!(debug_assertions) {
            usual(info);
        }
    }));
}

/// The last panic of this thread.
pub fn last_on_this_thread() -> Option<String> {
    LAST.with(|last| last.borrow().clone())
}

fn said(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |place| {
        format!("{}:{}", file(place.file()), place.line())
    });
    match info.payload().downcast_ref::<&'static str>() {
        Some(words) => format!("{place}: {words}"),
        None => place,
    }
}

/// A file as its crate has it: what comes before is a folder of whoever built the app.
fn file(path: &str) -> &str {
    ["/registry/src/", r"\registry\src\"]
        .into_iter()
        .find_map(|crates| path.split_once(crates))
        .and_then(|(_, rest)| rest.split_once(['/', '\\']))
        .map_or(path, |(_, file)| file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_words_that_were_put_together() {
        watch();
        let name = "Dr. Amelia Smith";
        panic::catch_unwind(|| panic!("nothing under {name}")).unwrap_err();
        let said = last_on_this_thread().unwrap();
        assert!(said.contains("panics.rs"), "{said}");
        assert!(
            !said.contains("nothing") && !said.contains("Amelia"),
            "{said}"
        );
        panic::catch_unwind(|| panic!("a literal")).unwrap_err();
        assert!(last_on_this_thread().unwrap().ends_with(": a literal"));
    }

    #[test]
    fn a_crates_file_is_named_without_the_folder_of_who_built_the_app() {
        let built = "/home/someone/.cargo/registry/src/crates-1949/eframe-0.37.0/src/a.rs";
        assert_eq!(file(built), "eframe-0.37.0/src/a.rs");
        let built = r"C:\Users\someone\.cargo\registry\src\crates-1949\eframe-0.37.0\src\a.rs";
        assert_eq!(file(built), r"eframe-0.37.0\src\a.rs");
        assert_eq!(file("src/lib.rs"), "src/lib.rs");
    }
}
