//! The command line. Nothing secret is ever on it.

use std::path::PathBuf;

use audio_housekeeper::domain::{OriginError, ServiceOrigin};
use lexopt::prelude::{Long, Short, ValueExt as _};

use crate::renderer::{Renderer, RendererOptions};

pub const HELP: &str = "\
Audio Housekeeper: download, check and delete doctors' audio recordings.

Usage: audio-housekeeper [OPTIONS]

      --practice       practise with samples; nothing leaves this computer
      --service URL    the service's address (https, or http to this computer)
      --data-dir DIR   where the app keeps its settings, list and record
      --renderer NAME  what draws the window: opengl or wgpu; without this, the
                       one that works on this screen
  -h, --help           this text
  -V, --version        the version
";

/// What the window opens with.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Practise with samples.
    pub practice: bool,
    /// The service, in place of the one in the settings.
    pub service: Option<ServiceOrigin>,
    /// The data folder, in place of the system's.
    pub data_dir: Option<PathBuf>,
    /// What draws the window.
    pub renderer: RendererOptions,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Invocation {
    Window(Arguments),
    Help,
    Version,
}

/// What is wrong with the command line.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    #[error("{0}")]
    Syntax(#[from] lexopt::Error),
    #[error("--service {0}: {1}")]
    Service(String, OriginError),
    #[error("--renderer {0}: there are `opengl` and `wgpu`")]
    Renderer(String),
}

impl Arguments {
    /// Reads the process's command line.
    pub fn read() -> Result<Invocation, ArgumentError> {
        Self::parse(lexopt::Parser::from_env())
    }

    fn parse(mut parser: lexopt::Parser) -> Result<Invocation, ArgumentError> {
        let mut arguments = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("practice") => arguments.practice = true,
                Long("service") => {
                    let address = parser.value()?.string()?;
                    let origin = ServiceOrigin::parse(&address)
                        .map_err(|error| ArgumentError::Service(address, error))?;
                    arguments.service = Some(origin);
                }
                Long("data-dir") => arguments.data_dir = Some(parser.value()?.into()),
                Long("renderer") => {
                    arguments.renderer.demanded = Some(renderer_named(&mut parser)?);
                }
                // What the app says to itself when it starts again; not in the help.
                Long("renderer-failed") => {
                    arguments.renderer.failed = Some(renderer_named(&mut parser)?);
                }
                Short('h') | Long("help") => return Ok(Invocation::Help),
                Short('V') | Long("version") => return Ok(Invocation::Version),
                _ => return Err(argument.unexpected().into()),
            }
        }
        Ok(Invocation::Window(arguments))
    }
}

fn renderer_named(parser: &mut lexopt::Parser) -> Result<Renderer, ArgumentError> {
    let word = parser.value()?.string()?;
    Renderer::of_word(&word).ok_or(ArgumentError::Renderer(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Invocation, ArgumentError> {
        Arguments::parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn the_service_is_https_or_this_computer() {
        assert!(matches!(
            parse(&["--service", "http://127.0.0.1:8080", "--data-dir", "/x"]),
            Ok(Invocation::Window(Arguments {
                service: Some(_),
                data_dir: Some(_),
                practice: false,
                ..
            }))
        ));
        assert!(matches!(
            parse(&["--service", "http://api.nuxera.ai"]),
            Err(ArgumentError::Service(_, OriginError::NotSecure))
        ));
        assert!(matches!(
            parse(&["--token", "x"]),
            Err(ArgumentError::Syntax(_))
        ));
    }

    #[test]
    fn the_renderer_is_one_of_two() {
        assert!(matches!(
            parse(&["--renderer", "wgpu"]),
            Ok(Invocation::Window(Arguments {
                renderer: RendererOptions {
                    demanded: Some(Renderer::Wgpu),
                    failed: None
                },
                ..
            }))
        ));
        assert!(matches!(
            parse(&["--renderer", "vulkan"]),
            Err(ArgumentError::Renderer(word)) if word == "vulkan"
        ));
    }
}
