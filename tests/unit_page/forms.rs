//! What a unit writes: taken whole, or refused with a reason and nothing of it lost.

use badgewatch::domain::notice::{NoticeState, RequestKind};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::attachments;

use crate::house::{House, Letter, SLJ, pages, told};

const WHY: &str = "所列页面已于 11月24日停用，\n现附下线通知，请予核实。";
const PDF: &[u8] = b"%PDF-1.7\nsample";

async fn letter(house: &House) -> Letter {
    house.letter(SLJ, FindingCode::PartlyHung, &pages(SLJ, 3)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_with_a_file_is_kept_and_answered() {
    told(async |house| {
        let letter = letter(&house).await;
        let sent = house.object(&letter, WHY, Some(("下线通知.pdf", PDF))).await;
        assert_eq!((sent.status, sent.location()), (303, &*format!("/n/{}?done=objected", letter.token)));
        let page = house.get(sent.location()).await;
        assert!(page.text(".told").contains("异议已提交"));
        assert_eq!(page.texts(".words")[0], "所列页面已于 11月24日停用， 现附下线通知，请予核实。");
        assert!(page.all().contains("附件：下线通知.pdf") && page.all().contains("… 待答复"));

        let request = house.notice(&letter.id).await.notice.requests[0].clone();
        assert_eq!((request.kind, request.text.as_str()), (RequestKind::Objection, WHY));
        let mut tx = house.world.test.db.read().await.unwrap();
        let file = attachments::of_notice(&mut tx, &letter.id).await.unwrap().remove(0);
        assert_eq!((file.name.as_str(), file.media_type.as_str()), ("下线通知.pdf", "application/pdf"));
        assert_eq!(attachments::content(&mut tx, &letter.id, &file.id).await.unwrap().unwrap(), PDF);
        drop(tx);

        let again = house.object(&letter, WHY, None).await;
        assert_eq!(again.status, 409);
        assert!(again.text(".wrong").contains("已有一件待答复"), "{}", again.body);
        let form = house.get(&format!("/n/{}/object", letter.token)).await;
        assert!(form.texts("form").is_empty() && form.all().contains("目前不能提出异议：已有一件待答复"));

        house.answer(&letter.id, RequestKind::Objection, false, "经核实，所列页面仍可访问。").await;
        let page = house.page(&letter).await;
        assert!(page.all().contains("－ 异议不成立") && page.all().contains("经核实，所列页面仍可访问。"));
        let history = page.texts(".timeline p");
        assert_eq!(history[0], "办理机关：答复异议：不成立");
        assert!(!page.body.contains("lin.office"), "no account is named");
        assert_eq!(house.object(&letter, WHY, None).await.status, 303, "after an answer it may object again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_form_is_said_and_nothing_is_lost() {
    told(async |house| {
        let letter = letter(&house).await;
        let long = "异".repeat(5_001);
        for (text, file, status, says) in [
            ("不同意", None, 422, "说明过短：至少 10 个字，现为 3 个"),
            ("", None, 422, "请填写说明"),
            (&long, None, 422, "说明过长：至多 5000 个字，现为 5001 个"),
            (WHY, Some(("说明.exe", &b"MZ"[..])), 422, "不接受此类附件"),
            (WHY, Some(("说明.pdf", &b"MZ"[..])), 422, "附件内容与扩展名不符"),
            (WHY, Some(("说明.txt", &b""[..])), 422, "附件是空文件"),
        ] {
            let answer = house.object(&letter, text, file).await;
            assert_eq!(answer.status, status, "{says}");
            assert!(answer.text(".wrong").contains(says), "{says}: {}", answer.text(".wrong"));
            let typed = answer.text("textarea");
            assert_eq!(typed, text.split_whitespace().collect::<Vec<_>>().join(" "), "the typed text is kept");
            assert!(answer.text("title").starts_with("有误："));
            assert_eq!(answer.texts("[aria-invalid=true]").len(), 1);
        }
        let both = house.object(&letter, "短", Some(("a.exe", b"MZ"))).await;
        assert_eq!(both.texts(".wrong li").len(), 2, "everything that is wrong is said at once");
        assert!(house.notice(&letter.id).await.notice.requests.is_empty());
        let mut tx = house.world.test.db.read().await.unwrap();
        assert!(attachments::of_notice(&mut tx, &letter.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_is_asked_for_and_granted() {
    told(async |house| {
        let letter = letter(&house).await;
        // Told on Thursday 26 November: due on 10 December.
        for (until, says) in [
            ("", "请填写日期"),
            ("12月31日", "请填写日期"),
            ("2026-12-10", "日期应晚于现有期限 2026年12月10日（周四）"),
            ("2028-01-01", "日期过远"),
        ] {
            let answer = house.extend(&letter, until, WHY).await;
            assert_eq!(answer.status, 422, "{until}");
            assert!(answer.text(".wrong").contains(says), "{until}: {}", answer.text(".wrong"));
            assert!(answer.body.contains(&format!("value=\"{until}\"")), "what was typed is kept");
        }
        let sent = house.extend(&letter, "2026-12-25", WHY).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let page = house.get(sent.location()).await;
        assert!(page.text(".told").contains("延期申请已提交"));
        assert!(page.text("h1").contains("12月10日（周四）"), "until it is granted the limit stays");
        assert_eq!(house.extend(&letter, "2026-12-26", WHY).await.status, 409);

        house.answer(&letter.id, RequestKind::Extension, true, "同意延至 12月25日。").await;
        let page = house.page(&letter).await;
        assert!(page.text("h1").contains("请在 12月25日（周五）24:00 前整改"), "{}", page.text("h1"));
        assert!(page.all().contains("经办理机关同意，延长至 2026年12月25日（周五）24:00"));
        assert_eq!(page.texts(".chip")[0], "◔ 还剩 21 个工作日");
        assert_eq!(page.texts(".timeline p")[0], "办理机关：答复延期申请：同意，期限至 2026年12月25日（周五）24:00");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_possible_is_refused_in_words() {
    told(async |house| {
        let letter = house.queued(SLJ, FindingCode::PartlyHung, &pages(SLJ, 3)).await;
        let early = house.press(&letter, "acknowledge").await;
        assert_eq!(early.status, 409);
        assert!(early.text(".wrong").contains("尚未告知"));
        assert_eq!(house.object(&letter, WHY, None).await.status, 409);
        assert_eq!(house.extend(&letter, "2027-01-10", WHY).await.status, 422, "no limit runs");

        house.deliver(&letter.id).await;
        assert_eq!(house.press(&letter, "acknowledge").await.status, 303);
        let twice = house.press(&letter, "acknowledge").await;
        assert_eq!((twice.status, house.get(twice.location()).await.texts(".told").len()), (303, 1), "pressed twice");

        house.answer_by_withdrawing(&letter).await;
        assert_eq!(house.state(&letter.id).await, NoticeState::Withdrawn);
        for answer in [house.press(&letter, "recheck").await, house.object(&letter, WHY, None).await] {
            assert_eq!(answer.status, 409);
            let says = answer.text(".wrong");
            assert!(says.contains("通知已经结束") || says.contains("通知已经办结"), "{says}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_in_pieces_is_no_form() {
    told(async |house| {
        let letter = letter(&house).await;
        let path = format!("/n/{}/object", letter.token);
        let plain = house.post(&path, "application/x-www-form-urlencoded", b"text=abc".to_vec()).await;
        assert_eq!((plain.status, plain.text("h1").as_str()), (400, "提交的内容不完整"));
        let half = house.post(&path, crate::house::FORM, b"------yunxi\r\nContent-Dispo".to_vec()).await;
        assert_eq!(half.status, 400);
        let wrong = house.post(&format!("/n/{}/extend", letter.token), "text/plain", b"until".to_vec()).await;
        assert_eq!(wrong.status, 400);
    })
    .await;
}

impl House {
    async fn answer_by_withdrawing(&self, letter: &Letter) {
        let (db, desk) = (&self.world.test.db, &self.app.desk);
        let actor = crate::house::officer();
        badgewatch::flow::notices::withdraw(db, desk, &actor, &letter.id, "有误", self.now()).await.unwrap();
    }
}
