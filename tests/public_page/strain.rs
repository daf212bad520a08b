//! Too many visitors, and a database that does not come.

use badgewatch::store::Tx;
use reqwest::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::house::{House, LONG, SLJ, many, noon, told};
use crate::support::db::{register, run, sqlite};

/// As many connections as a story's database has, all taken.
async fn all_connections(house: &House) -> Vec<Tx> {
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(house.test.db.read().await.unwrap());
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_held_up_certificates_are_shown_and_the_list_says_why_not() {
    told(async |house| {
        let held = all_connections(&house).await;
        for path in [&format!("/verify/{SLJ}") as &str, &format!("/verify/{LONG}"), "/search?q=云溪", "/"] {
            assert_eq!(house.get(path).await.status, 200, "{path}");
        }
        for path in ["/list", "/list.csv"] {
            let answer = house.get(path).await;
            assert_eq!((answer.status, answer.header("retry-after")), (503, "30"), "{path}");
            assert!(answer.text(".banner").contains("查询单个标识和搜索不受影响"));
        }
        drop(held);
        assert_eq!(house.get("/list").await.status, 200);
    })
    .await;
}

/// A search takes one of the runtime's threads for what waits for the disk; here there is one, and somebody has it.
#[test]
fn when_too_many_search_the_next_one_is_told_in_words() {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).max_blocking_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let house = House::open(sqlite().await, |_| {}).await;
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        let ask = || house.client.get(house.url("/search?q=云溪")).send();
        let mut asked = [Box::pin(ask()), Box::pin(ask()), Box::pin(ask())];
        let (first, ..) = futures_util::future::select_all(&mut asked).await;
        let first = first.unwrap();
        assert_eq!((first.status().as_u16(), &first.headers()["retry-after"]), (503, &"5".parse().unwrap()));
        let said = first.text().await.unwrap();
        assert!(
            said.contains("现在查询的人较多，请稍后再试") && said.contains("按完整的编号查询标识不受影响"),
            "{said}"
        );
        assert_eq!(house.get(&format!("/verify/{SLJ}")).await.status, 200, "it is as the page says");
        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        assert_eq!(house.get("/search?q=云溪").await.status, 200);
    });
}

async fn all_of(mut table: Response) -> (String, bool) {
    let mut bytes = Vec::new();
    loop {
        match table.chunk().await {
            Ok(Some(chunk)) => bytes.extend(chunk),
            ended => return (String::from_utf8(bytes).unwrap(), ended.is_ok()),
        }
    }
}

/// A day of issue that cannot be read stands for whatever breaks off behind the first five hundred rows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_breaks_midway_is_not_taken_for_whole() {
    let test = sqlite().await;
    let site = |n: u32| {
        [format!("单位{n}"), format!("站{n}"), format!("s{n}.gov.test"), format!("CA060140000000{n:05}0001"), {
            format!("2025-01-{:02}", n % 28 + 1)
        }]
    };
    register(&test.db, &many((0..700).map(site)), noon()).await;
    let house = House::empty(test, |_| {}).await;
    run(&house.test.db, "UPDATE sites SET hung_at = changed_at").await;
    let table = async || house.client.get(house.url("/list.csv")).send().await.unwrap();
    let (text, is_whole) = all_of(table().await).await;
    assert_eq!((text.lines().count(), is_whole), (701, true));

    run(&house.test.db, "UPDATE sites SET issued_on = '0000' WHERE en_domain = 's7.gov.test'").await;
    let broken = table().await;
    assert_eq!((broken.status().as_u16(), broken.content_length()), (200, None));
    let (text, is_whole) = all_of(broken).await;
    assert_eq!((text.lines().count(), is_whole), (501, false), "the client is told that it broke off");
}

/// A reader with a window of a few bytes, who stops reading: more lies before it than the system keeps on the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_a_table_keeps_it_from_nobody_else() {
    let test = sqlite().await;
    let site = |n: u32| {
        let site = format!("{}{n}", "云溪县青少年科学素养与传统文化教育研究实践基地".repeat(12));
        [site.clone(), site, format!("s{n}.gov.test"), format!("CA060140000000{n:05}0001"), "2025-01-02".to_owned()]
    };
    register(&test.db, &many((0..3_000).map(site)), noon()).await;
    let house = House::empty(test, |_| {}).await;
    run(&house.test.db, "UPDATE sites SET hung_at = changed_at").await;
    let mut idle = Vec::new();
    for _ in 0..2 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(1).unwrap();
        let mut stream = socket.connect(house.address).await.unwrap();
        stream.write_all(b"GET /list.csv HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
        idle.push(stream);
    }
    let table = house.get("/list.csv").await;
    assert_eq!((table.status, table.body.lines().count()), (200, 3_001));
}
