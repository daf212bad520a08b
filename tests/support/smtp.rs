//! A real little mail server on loopback: it takes letters, or does to them what mail servers do.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use super::letter::Kept;
use super::tls::Issuer;

/// What becomes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accept,
    /// 451 the first time a recipient is named, then accepted.
    Greylist,
    /// 550 at RCPT.
    Refuse,
    /// 554 after the text.
    RefuseContent,
    /// The line breaks in the middle of the text.
    DropInContent,
    /// The text is kept, the line breaks before the 250.
    KeepAndDrop,
    /// No answer to RCPT, ever; [`MailServer::until_slow`] tells when.
    Silent,
}

impl Fate {
    /// By the recipient's local part: `refuse-1@…`.
    pub fn of(recipient: &str) -> Self {
        let fates = [
            ("grey", Self::Greylist),
            ("refuse", Self::Refuse),
            ("content", Self::RefuseContent),
            ("drop", Self::DropInContent),
            ("keep", Self::KeepAndDrop),
            ("silent", Self::Silent),
        ];
        fates.iter().find(|(start, _)| recipient.starts_with(start)).map_or(Self::Accept, |(_, fate)| *fate)
    }
}

/// How the server is set up.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Offers STARTTLS with certificates of this issuer.
    pub tls: Option<Arc<Issuer>>,
    /// Speaks TLS from the first byte on.
    pub wrapped: bool,
    /// Takes letters only from this user, by this password.
    pub login: Option<(String, String)>,
}

type Judge = Box<dyn Fn(&str) -> Fate + Send + Sync>;

struct Inner {
    setup: Setup,
    judge: Mutex<Judge>,
    kept: Mutex<Vec<Kept>>,
    greyed: Mutex<HashSet<String>>,
    heard: Mutex<Vec<String>>,
    opened: Mutex<u32>,
    slow: Notify,
}

/// The server. Dropped, it is gone.
pub struct MailServer {
    address: SocketAddr,
    inner: Arc<Inner>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl MailServer {
    /// Plain, without a password.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            setup,
            judge: Mutex::new(Box::new(Fate::of)),
            kept: Mutex::default(),
            greyed: Mutex::default(),
            heard: Mutex::default(),
            opened: Mutex::default(),
            slow: Notify::new(),
        };
        let address = listener.local_addr().unwrap();
        let server = Self { address, inner: Arc::new(inner), task: Mutex::default() };
        server.serve(listener);
        server
    }

    fn serve(&self, listener: TcpListener) {
        let inner = self.inner.clone();
        *self.task.lock().unwrap() = Some(tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                *inner.opened.lock().unwrap() += 1;
                open.spawn(answer(stream, inner.clone()));
                while open.try_join_next().is_some() {}
            }
        }));
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Decides by the whole recipient from now on.
    pub fn judge(&self, judge: impl Fn(&str) -> Fate + Send + Sync + 'static) {
        *self.inner.judge.lock().unwrap() = Box::new(judge);
    }

    /// Every letter that was taken, in order.
    pub fn kept(&self) -> Vec<Kept> {
        self.inner.kept.lock().unwrap().clone()
    }

    /// How many were taken.
    pub fn count(&self) -> usize {
        self.inner.kept.lock().unwrap().len()
    }

    /// The Message-IDs of all that were taken, in order.
    pub fn message_ids(&self) -> Vec<String> {
        self.message_ids_after(0)
    }

    /// The Message-IDs of what was taken after so many.
    pub fn message_ids_after(&self, many: usize) -> Vec<String> {
        self.inner.kept.lock().unwrap().iter().skip(many).map(Kept::message_id).collect()
    }

    /// Everybody who got a letter.
    pub fn recipients(&self) -> HashSet<String> {
        self.inner.kept.lock().unwrap().iter().map(|kept| kept.to.clone()).collect()
    }

    /// Letters taken for one recipient.
    pub fn kept_for(&self, recipient: &str) -> Vec<Kept> {
        self.kept().into_iter().filter(|kept| kept.to == recipient).collect()
    }

    /// Every line that came in the clear.
    pub fn heard_in_clear(&self) -> Vec<String> {
        self.inner.heard.lock().unwrap().clone()
    }

    /// Conversations that were opened.
    pub fn opened(&self) -> u32 {
        *self.inner.opened.lock().unwrap()
    }

    /// Waits until somebody waits for an answer that never comes.
    pub async fn until_slow(&self) {
        self.inner.slow.notified().await;
    }

    /// Hangs up on everybody and listens no more.
    pub async fn stop(&self) {
        let task = self.task.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens again, on the same port.
    pub async fn restart(&self) {
        self.stop().await;
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap().take() {
            task.abort();
        }
    }
}

async fn answer(stream: tokio::net::TcpStream, inner: Arc<Inner>) {
    let acceptor = inner.setup.tls.as_ref().map(Issuer::acceptor);
    let _ = match (acceptor, inner.setup.wrapped) {
        (Some(tls), true) => match tls.accept(stream).await {
            Ok(stream) => Session::new(stream, inner, true).converse(true).await.map(drop),
            Err(error) => Err(error),
        },
        (tls, _) => match Session::new(stream, inner.clone(), false).converse(true).await {
            Ok(Some(stream)) => match tls.expect("offered").accept(stream).await {
                Ok(stream) => Session::new(stream, inner, true).converse(false).await.map(drop),
                Err(error) => Err(error),
            },
            done => done.map(drop),
        },
    };
}

