//! People at the console's door: who is let in, for how long, and to what.

mod support;

use badgewatch::domain::account::AccountRole;
use badgewatch::flow::people::{IDLE, LONGEST};
use chrono::TimeDelta;

use support::console::{PASSWORD, told};

#[tokio::test]
async fn an_officer_logs_in_works_and_logs_out() {
    told(async |house| {
        house.account("chen", AccountRole::Officer, "140214").await;
        let chen = house.stranger();
        let answer = chen.get("/console?days=30").await;
        assert_eq!((answer.status, answer.location()), (303, "/console/log-in?to=%2Fconsole%3Fdays%3D30"));

        assert_eq!(chen.log_in("chen", "something else").await.status, 401);
        assert_eq!(chen.log_in("nobody", PASSWORD).await.status, 401);
        let answer = chen.log_in("chen", PASSWORD).await;
        assert_eq!((answer.status, answer.location()), (303, "/console"));
        assert!(answer.header("set-cookie").contains("HttpOnly"), "{}", answer.header("set-cookie"));

        let page = chen.get("/console").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.text(".who").contains("chen（某）"));

        let forged = chen.send_form("/console/log-out", &[("form_token", "x")]).await;
        assert_eq!(forged.status, 403, "a form that was not read here");
        assert_eq!(chen.submit("/console", "/console/log-out", &[]).await.status, 303);
        assert_eq!(chen.get("/console").await.status, 303, "logged out");
    })
    .await;
}

#[tokio::test]
async fn who_is_idle_or_there_for_too_long_logs_in_again() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Viewer, "140214").await;
        house.clock.advance(IDLE);
        assert_eq!(chen.get("/console").await.status, 303, "idle");

        chen.log_in("chen", PASSWORD).await;
        let step = IDLE - TimeDelta::minutes(1);
        for _ in 0..(LONGEST.num_minutes() - 1) / step.num_minutes() {
            house.clock.advance(step);
            assert_eq!(chen.get("/console").await.status, 200);
        }
        house.clock.advance(step);
        assert_eq!(chen.get("/console").await.status, 303, "a day's work is over");
    })
    .await;
}
