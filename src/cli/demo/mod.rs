//! `badgewatch demo`: the sample county on loopback. About three weeks of its story are played on a clock that ends now, then
//! the real daemon takes over and serves.

mod acts;
mod ending;
mod people;
mod settings;
mod stage;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::time::Instant;

use super::print;
use super::serve::stopped;
use super::settings::runtime;
use crate::app::{self, Role};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::County;
use crate::telemetry;
use ending::Ending;
use stage::Stage;

/// The exit code of a story that did not come out.
const NOT_AS_TOLD: u8 = 1;

#[derive(clap::Args)]
pub(super) struct Demo {
    /// Where pages and API are served; any free port where this one is taken
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep database and letters in this new folder; else they are gone with the demo
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Play the story, show its ending and stop
    #[arg(long)]
    once: bool,
}

/// Where the demo keeps what it makes.
struct Folder {
    path: PathBuf,
    keeps: bool,
}

impl Folder {
    fn make(asked: Option<&Path>) -> anyhow::Result<Self> {
        let own = || std::env::temp_dir().join(format!("badgewatch-demo-{}", std::process::id()));
        let path = asked.map_or_else(own, Path::to_owned);
        // A story begins with an empty database: what is there already is somebody's.
        std::fs::create_dir(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self { path, keeps: asked.is_some() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keeps {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let folder = Folder::make(self.folder.as_deref())?;
        runtime()?.block_on(self.play(&folder))
    }

    async fn play(&self, folder: &Folder) -> anyhow::Result<u8> {
        let county = County::start().await.context("the sample county cannot be served")?;
        let config = settings::of(&county, &folder.path, self.free_address()?);
        telemetry::start(&config.log).map_err(anyhow::Error::msg)?;
        let ending = tokio::select! {
            ending = story(&county, &config, &folder.path) => ending?,
            done = stopped() => return done.map(|()| 0),
        };
        if !self.once {
            return serve(config, &ending).await.map(|()| 0);
        }
        if !folder.keeps {
            print("letters and database go with the demo: --folder keeps them\n")?;
        }
        Ok(if ending.is_as_told() { 0 } else { NOT_AS_TOLD })
    }

    /// The address asked for or, where it is taken, one that was free a moment ago: letters name it before it is served.
    fn free_address(&self) -> anyhow::Result<SocketAddr> {
        let free = TcpListener::bind(self.listen).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        free.and_then(|listener| listener.local_addr()).context("no port is free")
    }
}

/// Plays the story and tells how it ended.
async fn story(county: &County, config: &Config, folder: &Path) -> anyhow::Result<Ending> {
    let begun = Instant::now();
    print(&format!("云溪县, a sample county of {} invented sites, on loopback\n\n", county.sites().len()))?;
    let stage = Stage::open(county, config.clone()).await?;
    stage.play().await?;
    let ending = Ending::of(&stage, folder).await?;
    stage.close().await;
    print(&format!("\n{ending}\nplayed in {:.0} s\n", begun.elapsed().as_secs_f64()))?;
    Ok(ending)
}

/// The real daemon goes on where the story ended, on the clock of the machine, until it is stopped.
async fn serve(config: Config, ending: &Ending) -> anyhow::Result<()> {
    let app = app::open(config, Clock::System).await?;
    let way = ending.way(&app, &people::credentials(&app).await?);
    let running = app::start(app, Role::ALL).await?;
    print(&way)?;
    stopped().await?;
    running.stop().await;
    print("stopped\n")
}
