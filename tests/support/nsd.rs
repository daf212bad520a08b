//! Real name servers on loopback: NSD with zones made for a test, unbound above it for DNSSEC.

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A running server; it ends with the value.
pub struct Server {
    pub address: SocketAddr,
    process: Child,
    _dir: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Is the program there? Without it the test is skipped aloud; in CI it fails.
pub fn have(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).collect();
    let missing = programs.iter().find(|program| !folders.iter().any(|folder| folder.join(program).exists()));
    if let Some(missing) = missing {
        assert!(std::env::var_os("CI").is_none(), "{missing} is not installed");
        println!("SKIPPED: {missing} is not installed");
    }
    missing.is_none()
}

/// NSD with these zones; a zone without a text has no file, and NSD answers SERVFAIL for it.
pub fn nsd(zones: &[(&str, Option<&str>)]) -> Server {
    let dir = TempDir::new().unwrap();
    let address = free_address();
    let root = dir.path().display();
    let mut config = format!(
        "server:\n ip-address: 127.0.0.1@{}\n username: \"\"\n chroot: \"\"\n zonesdir: \"{root}\"\n database: \"\"\n \
         zonelistfile: \"{root}/zone.list\"\n xfrdfile: \"{root}/xfrd\"\n xfrdir: \"{root}\"\n pidfile: \"{root}/pid\"\n \
         logfile: \"{root}/log\"\n server-count: 1\nremote-control:\n control-enable: no\n",
        address.port()
    );
    for (name, text) in zones {
        config += &format!("zone:\n name: \"{name}\"\n zonefile: \"{name}.zone\"\n");
        if let Some(text) = text {
            fs::write(dir.path().join(format!("{name}.zone")), text).unwrap();
        }
    }
    start("nsd", dir, address, &config)
}

/// unbound above an authoritative server, validating `signed` by its key. `explains`: with extended errors (RFC 8914).
pub fn unbound(authority: SocketAddr, signed: &str, key: &str, explains: bool) -> Server {
    let dir = TempDir::new().unwrap();
    let address = free_address();
    let root = dir.path().display();
    fs::write(dir.path().join("anchor.key"), key).unwrap();
    let stub = |name: &str| format!("stub-zone:\n name: \"{name}\"\n stub-addr: 127.0.0.1@{}\n", authority.port());
    let config = format!(
        "server:\n username: \"\"\n chroot: \"\"\n directory: \"{root}\"\n pidfile: \"{root}/pid\"\n \
         logfile: \"{root}/log\"\n use-syslog: no\n interface: 127.0.0.1@{}\n outgoing-interface: 127.0.0.1\n \
         access-control: 127.0.0.0/8 allow\n do-not-query-localhost: no\n do-ip6: no\n ede: {}\n \
         local-zone: \"test.\" nodefault\n module-config: \"validator iterator\"\n \
         trust-anchor-file: \"{root}/anchor.key\"\nremote-control:\n control-enable: no\n{}{}",
        address.port(),
        if explains { "yes" } else { "no" },
        stub(signed),
        stub(".")
    );
    start("unbound", dir, address, &config)
}

/// Signs a zone; gives the signed text and the key that a validator has to trust.
pub fn sign(name: &str, text: &str) -> (String, String) {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("zone"), text).unwrap();
    let ksk = run(dir.path(), "ldns-keygen", &["-a", "ECDSAP256SHA256", "-k", name]);
    let zsk = run(dir.path(), "ldns-keygen", &["-a", "ECDSAP256SHA256", name]);
    run(dir.path(), "ldns-signzone", &["-n", "-o", name, "-f", "signed", "zone", zsk.trim(), ksk.trim()]);
    let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
    (read("signed"), read(&format!("{}.key", ksk.trim())))
}

fn run(dir: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn start(program: &str, dir: TempDir, address: SocketAddr, config: &str) -> Server {
    let file = dir.path().join("server.conf");
    fs::write(&file, config).unwrap();
    let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    let process = Command::new(program)
        .arg("-d")
        .arg("-c")
        .arg(&file)
        .env("PATH", path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let log = dir.path().join("log");
    let server = Server { address, process, _dir: dir };
    assert!(answers(address), "{program} did not start: {}", fs::read_to_string(log).unwrap_or_default());
    server
}

/// Waits until a server answers anything at all.
fn answers(address: SocketAddr) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let question = b"\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05ready\x04test\x00\x00\x01\x00\x01";
    (0..200).any(|_| {
        let answered = socket.send(question).is_ok() && socket.recv(&mut [0; 512]).is_ok();
        if !answered {
            std::thread::sleep(Duration::from_millis(20));
        }
        answered
    })
}

/// A port that is free for UDP and TCP alike.
fn free_address() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}
