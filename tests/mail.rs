//! Letters on their way: over a real mail server on loopback, with everything that mail servers do to letters.

mod support;

use std::sync::Arc;

use badgewatch::config::{Mail, MailSecurity, Secret};
use badgewatch::mail::compose::message_id;
use badgewatch::mail::{Attachment, Envelope, Rendered, SendError, Transport};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use support::letter::Kept;
use support::smtp::{MailServer, Setup};
use support::tls::Issuer;

const FROM: &str = "云溪县委编办 <badge@yunxi.example>";

fn letter() -> Rendered {
    Rendered {
        subject: "【责令整改】云溪县教育局网站：3 个页面未挂标，限 12月4日前".into(),
        text: "云溪县教育局：\n.\n..两点开头的一行\n检查时未发现标识。\n".into(),
        html: "<p>检查时未发现标识。</p>".into(),
        attachments: Vec::new(),
    }
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

fn settings(server: &MailServer) -> Mail {
    Mail {
        from: Some(FROM.into()),
        smtp_host: Some("localhost".into()),
        smtp_port: server.port(),
        security: MailSecurity::None,
        ..Mail::default()
    }
}

fn locked(server: &MailServer, issuer: &Issuer, password: &str) -> Mail {
    Mail {
        security: MailSecurity::Starttls,
        username: Some("badge".into()),
        password: Some(Secret::new(password)),
        ca_file: Some(issuer.ca_file().to_owned()),
        ..settings(server)
    }
}

async fn send(transport: &Transport, to: &str) -> Result<(), SendError> {
    let rendered = letter();
    let id = message_id(
        &format!("0192-{}", to.split('@').next().unwrap()),
        &Mail { from: Some(FROM.into()), ..Mail::default() },
    );
    let envelope = Envelope {
        message_id: &id,
        from: FROM,
        to,
        reply_to: Some("office@yunxi.example"),
        date: noon(),
        rendered: &rendered,
        headers: &[("In-Reply-To", "<0191-notice@yunxi.example>".into())],
    };
    transport.send(&envelope).await
}

async fn locked_server() -> (MailServer, Arc<Issuer>) {
    let issuer = Arc::new(Issuer::new());
    let login = Some(("badge".to_owned(), "geheim".to_owned()));
    (MailServer::with(Setup { tls: Some(issuer.clone()), wrapped: false, login }).await, issuer)
}

#[tokio::test]
async fn a_letter_goes_encrypted_and_logged_in_and_arrives_as_it_was() {
    let (server, issuer) = locked_server().await;
    let transport = Transport::of(&locked(&server, &issuer, "geheim")).unwrap();
    send(&transport, "zhang@jyj.yunxi.example").await.unwrap();
    let kept = server.kept().remove(0);
    assert!(kept.encrypted);
    assert_eq!((kept.user.as_deref(), kept.from.as_str()), (Some("badge"), "badge@yunxi.example"));
    assert_eq!(kept.to, "zhang@jyj.yunxi.example");
    assert_eq!((kept.subject(), kept.text(), kept.html()), (letter().subject, letter().text, letter().html));
    assert_eq!(kept.message_id(), "<0192-zhang@yunxi.example>");
    let header = |name| kept.header(name).unwrap();
    assert_eq!(header("Date"), "Sun, 22 Nov 2026 04:00:00 +0000");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("From"), FROM);
    assert_eq!(
        (header("Reply-To"), header("In-Reply-To")),
        ("office@yunxi.example".into(), "<0191-notice@yunxi.example>".into())
    );
    assert_eq!(kept.header("List-Id"), None);
    assert!(!server.heard_in_clear().iter().any(|line| line.contains("MAIL") || line.contains("AUTH PLAIN ")));
}

#[tokio::test]
async fn tls_from_the_first_byte_works_too() {
    let issuer = Arc::new(Issuer::new());
    let server = MailServer::with(Setup { tls: Some(issuer.clone()), wrapped: true, login: None }).await;
    let mail = Mail { username: None, security: MailSecurity::Tls, ..locked(&server, &issuer, "") };
    send(&Transport::of(&mail).unwrap(), "zhang@jyj.yunxi.example").await.unwrap();
    assert!(server.kept()[0].encrypted);
    assert!(server.heard_in_clear().is_empty());
}

