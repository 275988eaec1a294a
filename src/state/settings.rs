//! What the person chooses, kept as soon as it is chosen.

use crate::domain::ServiceOrigin;
use crate::engine::Command;
use crate::settings::{ThemeChoice, WindowPlace};
use crate::state::{SideEffect, State, engine};

impl State {
    pub(super) fn set_theme(&mut self, theme: ThemeChoice) -> Vec<SideEffect> {
        self.settings.theme = theme;
        self.save_settings()
    }

    pub(super) fn set_text_size(&mut self, text_size: u16) -> Vec<SideEffect> {
        self.settings.text_size = text_size;
        self.save_settings()
    }

    pub(super) fn set_address(&mut self, address: &str) -> Vec<SideEffect> {
        match ServiceOrigin::parse(address) {
            Ok(service) => {
                self.address_error = None;
                self.settings.service = service;
                self.save_settings()
            }
            Err(error) => {
                self.address_error = Some(error);
                Vec::new()
            }
        }
    }

    pub(super) fn keep_window_place(&mut self, place: WindowPlace) -> Vec<SideEffect> {
        self.settings.window = Some(place);
        self.save_settings()
    }

    pub(super) fn save_settings(&self) -> Vec<SideEffect> {
        engine(Command::SaveSettings(self.settings.clone()))
    }
}
