//! Gives the Windows program its icon, its manifest, and what Explorer shows under Properties,
//! Details. On other systems there is nothing to do.

use std::{env, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|system| system == "windows") {
        println!("cargo::rerun-if-changed=assets/icon/icon.ico");
        println!("cargo::rerun-if-changed=assets/windows/app.manifest");
        winresource::WindowsResource::new()
            .set_icon("assets/icon/icon.ico")
            .set_manifest_file("assets/windows/app.manifest")
            .set("ProductName", "Audio Housekeeper")
            // The system's own name for the program, in the Task Manager for one.
            .set("FileDescription", "Audio Housekeeper")
            .set("Comments", env!("CARGO_PKG_DESCRIPTION"))
            .set("LegalCopyright", env!("CARGO_PKG_LICENSE"))
            .set("InternalName", env!("CARGO_PKG_NAME"))
            .set("OriginalFilename", "audio-housekeeper.exe")
            .set_language(0x0409)
            .compile_for("audio-housekeeper")?;
    }
    Ok(())
}
