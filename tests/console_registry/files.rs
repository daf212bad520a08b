//! Registry files of two invented counties, and how they are sent.

use crate::support::console::{Answer, Person};

pub const HEAD: &str = "开办主体,主体类型,上级主管单位,地址,主要职能,行政区划,网站名称,中文域名,英文域名,IP地址,标识代码,证书编号,发放日期,\
                        发放机构,状态,域名到期日,联系人,联系邮箱,联系电话";

/// A row: the unit, the region's code, the English name, the mail address of the one to write to.
pub fn row(unit: &str, region: &str, name: &str, mail: &str) -> String {
    format!("云溪县{unit},党政机关,,政通路1号,,{region},云溪县{unit}网站,,{name},,,,,,有效,,王某,{mail},")
}

pub fn file(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

/// Sends a file as the form does.
pub async fn send(person: &Person, name: &str, content: &[u8]) -> Answer {
    let token = person.get("/console/registry").await.form_token();
    send_with(person, name, content, &token).await
}

pub async fn send_with(person: &Person, name: &str, content: &[u8], token: &str) -> Answer {
    let mut body = Vec::new();
    for (head, value) in
        [("name=\"form_token\"".to_owned(), token.as_bytes()), (format!("name=\"file\"; filename=\"{name}\""), content)]
    {
        body.extend_from_slice(format!("--limit\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limit--\r\n");
    let request = person.client().post(person.url("/console/registry/file"));
    let request =
        request.header("content-type", "multipart/form-data; boundary=limit").header("accept-language", "zh-CN");
    person.send(request.body(body)).await
}

/// Looks at a file that was sent, and takes it as it is shown.
pub async fn take(person: &Person, at: &str) -> Answer {
    let page = person.get(at).await;
    let plan = page.attr("input[name=plan]", "value").unwrap();
    let path = at.split('?').next().unwrap();
    let shrink = if at.contains("shrink=true") { "true" } else { "false" };
    person.submit(at, &format!("{path}/take"), &[("plan", &plan), ("shrink", shrink)]).await
}