#[tokio::test]
async fn our_own_mistakes_are_never_the_recipients() {
    let (server, issuer) = locked_server().await;
    let wrong = Transport::of(&locked(&server, &issuer, "falsch")).unwrap();
    let told = send(&wrong, "zhang@jyj.yunxi.example").await.unwrap_err();
    assert!(matches!(&told, SendError::Ours(why) if why.contains("AUTH: 535")), "{told}");

    let nobody = Mail { username: None, ..locked(&server, &issuer, "") };
    let told = send(&Transport::of(&nobody).unwrap(), "zhang@jyj.yunxi.example").await.unwrap_err();
    assert!(matches!(&told, SendError::Ours(why) if why.contains("MAIL FROM: 530")), "{told}");

    let stranger = Mail { ca_file: None, ..locked(&server, &issuer, "geheim") };
    let told = send(&Transport::of(&stranger).unwrap(), "zhang@jyj.yunxi.example").await.unwrap_err();
    assert!(matches!(&told, SendError::Ours(why) if why.contains("certificate")), "{told}");

    let missing = Mail { ca_file: Some("/nowhere/roots.pem".into()), ..locked(&server, &issuer, "geheim") };
    assert_eq!(Transport::of(&missing).unwrap_err().key, "mail.ca_file");
    assert_eq!(Transport::of(&Mail::default()).unwrap_err().key, "mail.smtp_host");
    assert_eq!(server.kept(), []);
}

#[tokio::test]
async fn where_no_encryption_is_offered_not_one_byte_of_a_letter_is_sent() {
    let server = MailServer::start().await;
    let issuer = Issuer::new();
    let told = send(&Transport::of(&locked(&server, &issuer, "geheim")).unwrap(), "a@b.example").await.unwrap_err();
    assert!(matches!(&told, SendError::Ours(why) if why.contains("STARTTLS")), "{told}");
    let heard = server.heard_in_clear();
    assert!(heard.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{heard:?}");
}

#[tokio::test]
async fn a_greylisted_letter_is_taken_the_second_time() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    let told = send(&transport, "grey@b.example").await.unwrap_err();
    assert!(matches!(&told, SendError::Later(why) if why.contains("451")), "{told}");
    send(&transport, "grey@b.example").await.unwrap();
    assert_eq!(server.kept().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_the_recipients_and_a_broken_line_nobodys() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    for (to, refused) in
        [("refuse@b.example", true), ("content@b.example", true), ("drop@b.example", false), ("keep@b.example", false)]
    {
        let told = send(&transport, to).await.unwrap_err();
        assert_eq!(matches!(told, SendError::Refused(_)), refused, "{to}: {told}");
        assert_eq!(matches!(told, SendError::Later(_)), !refused, "{to}: {told}");
    }
    assert_eq!(server.kept().len(), 1, "the server took one and could not say so");
    send(&transport, "zhang@b.example").await.unwrap();
}

#[tokio::test]
async fn hostile_addresses_are_refused_before_anybody_is_asked() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    for to in ["a@b.example\nBcc: c@d.example", "\"a b\"@b.example", "", "a@b.example>\r\nDATA", "a@[127.0.0.1]"] {
        assert!(matches!(send(&transport, to).await, Err(SendError::Refused(_))), "{to:?}");
    }
    assert_eq!(server.opened(), 0);
    send(&transport, "badge@云溪.政务").await.unwrap();
    assert_eq!(server.kept()[0].to, "badge@xn--9kq759e.xn--zfr164b");
}

#[tokio::test]
async fn a_server_that_is_down_gets_the_letter_when_it_is_back() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    send(&transport, "one@b.example").await.unwrap();
    server.stop().await;
    assert!(matches!(send(&transport, "two@b.example").await, Err(SendError::Later(_))));
    server.restart().await;
    send(&transport, "two@b.example").await.unwrap();
    assert_eq!(server.kept().len(), 2);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_on() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    let impatient = async {
        server.until_slow().await;
        tokio::time::pause();
    };
    let (told, ()) = tokio::join!(send(&transport, "silent@b.example"), impatient);
    assert_eq!(told, Err(SendError::Later("RCPT TO: no answer in time".into())));
}

