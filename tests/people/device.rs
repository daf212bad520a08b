//! The second device.

use badgewatch::clock::Clock;
use badgewatch::config::SecondDevice;
use badgewatch::domain::account::AccountRole;
use badgewatch::flow::accounts::OPERATOR;
use badgewatch::flow::people;
use chrono::TimeDelta;
use totp_rs::{Builder, Secret};

use crate::support::console::{Answer, House, PASSWORD, Person, ordinary, told};
use crate::support::db::every_engine;
use crate::support::world::start;

/// What an authenticator shows for a secret.
fn code(secret: &str, house: &House) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(house.clock.now().timestamp() as u64).to_string()
}

/// Sets a device up; its secret.
async fn enrol(house: &House, person: &Person) -> String {
    let page = person.get("/console/second-device").await;
    let secret = page.attr("input[name=secret]", "value").unwrap();
    assert_eq!(page.text("dd code").replace(' ', ""), secret, "it can be typed, too");
    assert!(page.attr("img.qr", "src").unwrap().starts_with("data:image/svg+xml;base64,"));
    let fields = [("secret", secret.as_str()), ("code", &code(&secret, house))];
    let answer = person.submit("/console/second-device", "/console/second-device", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/console/me?told=device"), "{}", answer.body);
    secret
}

async fn give(person: &Person, code: &str) -> Answer {
    let fields = [("code", code), ("to", "/console/me")];
    person.submit("/console/second-device/code", "/console/second-device/code", &fields).await
}

#[tokio::test]
async fn with_a_second_device_the_password_alone_opens_nothing() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let before = chen.cookie();
        let elsewhere = house.stranger();
        elsewhere.log_in("chen", PASSWORD).await;
        let secret = enrol(&house, &chen).await;
        assert_ne!(chen.cookie(), before, "another secret");
        assert_eq!(elsewhere.get("/console").await.status, 303, "what was opened without it is over");

        let again = house.stranger();
        let answer = again
            .send_form("/console/log-in", &[("name", "chen"), ("password", PASSWORD), ("to", "/console/me")])
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/console/second-device/code?to=%2Fconsole%2Fme"));
        let half = again.cookie();
        for path in ["/console", "/console/me", "/console/password", "/console/second-device"] {
            let answer = again.get(path).await;
            assert_eq!((answer.status, answer.location()), (303, "/console/second-device/code"), "{path}");
        }
        let used = give(&again, &code(&secret, &house)).await;
        assert_eq!(used.status, 422);
        assert!(used.text(".wrong").contains("已经用过"), "it was used to set the device up");
        assert!(give(&again, "000000").await.text(".wrong").contains("不对"));

        house.clock.advance(TimeDelta::seconds(30));
        let now = code(&secret, &house);
        let answer = give(&again, &format!("{} {}", &now[..3], &now[3..])).await;
        assert_eq!((answer.status, answer.location()), (303, "/console/me"), "{}", answer.body);
        assert_ne!(again.cookie(), half);
        assert_eq!(again.get("/console").await.status, 200);
        let thief = house.stranger();
        let stolen = thief.client().get(thief.url("/console/me")).header("cookie", half);
        assert_eq!(thief.send(stolen).await.status, 303, "the secret of before lets nobody in");

        let third = house.stranger();
        third.log_in("chen", PASSWORD).await;
        assert!(give(&third, &now).await.text(".wrong").contains("已经用过"), "a code lets in once");
    })
    .await;
}

#[tokio::test]
async fn codes_cannot_be_tried_one_after_the_other() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let secret = enrol(&house, &chen).await;
        house.clock.advance(TimeDelta::minutes(5));
        let thief = house.stranger();
        thief.log_in("chen", PASSWORD).await;
        let right = code(&secret, &house);
        let mut stopped = give(&thief, "000000").await;
        for _ in 0..10 {
            stopped = give(&thief, "000000").await;
        }
        assert_eq!(stopped.status, 429, "{}", stopped.body);
        assert_eq!(give(&thief, &right).await.status, 429, "not even with the right one");
    })
    .await;
}

#[tokio::test]
async fn who_decides_must_have_one_and_whoever_lost_it_gets_another() {
    for test in every_engine().await {
        let mut config = ordinary();
        config.people.second_device = SecondDevice::DemandedOfApprovers;
        let house = House::open(test, Clock::manual(start()), config).await;
        let officer = house.person("chen", AccountRole::Officer, "140214").await;
        assert_eq!(officer.get("/console").await.status, 200, "who only proposes needs none");
        let approver = house.person("bai", AccountRole::Approver, "140214").await;
        let answer = approver.get("/console").await;
        assert_eq!((answer.status, answer.location()), (303, "/console/second-device"));
        assert!(approver.get("/console/second-device").await.text("p.lead").contains("启用后才能继续"));
        enrol(&house, &approver).await;
        assert_eq!(approver.get("/console").await.status, 200);

        people::reset_device(&house.test.db, "bai", OPERATOR, house.clock.now()).await.unwrap();
        assert_eq!(approver.get("/console").await.location(), "/console/log-in?to=%2Fconsole", "its sessions are over");
        approver.log_in("bai", PASSWORD).await;
        assert_eq!(approver.get("/console").await.location(), "/console/second-device");
        enrol(&house, &approver).await;
        assert_eq!(approver.get("/console").await.status, 200);
    }
}
