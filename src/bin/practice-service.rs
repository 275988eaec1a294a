//! The practice service on its own, for curl and for tests.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks through its standard output and error"
)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use audio_housekeeper::domain::Secret;
use audio_housekeeper::practice::{
    Etags, Fault, PracticeConfig, PracticeService, PracticeUser, Recordings, parse_duration,
    parse_size,
};
use lexopt::prelude::*;

const HELP: &str = "\
The audio service to practise with and to test against, on this computer only.

Usage: practice-service [OPTIONS]

  --address ADDRESS     where to listen, a loopback address (127.0.0.1:0: any free port)
  --token TOKEN         the first user's token (made if not given)
  --user NAME:PASSWORD  someone who may sign in; may be given again (practice:practice, with
                        --recordings a fresh password)
  --recordings DIR      a folder with a folder a doctor, WAV and FLAC files in each;
                        nothing in it is ever changed (without it: sample recordings)
  --synthetic SIZE      for every doctor a WAV of this size, such as 1GiB
  --latency TIME        how long every answer takes at least, such as 50ms
  --ranges              answer Range and If-Range, with an ETag on every download
  --etags               an ETag on every download
  --fault FAULT         something that goes wrong; may be given again
  --verbose             say on standard error what was asked and answered
  --help                this text
  --version             the version

FAULT is CALL[(DOCTOR)][@ATTEMPT[+]]:EFFECT[=VALUE].
CALL is download, delete, delete-all, login or me. @2 is the second request only,
@2+ the second and all after it. EFFECT is one of
  status=CODE  redirect=ADDRESS  redirect=CODE,ADDRESS  html  json  body=TEXT
  failed  token-ended
  stall=TIME  stall=TIME@BYTES  drip  drip=TIME  cut=BYTES  reset=BYTES  flip-bit=BYTE
  length=BYTES  no-length  no-length=close  type=TYPE  no-type
  disposition=TEXT  no-disposition  header=NAME:VALUE  gzip
  lost-before  lost-after  pretend  wrong-range  ignore-range
";

/// What the command line asks for.
enum Invocation {
    Help,
    Version,
    Serve {
        config: Box<PracticeConfig>,
        verbose: bool,
    },
}

fn main() -> ExitCode {
    let invocation = match read(lexopt::Parser::from_env()) {
        Ok(invocation) => invocation,
        Err(error) => {
            eprintln!("practice-service: {error:#}");
            return ExitCode::from(2);
        }
    };
    let served = match invocation {
        Invocation::Help => {
            print!("{HELP}");
            Ok(())
        }
        Invocation::Version => {
            println!("practice-service {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Invocation::Serve { config, verbose } => serve(*config, verbose),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("practice-service: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut arguments: lexopt::Parser) -> anyhow::Result<Invocation> {
    let mut config = PracticeConfig::default();
    let mut verbose = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Invocation::Help),
            Long("version") | Short('V') => return Ok(Invocation::Version),
            Long("address") => {
                config.address = arguments
                    .value()?
                    .parse::<SocketAddr>()
                    .context("--address takes an address and a port, such as 127.0.0.1:8080")?;
            }
            Long("token") => {
                let token = arguments.value()?.string()?;
                let fits = token.bytes().all(|byte| byte.is_ascii_graphic());
                if token.is_empty() || !fits {
                    bail!("--token takes letters, digits and signs of ASCII, without spaces");
                }
                config.token = Some(Secret::new(token));
            }
            Long("user") => {
                let user = arguments.value()?.string()?;
                match user.split_once(':') {
                    Some((name, password)) if !name.is_empty() => config
                        .users
                        .push(PracticeUser::new(name, Secret::new(password.to_owned()))),
                    _ => bail!("--user takes NAME:PASSWORD"),
                }
            }
            Long("recordings") => {
                set_recordings(
                    &mut config,
                    Recordings::Folder(PathBuf::from(arguments.value()?)),
                )?;
            }
            Long("synthetic") => {
                let size = parse_size(&arguments.value()?.string()?).context("--synthetic")?;
                set_recordings(&mut config, Recordings::Synthetic(size))?;
            }
            Long("latency") => {
                config.latency =
                    parse_duration(&arguments.value()?.string()?).context("--latency")?;
            }
            Long("ranges") => config.ranges = true,
            Long("etags") => config.etags = Etags::All,
            Long("fault") => {
                let fault = Fault::parse(&arguments.value()?.string()?).context("--fault")?;
                config.faults.push(fault);
            }
            Long("verbose") => verbose = true,
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Invocation::Serve {
        config: Box::new(config),
        verbose,
    })
}

fn set_recordings(config: &mut PracticeConfig, recordings: Recordings) -> anyhow::Result<()> {
    if config.recordings != Recordings::Samples {
        bail!("--recordings and --synthetic are one or the other, and once");
    }
    config.recordings = recordings;
    Ok(())
}

fn serve(config: PracticeConfig, verbose: bool) -> anyhow::Result<()> {
    if verbose {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(tracing::Level::DEBUG)
            .init();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let service = PracticeService::start(config).await?;
        let users = service.tokens();
        let greeting: String = std::iter::once(format!("listening on {}\n", service.origin()))
            .chain(users.map(|(user, token)| {
                let username = &user.username;
                let (password, token) = (user.password.expose(), token.expose());
                format!("user {username}, password {password}\ntoken {token}\n")
            }))
            .collect();
        // Whoever reads the first line may close the pipe after it; that is no reason to end.
        if let Err(error) = std::io::stdout().write_all(greeting.as_bytes()) {
            tracing::warn!(kind = ?error.kind(), "the greeting could not be printed");
        }
        std::future::pending().await
    })
}
