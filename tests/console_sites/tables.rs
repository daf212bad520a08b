//! The list as a table for a spreadsheet: what the pages show, and nothing that runs.

use std::io::Cursor;

use badgewatch::domain::account::AccountRole;
use calamine::{Reader, Xlsx};

use crate::county::{chen, told};

#[tokio::test]
async fn a_table_holds_what_the_filter_shows_in_its_order() {
    told(async |house| {
        let chen = chen(&house).await;
        let answer = chen.get("/console/sites.csv?sort=domain").await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert!(answer.header("content-disposition").contains("sites-140214-2026-11-26.csv"));
        let rows: Vec<&str> = answer.body.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(rows.len(), 4, "{}", answer.body);
        assert!(rows[0].starts_with("网站名称,开办主体,主体类型"));
        assert!(rows[1].contains("云溪.政务,2026-01-01") && rows[1].contains("不通过,未挂标"), "{}", rows[1]);
        assert!(rows[3].starts_with("'=第2局网站,"), "a spreadsheet runs nothing");
        let filtered = chen.get("/console/sites.csv?verdict=undetermined").await.body;
        assert!(filtered.lines().count() == 2 && filtered.contains("遇到反爬验证"));
    })
    .await;
}

#[tokio::test]
async fn an_xlsx_holds_the_same() {
    told(async |house| {
        let nation = house.person("wang", AccountRole::Viewer, "000000").await;
        let request =
            nation.client().get(nation.url("/console/sites.xlsx?sort=domain")).header("cookie", nation.cookie());
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.height(), 6);
        assert_eq!(sheet.get((3, 0)).unwrap().to_string(), "=第2局网站", "as a text");
        assert_eq!(sheet.get((1, 9)).unwrap().to_string(), "CA182050000410000000001");
        assert!(book.worksheet_formula("Sheet1").unwrap().is_empty());
    })
    .await;
}
