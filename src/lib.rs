//! Audio Housekeeper: download, check and delete the audio recordings that doctors have on the
//! Nuxera service.

pub mod api;
pub mod app;
pub mod audio;
pub mod domain;
pub mod engine;
pub mod keychain;
pub mod platform;
pub mod practice;
pub mod settings;
pub mod state;
pub mod store;
pub mod text;
pub mod transfer;
pub mod ui;
