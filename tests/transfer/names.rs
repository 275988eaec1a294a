//! No file that is there is harmed, unless the person said so.

use std::fs;

use support::recordings::{flac, second_of_wav};

use crate::{announced, folder, names_in, replacing, request, saved};

#[tokio::test]
async fn a_file_that_is_there_is_kept_and_the_new_one_numbered() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(&path, "before").unwrap();
    for name in ["a (2).wav", "a (3).wav"] {
        let saved = saved(announced(&second_of_wav()), request(&path))
            .await
            .unwrap();
        assert_eq!(saved.path, folder.path().join(name));
    }
    assert_eq!(fs::read(&path).unwrap(), b"before");
    assert_eq!(names_in(folder.path()), ["a (2).wav", "a (3).wav", "a.wav"]);
}

#[tokio::test]
async fn a_file_is_replaced_where_the_person_said_so() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(&path, "before").unwrap();
    saved(announced(&second_of_wav()), replacing(&path))
        .await
        .unwrap();
    assert_eq!(fs::read(&path).unwrap(), second_of_wav());
    assert_eq!(names_in(folder.path()), ["a.wav"]);
}

#[tokio::test]
async fn leave_to_replace_one_name_is_no_leave_to_replace_another() {
    let folder = folder();
    fs::write(folder.path().join("a.wav"), "one").unwrap();
    fs::write(folder.path().join("a.flac"), "two").unwrap();
    let path = folder.path().join("a.wav");
    let saved = saved(announced(&flac(1)), replacing(&path)).await.unwrap();
    assert_eq!(saved.path, folder.path().join("a (2).flac"));
    assert_eq!(fs::read(folder.path().join("a.wav")).unwrap(), b"one");
    assert_eq!(fs::read(folder.path().join("a.flac")).unwrap(), b"two");
}

#[tokio::test]
async fn a_name_without_an_extension_gets_the_right_one() {
    let folder = folder();
    let path = folder.path().join("Dr. Amelia");
    let saved = saved(announced(&flac(1)), request(&path)).await.unwrap();
    assert_eq!(saved.path, folder.path().join("Dr. Amelia.flac"));
}

#[tokio::test]
async fn two_downloads_at_once_to_one_name_are_both_kept() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let (one, two) = tokio::join!(
        saved(announced(&second_of_wav()), request(&path)),
        saved(announced(&second_of_wav()), request(&path)),
    );
    assert_ne!(one.unwrap().path, two.unwrap().path);
    assert_eq!(names_in(folder.path()), ["a (2).wav", "a.wav"]);
}

#[tokio::test]
async fn a_part_file_from_before_is_not_overwritten() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(folder.path().join("a.wav.part"), "someone's").unwrap();
    saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    assert_eq!(names_in(folder.path()), ["a.wav", "a.wav.part"]);
    let part = fs::read(folder.path().join("a.wav.part")).unwrap();
    assert_eq!(part, b"someone's");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let outside = folder.path().join("outside");
    fs::write(&outside, "someone's").unwrap();
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();
    symlink(&outside, inside.join("a.wav.part")).unwrap();
    symlink(&outside, inside.join("a.wav")).unwrap();
    symlink("nowhere", inside.join("b.wav.part")).unwrap();

    let path = inside.join("a.wav");
    saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    saved(announced(&second_of_wav()), replacing(&path))
        .await
        .unwrap();
    let path = inside.join("b.wav");
    saved(announced(&second_of_wav()), request(&path))
        .await
        .unwrap();
    assert_eq!(fs::read(&outside).unwrap(), b"someone's");
    assert_eq!(
        names_in(&inside),
        ["a (2).wav", "a.wav", "a.wav.part", "b.wav", "b.wav.part"]
    );
    assert_eq!(fs::read(inside.join("a.wav")).unwrap(), second_of_wav());
}

#[tokio::test]
async fn a_path_of_any_length_that_the_disk_takes_is_saved_to() {
    let folder = folder();
    let mut deep = folder.path().to_path_buf();
    for _ in 0..6 {
        deep.push("x".repeat(60));
    }
    fs::create_dir_all(&deep).unwrap();
    let path = deep.join("a.wav");
    assert!(path.as_os_str().len() > 260);
    for name in ["a.wav", "a (2).wav"] {
        let saved = saved(announced(&second_of_wav()), request(&path))
            .await
            .unwrap();
        assert_eq!(saved.path, deep.join(name));
    }
    saved(announced(&second_of_wav()), replacing(&path))
        .await
        .unwrap();
    assert_eq!(names_in(&deep), ["a (2).wav", "a.wav"]);
}

/// Windows and macOS make no difference between them, and some Linux drives; the rest does.
#[tokio::test]
async fn a_name_that_differs_only_in_capitals_harms_no_file() {
    let folder = folder();
    let old = folder.path().join("DR. M\u{dc}LLER.WAV");
    let new = folder.path().join("Dr. M\u{fc}ller.wav");
    fs::write(&old, "before").unwrap();
    let are_one = new.exists();
    let saved = saved(announced(&second_of_wav()), request(&new))
        .await
        .unwrap();
    assert_eq!(fs::read(&old).unwrap(), b"before");
    if are_one {
        let numbered = folder.path().join("Dr. M\u{fc}ller (2).wav");
        assert_eq!(saved.path, numbered);
    } else {
        assert_eq!(saved.path, new);
    }
    assert_eq!(fs::read(&saved.path).unwrap(), second_of_wav());
    assert_eq!(names_in(folder.path()).len(), 2);
}

/// What such a name would become there is another file, or none.
#[cfg(windows)]
#[tokio::test]
async fn names_that_mean_something_else_on_windows_are_refused() {
    use crate::kind_of;
    use audio_housekeeper::domain::FailureKind;
    use audio_housekeeper::transfer::check_destination;
    let folder = folder();
    for name in ["a.wav:hidden", "CON", "aux.wav", "a.wav.", "a?.wav"] {
        let path = folder.path().join(name);
        let expected = FailureKind::FileNameRefused { path: path.clone() };
        assert_eq!(kind_of(check_destination(&request(&path)).await), expected);
        let result = saved(announced(&second_of_wav()), request(&path)).await;
        assert_eq!(kind_of(result), expected);
    }
    assert!(names_in(folder.path()).is_empty());
}
