//! The settings of the daemon that watches the county: its ports, its resolver, its canary, its office, and a folder in
//! the place of a mail server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::config::{Config, MailMode, RhythmText, SecondDevice, Secret};
use crate::demo::County;
use crate::domain::office::Office;

/// The county's region is invented, so that it is on no list: its sites are the country's.
pub(super) const REGION: &str = "000000";

/// The settings; everything is kept in `folder`, pages are served at `listen`.
pub(super) fn of(county: &County, folder: &Path, listen: SocketAddr) -> Config {
    let mut config = Config::default();
    // Whoever tries the console out has no authenticator at hand.
    config.people.second_device = SecondDevice::Offered;
    config.database.url = Secret::new(format!("sqlite:{}", folder.join("demo.db").display()));
    config.registry.complete = vec![REGION.to_owned()];
    config.watch.vantage = "云溪县检测点".to_owned();
    // Early, so that all were looked at when the office opens.
    config.watch.home = RhythmText { cron: "0 6 * * *".to_owned(), spread_minutes: 60 };
    config.watch.pages = RhythmText { cron: "0 6 * * SUN".to_owned(), spread_minutes: 60 };
    config.dns.resolvers = vec![county.resolver];
    config.dns.canaries = vec![county.canary_name().to_owned()];
    config.http.canaries = vec![format!("http://{}/", county.canary_name())];
    config.http.http_port = Some(county.http_port);
    config.http.allow_net = "127.0.0.0/8".parse().into_iter().collect();
    config.web.listen = listen;
    config.web.public_url = Some(format!("http://{listen}"));
    config.verify.folder = folder.join("public");
    config.log.filter = "error,hickory_resolver=off,hickory_net=off".to_owned();
    config.authorities.registry = Some("zhuce@registry.example".to_owned());
    config.authorities.cnnic = Some("tingzhi@cnnic.example".to_owned());
    config.offices.0.insert(REGION.to_owned(), office());
    mail(&mut config, folder);
    config
}

/// Where letters go.
pub(super) fn mailbox(folder: &Path) -> PathBuf {
    folder.join("letters")
}

fn mail(config: &mut Config, folder: &Path) {
    let mail = &mut config.mail;
    mail.mode = MailMode::Live;
    mail.from = Some("云溪县委编办 <badge@yunxi.example>".to_owned());
    // A folder goes before every mail server: nothing leaves this machine.
    mail.directory = Some(mailbox(folder));
    // The demo is looked at around the clock.
    (mail.from_hour, mail.until_hour) = (0, 24);
}

fn office() -> Office {
    Office {
        name: Some("云溪县机构编制委员会办公室".to_owned()),
        contact: Some("陈某某".to_owned()),
        phone: Some("0000-1234567".to_owned()),
        email: Some("bianban@yunxi.example".to_owned()),
        supervisor: Some("云溪县委网信办".to_owned()),
        supervisor_email: Some("wangxin@yunxi.example".to_owned()),
        parents: [("云溪县人民政府".to_owned(), "zf@yunxi.example".to_owned())].into(),
        ..Office::default()
    }
}