#[tokio::test]
async fn many_letters_share_a_conversation() {
    let server = MailServer::start().await;
    let transport = Transport::of(&settings(&server)).unwrap();
    for n in 0..60 {
        send(&transport, &format!("unit-{n}@b.example")).await.unwrap();
    }
    assert_eq!((server.kept().len(), server.opened()), (60, 2));
}

#[tokio::test]
async fn a_folder_holds_each_letter_once() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::of(&Mail { directory: Some(folder.path().join("letters")), ..Mail::default() }).unwrap();
    for _ in 0..2 {
        send(&transport, "zhang@jyj.yunxi.example").await.unwrap();
    }
    let names: Vec<_> =
        std::fs::read_dir(folder.path().join("letters")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(names, [folder.path().join("letters/0192-zhang@yunxi.example.eml")]);
    let kept = Kept::read(&std::fs::read_to_string(&names[0]).unwrap());
    assert_eq!((kept.subject(), kept.text()), (letter().subject, letter().text));
}

/// Writes one letter to a folder and reads it back.
fn there_and_back(from: &str, rendered: &Rendered) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let transport = Transport::Directory(folder.path().to_owned());
    let envelope = Envelope {
        message_id: "0192@yunxi.example",
        from,
        to: "zhang@jyj.yunxi.example",
        reply_to: None,
        date: noon(),
        rendered,
        headers: &[],
    };
    runtime.block_on(transport.send(&envelope)).unwrap();
    Kept::read(&std::fs::read_to_string(folder.path().join("0192@yunxi.example.eml")).unwrap())
}

#[test]
fn a_signed_instruction_arrives_as_a_file() {
    let file = Attachment { name: "instruction.jws".into(), media_type: "application/jose", bytes: b"a.b.c".to_vec() };
    let kept = there_and_back(FROM, &Rendered { attachments: vec![file], ..letter() });
    let kinds: Vec<_> = kept.parts().iter().map(|(kind, _)| kind.split(';').next().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", "application/jose"]);
    assert_eq!(kept.parts()[2].1, b"a.b.c");
    assert!(kept.raw.contains("filename=\"instruction.jws\""));
    assert_eq!(kept.text(), letter().text);
}

#[test]
fn a_subject_that_looks_like_code_arrives_as_it_was_written() {
    for subject in ["?=? 云溪县教育局", "=?utf-8?b?QmNj?= 云溪"] {
        let kept = there_and_back(FROM, &Rendered { subject: subject.to_owned(), ..letter() });
        assert_eq!(kept.subject(), subject.replace("=?", "=？"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_breaks_out_of_its_place(subject in hostile(), name in hostile(), body in hostile()) {
        let rendered = Rendered { subject: subject.clone(), text: body.clone(), html: body, attachments: Vec::new() };
        let kept = there_and_back(&format!("{name} <badge@yunxi.example>"), &rendered);
        let names: Vec<_> = kept.headers().into_iter().map(|(name, _)| name).collect();
        prop_assert_eq!(names, ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"]);
        prop_assert!(kept.raw.lines().all(|line| line.len() <= 998 && line.is_ascii()));
        let shown = kept.subject();
        prop_assert!(!shown.chars().any(badgewatch::mail::clean::is_hidden) && shown.chars().count() <= 200, "{:?}", shown);
        prop_assert_eq!(kept.parts().len(), 2);
    }
}

/// What somebody writes who means harm, between what nobody thought of.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\u{202e}",
        "\u{2066}",
        "Bcc: x@y.example",
        "--=_a_0192yunxiexample",
        "\r\n.\r\n",
        "=?utf-8?b?",
        "?=",
        "\"",
        "\\",
        "<",
        ">",
        "@",
        "云溪",
        "  ",
        "\u{2028}",
        "Content-Type: text/html",
        ",",
        ";",
        ":",
        "(",
        ")",
    ]);
    let piece = prop_oneof![pieces.prop_map(str::to_owned), ".{0,20}", "[a-z]{100,1200}"];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}
