//! A bad line on loopback: of what goes through it a share is lost, by a fixed seed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// A line that loses; it is taken down when dropped.
pub struct Lossy {
    /// Where to connect instead of the web server.
    pub http_port: u16,
    /// Whom to ask instead of the name server.
    pub resolver: SocketAddr,
    loss: Arc<Dice>,
    _tasks: JoinSet<()>,
}

/// A die of a hundred sides that falls the same way in every run.
struct Dice {
    state: AtomicU64,
    percent: AtomicU64,
    lost: AtomicU64,
}

impl Dice {
    fn roll(&self) -> u64 {
        let step =
            |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        let state = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap();
        (state >> 33) % 100
    }

    fn loses(&self) -> bool {
        let lost = self.roll() < self.percent.load(Ordering::Relaxed);
        self.lost.fetch_add(u64::from(lost), Ordering::Relaxed);
        lost
    }
}

impl Lossy {
    /// A line to a web server and a name server on loopback; it loses nothing until it is told to.
    pub async fn start(http_port: u16, resolver: SocketAddr) -> Self {
        let dice = Dice { state: AtomicU64::new(20_261_126), percent: AtomicU64::new(0), lost: AtomicU64::new(0) };
        let (loss, mut tasks) = (Arc::new(dice), JoinSet::new());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let line = Self {
            http_port: listener.local_addr().unwrap().port(),
            resolver: socket.local_addr().unwrap(),
            loss: loss.clone(),
            _tasks: JoinSet::new(),
        };
        tasks.spawn(carry_tcp(listener, http_port, loss.clone()));
        tasks.spawn(carry_udp(Arc::new(socket), resolver, loss));
        Self { _tasks: tasks, ..line }
    }

    /// From now on so many of a hundred are lost: connections, answers in mid-body, questions, answers.
    pub fn lose(&self, percent: u64) {
        self.loss.percent.store(percent, Ordering::Relaxed);
    }

    /// How much was lost.
    pub fn lost(&self) -> u64 {
        self.loss.lost.load(Ordering::Relaxed)
    }
}

async fn carry_tcp(listener: TcpListener, port: u16, loss: Arc<Dice>) {
    let mut open = JoinSet::new();
    while let Ok((visitor, _)) = listener.accept().await {
        // A lost connection is closed at once; one of those that are not is cut in mid-answer.
        if !loss.loses() {
            let cut = loss.loses().then(|| 200 + 20 * loss.roll() as usize);
            open.spawn(carry(visitor, port, cut));
        }
        while open.try_join_next().is_some() {}
    }
}

async fn carry(mut visitor: TcpStream, port: u16, cut: Option<usize>) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
    let ((mut from, mut to), (mut back, mut asked)) = (server.split(), visitor.split());
    let answers = async {
        match cut {
            None => drop(copy(&mut from, &mut asked).await),
            Some(bytes) => drop(copy(&mut (&mut from).take(bytes as u64), &mut asked).await),
        }
        let _ = asked.shutdown().await;
    };
    tokio::select! {
        () = answers => {}
        _ = copy(&mut back, &mut to) => {}
    }
}

async fn carry_udp(socket: Arc<UdpSocket>, resolver: SocketAddr, loss: Arc<Dice>) {
    let (mut buffer, mut open) = (vec![0; 4096], JoinSet::new());
    while let Ok((length, visitor)) = socket.recv_from(&mut buffer).await {
        if loss.loses() {
            continue;
        }
        let (question, socket, loss) = (buffer[..length].to_vec(), socket.clone(), loss.clone());
        open.spawn(async move {
            let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let mut answer = vec![0; 4096];
            let _ = server.send_to(&question, resolver).await;
            let heard = tokio::time::timeout(std::time::Duration::from_secs(5), server.recv(&mut answer)).await;
            if let Ok(Ok(length)) = heard
                && !loss.loses()
            {
                let _ = socket.send_to(&answer[..length], visitor).await;
            }
        });
        while open.try_join_next().is_some() {}
    }
}