struct Session<S> {
    stream: BufReader<S>,
    inner: Arc<Inner>,
    encrypted: bool,
    user: Option<String>,
    from: String,
    to: Option<(String, Fate)>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(stream: S, inner: Arc<Inner>, encrypted: bool) -> Self {
        Self { stream: BufReader::new(stream), inner, encrypted, user: None, from: String::new(), to: None }
    }

    async fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.get_mut().flush().await
    }

    async fn hear(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if !self.encrypted {
            self.inner.heard.lock().unwrap().push(line.trim_end().to_owned());
        }
        Ok(line.trim_end().to_owned())
    }

    /// Until QUIT; the stream comes back where it is to be encrypted.
    async fn converse(mut self, greet: bool) -> std::io::Result<Option<S>> {
        if greet {
            self.say("220 mail.example ESMTP").await?;
        }
        loop {
            let line = self.hear().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => self.hello().await?,
                "STARTTLS" if self.offers_tls() => {
                    self.say("220 2.0.0 go ahead").await?;
                    return Ok(Some(self.stream.into_inner()));
                }
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" | "NOOP" => self.say("250 2.0.0 ok").await?,
                "QUIT" => {
                    self.say("221 2.0.0 bye").await?;
                    return Ok(None);
                }
                _ => self.say("502 5.5.1 not here").await?,
            }
        }
    }

    fn offers_tls(&self) -> bool {
        self.inner.setup.tls.is_some() && !self.encrypted
    }

    async fn hello(&mut self) -> std::io::Result<()> {
        let mut offers = vec!["mail.example", "8BITMIME"];
        if self.offers_tls() {
            offers.push("STARTTLS");
        }
        if self.inner.setup.login.is_some() {
            offers.push("AUTH PLAIN LOGIN");
        }
        let last = offers.pop().unwrap();
        let text: String = offers.iter().map(|offer| format!("250-{offer}\r\n")).collect();
        self.say(&format!("{text}250 {last}")).await
    }

    async fn auth(&mut self, rest: &str) -> std::io::Result<()> {
        let said = match rest.split_once(' ') {
            Some(("PLAIN", proof)) => decoded(proof).split_once('\0').map(|(_, both)| both.replace('\0', "\n")),
            _ => {
                self.say("334 VXNlcm5hbWU6").await?;
                let user = decoded(&self.hear().await?);
                self.say("334 UGFzc3dvcmQ6").await?;
                Some(format!("{user}\n{}", decoded(&self.hear().await?)))
            }
        };
        let login = self.inner.setup.login.clone();
        let right = login.filter(|(user, password)| said == Some(format!("{user}\n{password}")));
        self.user = right.map(|(user, _)| user);
        let is_in = self.user.is_some();
        self.say(if is_in { "235 2.7.0 welcome" } else { "535 5.7.8 Authentication credentials invalid" }).await
    }

    async fn mail(&mut self, rest: &str) -> std::io::Result<()> {
        if self.inner.setup.login.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 Authentication required").await;
        }
        self.from = address(rest);
        self.to = None;
        self.say("250 2.1.0 ok").await
    }

    async fn rcpt(&mut self, rest: &str) -> std::io::Result<()> {
        let to = address(rest);
        let fate = (self.inner.judge.lock().unwrap())(&to);
        let told = match fate {
            Fate::Refuse => "550 5.1.1 no such user",
            Fate::Greylist if self.inner.greyed.lock().unwrap().insert(to.clone()) => "451 4.7.1 greylisted, try again",
            Fate::Silent => {
                self.inner.slow.notify_one();
                std::future::pending().await
            }
            _ => "250 2.1.5 ok",
        };
        if told.starts_with('2') {
            self.to = Some((to, fate));
        }
        self.say(told).await
    }

    async fn data(&mut self) -> std::io::Result<()> {
        let Some((to, fate)) = self.to.take() else {
            return self.say("503 5.5.1 whom to?").await;
        };
        self.say("354 go on").await?;
        if fate == Fate::DropInContent {
            let mut some = [0; 64];
            self.stream.read_exact(&mut some).await?;
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        let raw = self.content().await?;
        if fate == Fate::RefuseContent {
            return self.say("554 5.0.0 transaction failed").await;
        }
        let (from, user, encrypted) = (self.from.clone(), self.user.clone(), self.encrypted);
        self.inner.kept.lock().unwrap().push(Kept { from, to, user, encrypted, raw });
        if fate == Fate::KeepAndDrop {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        self.say("250 2.0.0 queued").await
    }

    /// The text up to the lonely dot, doubled dots undone.
    async fn content(&mut self) -> std::io::Result<String> {
        let mut text = String::new();
        loop {
            let line = self.hear().await?;
            if line == "." {
                return Ok(text);
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
    }
}

fn address(rest: &str) -> String {
    let inside = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    String::from_utf8(BASE64.decode(text).unwrap_or_default()).unwrap_or_default()
}
