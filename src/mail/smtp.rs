//! The conversation with the mail server, step by step, so that a refusal is known to be the password's, the sender's or
//! the recipient's. (One call of a whole transport would leave only a code.)

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout};

use super::compose::Composed;
use super::reply::{Stage, judge, silent};
use super::transport::{MailSetup, SendError};
use crate::config::{Mail, MailSecurity};

/// An answer to a command must come within this.
pub const COMMAND_PATIENCE: Duration = Duration::from_secs(30);
/// And the answer to the text within this: a server that scans mail is slow, and one that is given up on after the text
/// may have taken the letter all the same.
pub const CONTENT_PATIENCE: Duration = Duration::from_secs(120);
/// A conversation that rested longer is not taken up again.
const IDLE: Duration = Duration::from_secs(20);
/// Letters in one conversation: many servers stop at a hundred.
const LETTERS_EACH: u32 = 50;

/// A mail server, and conversations with it that may be taken up again.
pub struct Smtp {
    host: String,
    port: u16,
    security: MailSecurity,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<Conversation>>,
}

struct Conversation {
    connection: AsyncSmtpConnection,
    letters: u32,
    rests_since: Instant,
}

impl Smtp {
    /// The mail server of the settings.
    pub(super) fn of(mail: &Mail, host: &str) -> Result<Self, MailSetup> {
        let tls = match mail.security {
            MailSecurity::None => None,
            MailSecurity::Starttls | MailSecurity::Tls => Some(tls(mail, host)?),
        };
        let credentials = match (&mail.username, &mail.password) {
            (None, _) => None,
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.reveal().to_owned())),
            (Some(_), None) => return Err(MailSetup::new("mail.password", "is needed with mail.username")),
        };
        let (host, port, security) = (host.to_owned(), mail.smtp_port, mail.security);
        Ok(Self { host, port, security, tls, credentials, idle: Mutex::default() })
    }

    /// Hands over one message. It went only if the server said so.
    pub(super) async fn send(&self, message: &Composed) -> Result<(), SendError> {
        let mut conversation = match self.resume().await {
            Some(conversation) => conversation,
            None => Conversation { connection: self.open().await?, letters: 0, rests_since: Instant::now() },
        };
        let done = hand_over(&mut conversation.connection, message).await;
        conversation.letters += 1;
        if done.is_ok() && conversation.letters < LETTERS_EACH {
            conversation.rests_since = Instant::now();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conversation);
        } else {
            leave(&mut conversation.connection).await;
        }
        done
    }

    /// A conversation that rests and still goes on.
    async fn resume(&self) -> Option<Conversation> {
        loop {
            let mut rested = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let fresh = rested.rests_since.elapsed() < IDLE;
            if fresh && timeout(COMMAND_PATIENCE, rested.connection.test_connected()).await == Ok(true) {
                return Some(rested);
            }
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, SendError> {
        let me = ClientId::default();
        let wrapped = self.tls.clone().filter(|_| self.security == MailSecurity::Tls);
        let server = (self.host.as_str(), self.port);
        let dial = AsyncSmtpConnection::connect_tokio1(server, Some(COMMAND_PATIENCE), &me, wrapped, None);
        let mut connection = patiently(Stage::Hello, dial).await?;
        // A connection whose handshake failed holds no stream any more: lettre panics if it is spoken to (0.11.23).
        self.encrypt(&mut connection, &me).await?;
        let Some(credentials) = &self.credentials else { return Ok(connection) };
        let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
        match patiently(Stage::Auth, login).await {
            Ok(_) => Ok(connection),
            Err(error) => {
                leave(&mut connection).await;
                Err(error)
            }
        }
    }

    /// TLS where it is set, and never on without it.
    async fn encrypt(&self, connection: &mut AsyncSmtpConnection, me: &ClientId) -> Result<(), SendError> {
        let (MailSecurity::Starttls, Some(tls)) = (self.security, &self.tls) else { return Ok(()) };
        if !connection.can_starttls() {
            leave(connection).await;
            return Err(SendError::Ours("the mail server offers no STARTTLS: set mail.security as it can".to_owned()));
        }
        patiently(Stage::Tls, connection.starttls(tls.clone(), me)).await
    }
}

/// The roots that come with the program, and those of the settings.
fn tls(mail: &Mail, host: &str) -> Result<TlsParameters, MailSetup> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(file) = &mail.ca_file {
        let told = |problem: String| MailSetup::new("mail.ca_file", format!("{}: {problem}", file.display()));
        let pem = std::fs::read(file).map_err(|error| told(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| told(error.to_string()))?;
        tls = tls.add_root_certificate(certificate);
    }
    tls.build().map_err(|error| MailSetup::new("mail.smtp_host", error.to_string()))
}

async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Composed) -> Result<(), SendError> {
    let sender = MailFrom::new(Some(message.from.clone()), Vec::new());
    patiently(Stage::Sender, connection.command(sender)).await?;
    patiently(Stage::Recipient, connection.command(Rcpt::new(message.to.clone(), Vec::new()))).await?;
    patiently(Stage::Content, connection.command(Data)).await?;
    let content = timeout(CONTENT_PATIENCE, connection.message(&message.bytes)).await;
    content.map_err(|_| silent(Stage::Content))?.map_err(|error| judge(Stage::Content, &error))?;
    Ok(())
}

async fn patiently<T>(
    stage: Stage,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, SendError> {
    match timeout(COMMAND_PATIENCE, step).await {
        Err(_) => Err(silent(stage)),
        Ok(done) => done.map_err(|error| judge(stage, &error)),
    }
}

/// Says good-bye, to whoever still listens.
async fn leave(connection: &mut AsyncSmtpConnection) {
    let _: Result<(), _> = timeout(Duration::from_secs(2), connection.abort()).await;
}
