//! Stories of a circular from the draft to its end.

use std::io::Cursor;

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::audit;
use calamine::{Reader, Xlsx};

use crate::county::{OURS, THEIRS, UNITS, notice, notices_of_every_kind, stage, stand, told_on};
use crate::support::console::{Answer, Person, told};

async fn draft(person: &Person, area: &str, from: &str, until: &str) -> Answer {
    let fields = [("area", area), ("from", from), ("until", until)];
    person.submit("/console/circulars", "/console/circulars", &fields).await
}

/// The address of what was drafted.
fn at(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

async fn act(person: &Person, at: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let version = person.get(at).await.attr("input[name=version]", "value").unwrap_or_default();
    let fields: Vec<_> = fields.iter().copied().chain([("version", version.as_str())]).collect();
    person.submit(at, &format!("{at}/{act}"), &fields).await
}

/// Says what an act asks for, reads what would follow, and means it; the second page, and what came of it.
async fn decide(person: &Person, at: &str, act: &str, fields: &[(&str, &str)]) -> (Answer, Answer) {
    let path = format!("{at}/{act}");
    let shown = if fields.is_empty() { person.get(&path).await } else { person.submit(&path, &path, fields).await };
    let done = person.mean(&shown, &path).await;
    (shown, done)
}

#[tokio::test]
async fn only_who_was_told_of_what_was_confirmed_and_does_not_dispute_it_is_named() {
    told(async |house| {
        stage(&house).await;
        notices_of_every_kind(&house).await;
        let chen = house.person("chen", AccountRole::Officer, OURS).await;
        let page = chen.get(&at(&draft(&chen, OURS, "2026-11-01", "2026-11-25").await)).await;
        let text = page.text("article.circular");
        let named: Vec<_> = UNITS.iter().filter(|unit| text.contains(**unit)).collect();
        assert_eq!(named, [&"甲局", &"乙局"], "{text}");
        assert!(text.contains("未挂标，涉及网站 1 个：云溪县甲局。"), "{text}");
        assert!(
            text.contains("本期告知整改 3 件，完成整改 0 件；已告知尚未完成整改的网站 2 个，其中逾期未改的 1 个"),
            "{text}"
        );
        assert!(text.contains("另有 1 个网站的通知书存在异议"), "{text}");
        assert!(text.contains("逾期未改") && text.contains("附件：尚未完成整改的网站名单（2 个）"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn rates_stand_with_what_they_are_of_and_what_could_not_be_told() {
    told(async |house| {
        stage(&house).await;
        for (site, verdict) in [(0, "pass"), (1, "pass"), (2, "fail"), (3, "undetermined"), (4, "not_applicable")] {
            stand(&house, site, verdict).await;
        }
        let chen = house.person("chen", AccountRole::Officer, OURS).await;
        let first = at(&draft(&chen, OURS, "2026-10-01", "2026-10-31").await);
        let page = chen.get(&first).await;
        let rows = page.texts("article.circular table tbody tr");
        assert_eq!(
            rows,
            [
                "挂标率28.57%（2 / 7）无上期数据可比",
                "未能判定的比例42.86%（3 / 7）无上期数据可比",
                "域名注册率25.00%（2 / 8）无上期数据可比"
            ]
        );
        let text = page.text("article.circular");
        assert!(text.contains("登记网站 8 个，其中标识有效的 7 个"), "{text}");
        assert!(text.contains("无法判定的 1 个，尚未检查的 2 个，按规定暂不需挂标的 1 个"), "{text}");
        assert!(text.contains("本期没有经确认并已告知、尚未完成整改的问题"), "{text}");

        assert_eq!(decide(&chen, &first, "release", &[]).await.1.status, 303);
        stand(&house, 2, "pass").await;
        let second = chen.get(&at(&draft(&chen, OURS, "2026-11-01", "2026-11-25").await)).await;
        assert_eq!(
            second.texts("article.circular table tbody tr")[0],
            "挂标率42.86%（3 / 7）较上期上升 14.29 个百分点"
        );
        let again = chen.get(&first).await;
        assert_eq!(again.texts("article.circular table tbody tr")[0], rows[0], "the figures are frozen");
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_worded_released_under_a_number_and_taken_back() {
    told(async |house| {
        stage(&house).await;
        notice(&house, 0, FindingCode::NotHung, told_on("2026-11-03", badgewatch::domain::notice::NoticeState::Sent))
            .await;
        let chen = house.person("chen", AccountRole::Officer, OURS).await;
        let at = at(&draft(&chen, OURS, "2026-11-01", "2026-11-25").await);
        assert!(chen.get(&at).await.text(".mark-of").contains("草稿"));
        let words = [("addressee", "各乡镇人民政府"), ("opening", "现通报如下。"), ("next_steps", "立即整改。")];
        assert_eq!(act(&chen, &at, "text", &words).await.status, 303);
        let page = chen.get(&at).await;
        assert!(page.text("article .to").contains("各乡镇人民政府"));
        assert_eq!(act(&chen, &at, "text", &[("addressee", ""), words[1], words[2]]).await.status, 409);
        let release = format!("{at}/release");
        assert_eq!(chen.submit(&at, &release, &[]).await.status, 200, "it is asked first");
        assert_eq!(chen.submit(&at, &release, &[("confirm", "1")]).await.status, 409, "it was worded since");
        assert!(chen.get(&at).await.text(".mark-of").contains("草稿"), "nothing was released by asking");

        let (shown, done) = decide(&chen, &at, "release", &[]).await;
        let read = shown.text(".said");
        for part in ["各乡镇人民政府", "现通报如下。", "立即整改。", "1 个", "云溪县甲局", "登记网站 8 个"]
        {
            assert!(read.contains(part), "{part} is released, and not in {read}");
        }
        assert!(shown.text("main").contains("不能再改") && shown.text("main").contains("不发出任何信件"));
        assert_eq!(done.location(), format!("{at}?told=released"));
        assert_eq!(chen.mean(&shown, &release).await.status, 409, "sent twice, released once");
        let page = chen.get(&at).await;
        assert_eq!(page.text("article .issue"), "标识通〔2026〕140214-1号");
        assert!(page.texts(".mark-of").is_empty());
        let late = [words[0], words[1], words[2], ("version", "3")];
        let late = chen.submit(&at, &format!("{at}/text"), &late).await;
        assert_eq!(late.status, 409, "what is released is not reworded");

        let book = chen.client().get(chen.url(&format!("{at}/annex.xlsx"))).header("cookie", chen.cookie());
        let bytes = book.send().await.unwrap().bytes().await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.rows().count(), 2);
        assert_eq!(sheet.get_value((1, 1)).unwrap().to_string(), "云溪县甲局");

        let withdraw = format!("{at}/withdraw");
        let short = chen.submit(&at, &withdraw, &[("why", "错")]).await;
        assert_eq!((short.status, short.text(".field .error").contains("至少 4 个字")), (422, true));
        let (shown, done) = decide(&chen, &at, "withdraw", &[("why", "数据有误，重新起草")]).await;
        let read = shown.text(".said");
        assert!(read.contains("数据有误，重新起草") && read.contains("标识通〔2026〕140214-1号"), "{read}");
        assert_eq!(done.location(), format!("{at}?told=withdrawn"), "{}", done.body);
        assert_eq!(chen.get(&withdraw).await.status, 409, "it is over");
        assert!(chen.get(&at).await.text(".mark-of").contains("已撤回 · 不再有效：数据有误"));
        let acts = audit::chain(&mut house.test.db.read().await.unwrap(), "circulars", 0, 10).await.unwrap();
        let acts: Vec<_> = acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(acts, ["circular_drafted", "circular_reworded", "circular_released", "circular_withdrawn"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_another_countys_is_nobodys_here() {
    told(async |house| {
        stage(&house).await;
        let chen = house.person("chen", AccountRole::Officer, OURS).await;
        let zhao = house.person("zhao", AccountRole::Officer, THEIRS).await;
        let viewer = house.person("viewer", AccountRole::Viewer, "140200").await;
        for (area, from, until) in [
            (THEIRS, "2026-11-01", "2026-11-25"),
            ("140200", "2026-11-01", "2026-11-25"),
            ("不是", "2026-11-01", "2026-11-25"),
            (OURS, "2026-11-25", "2026-11-01"),
            (OURS, "2026-11-01", "2026-11-27"),
            (OURS, "", ""),
        ] {
            assert_eq!(draft(&chen, area, from, until).await.status, 422, "{area} {from} {until}");
        }
        let ours = at(&draft(&chen, OURS, "2026-11-01", "2026-11-25").await);
        assert_eq!(zhao.get(&ours).await.status, 404);
        assert_eq!(zhao.get(&format!("{ours}/annex.xlsx")).await.status, 404);
        let release = [("confirm", "1")];
        assert_eq!(zhao.get(&format!("{ours}/release")).await.status, 404);
        assert_eq!(zhao.submit("/console/circulars", &format!("{ours}/release"), &release).await.status, 404);
        assert!(zhao.get("/console/circulars").await.texts("table.circulars tbody tr").is_empty());
        assert_eq!(viewer.get("/console/circulars").await.texts("table.circulars tbody tr").len(), 1, "from above");
        assert_eq!(viewer.get(&ours).await.texts("article.circular").len(), 1);
        assert_eq!(viewer.submit(&ours, &format!("{ours}/release"), &release).await.status, 403);
    })
    .await;
}
