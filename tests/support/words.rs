//! The placeholders of the cases: short names for the long things that all pages share.

/// Whose badge a code or id is, as seen from a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Issued to the case's own site.
    Own,
    /// Issued to another unit.
    Other,
    /// Issued to another site of the same unit.
    Sibling,
    /// Well formed, but issued to nobody.
    Unknown,
}

/// The words of one case: everything is made from its name and number, so that no two cases share a badge or a name.
#[derive(Clone, Debug)]
pub struct Words {
    pub slug: String,
    pub number: usize,
}

const FILLER: &str = "<p>云溪市召开全市重点工作推进会，研究部署下一阶段任务。会议强调，要坚持问题导向，压实工作责任，确保各项任务落到实处。</p>
<p>近日，市有关部门深入基层开展调研，听取群众意见，现场协调解决道路养护、供水改造、便民服务等方面的困难。</p>
<p>下一步将继续优化办事流程，公开办理进度，接受社会监督，让群众少跑腿、好办事。</p>";

const NAV: &str = r##"<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="#news">工作动态</a></li><li><a href="#open">信息公开</a></li></ul></div>"##;

const CLOSING: &str = "<p>主办单位：{{UNIT}}　承办单位：{{UNIT}}办公室</p>
<p>版权所有：{{UNIT}}　云ICP备2024000123号-1</p>
<p>网站标识码：5399990001　地址：云溪市政通路1号</p>";

const EMBED: &str = r#"<script type="text/javascript">document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/{{OWN_PATH}}/{{OWN_CODE}}.js' type='text/javascript'%3E%3C/script%3E"));</script>"#;

const STATIC: &str = r#"<a href="http://bszs.conac.cn/sitename?method=show&amp;id={{OWN_ID}}" target="_blank"><img src="/images/dzjg.png" alt="党政机关"></a>"#;

const BODY: &str = "<body>\n{{NAV}}\n<h1>{{SITE_NAME}}</h1>\n{{FILLER}}";

const TOP: &str = "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{{SITE_NAME}}</title>\n</head>\n{{BODY}}";

impl Words {
    pub fn host(&self) -> String {
        format!("www.{}.gov.test", self.slug)
    }

    pub fn unit(&self, whose: Whose) -> String {
        match whose {
            Whose::Other => format!("云溪市第{}邻局", self.number),
            _ => format!("云溪市第{}局", self.number),
        }
    }

    pub fn code(&self, whose: Whose) -> String {
        let (account, serial) = match whose {
            Whose::Own => (41_000_000, 1),
            Whose::Sibling => (41_000_000, 2),
            Whose::Other => (42_000_000, 1),
            Whose::Unknown => (43_000_000, 1),
        };
        format!("CA182050000{:08}{serial:04}", account + self.number)
    }

    /// The folder of the issued script: the first four segments of the code.
    pub fn path(&self, whose: Whose) -> String {
        let code = self.code(whose);
        format!("{}/{}/{}/{}", &code[2..4], &code[4..7], &code[7..11], &code[11..19])
    }

    pub fn id(&self, whose: Whose) -> String {
        format!("0{}B54EBC0ADC{:04X}E053022819AC{:04X}", whose as u8 + 1, 0xA000 + self.number, 0xC000 + self.number)
    }

    /// Replaces every placeholder; `{{FILLER*N}}` stands for N fillers.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{{STATIC}}", STATIC).replace("{{EMBED}}", EMBED).replace("{{TOP}}", TOP);
        text = text.replace("{{BODY}}", BODY).replace("{{NAV}}", NAV).replace("{{FILLER}}", FILLER);
        text = text
            .replace("{{FOOT}}", "<div class=\"footer\">\n{{CLOSING}}")
            .replace("{{END}}", "</div>\n</body>\n</html>");
        text = repeat_filler(&text.replace("{{CLOSING}}", CLOSING));
        for (name, whose) in
            [("OWN", Whose::Own), ("OTHER", Whose::Other), ("SIBLING", Whose::Sibling), ("UNKNOWN", Whose::Unknown)]
        {
            text = text.replace(&format!("{{{{{name}_CODE}}}}"), &self.code(whose));
            text = text.replace(&format!("{{{{{name}_PATH}}}}"), &self.path(whose));
            text = text.replace(&format!("{{{{{name}_ID}}}}"), &self.id(whose));
        }
        text = text.replace("{{OWN_CODE_LOWER}}", &self.code(Whose::Own).to_ascii_lowercase());
        text = text.replace("{{UNIT}}", &self.unit(Whose::Own));
        text = text.replace("{{SITE_NAME}}", &format!("{}门户网站", self.unit(Whose::Own)));
        text.replace("{{HOST}}", &self.host())
            .replace("{{APEX}}", &format!("{}.gov.test", self.slug))
            .replace("{{SLUG}}", &self.slug)
    }
}

fn repeat_filler(text: &str) -> String {
    let Some((before, rest)) = text.split_once("{{FILLER*") else { return text.to_owned() };
    let (times, after) = rest.split_once("}}").expect("{{FILLER*N}} is closed");
    let times = times.parse().expect("{{FILLER*N}} has a number");
    format!("{before}{}{}", FILLER.repeat(times), repeat_filler(after))
}
