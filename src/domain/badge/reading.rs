//! One reading: a trace of a badge in a page, and what became of it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::closed_set;
use crate::domain::ids::{BadgeCode, CertificateId};

closed_set! {
    /// The form in which a badge (or its trace) stands in the page.
    pub enum Form {
        EmbedCode = "embed_code", "官方代码 · the embed code as issued: an inline script that writes span and script";
        ScriptTag = "script_tag", "脚本标签 · a plain <script src> of the issued script";
        Rendered = "rendered", "静态代码 · the rendered badge frozen into the page (#_ideConac or #imgConac)";
        CertificateLink = "certificate_link", "证书链接 · a link to the certificate, with an own picture or text";
        DataAttribute = "data_attribute", "CMS 数据属性 · a CMS element (.j-gov) whose data-setting holds the certificate id";
        WrittenLink = "written_link", "脚本写入的链接 · a certificate link written or inserted by a script";
        ScriptString = "script_string", "脚本中的地址 · a badge address as a plain string of a script (component, bundle)";
        Image = "image", "图片 · a picture of a badge";
        Text = "text", "文字 · a code or address as attribute or visible text";
    }
}

closed_set! {
    /// Whether a visitor gets the badge to see.
    pub enum State {
        Shown = "shown", "显示 · the visitor sees it";
        Hidden = "hidden", "被隐藏 · it stands in the page but is hidden";
        Blocked = "blocked", "无法显示 · the browser refuses or cannot run it";
        Broken = "broken", "有错误 · shown or meant to be shown, but it does not work";
        NotHung = "not_hung", "未挂出 · a trace that never becomes a badge";
        Unknown = "unknown", "待渲染确认 · only a browser can tell";
    }
}

closed_set! {
    /// Why a reading's state is what it is.
    pub enum Why {
        InOrder = "in_order", "正常 · well formed and visible";
        HiddenInline = "hidden_inline", "行内样式隐藏 · inline display:none, hidden or zero size on it or around it";
        HiddenByStyle = "hidden_by_style", "样式表可能隐藏 · a rule of the page's own style sheet may hide it";
        MixedContent = "mixed_content", "https 页面引用 http 脚本 · the http script as issued stands on an https page: browsers block it";
        ContentPolicy = "content_policy", "被内容安全策略禁止 · an enforced Content-Security-Policy forbids it";
        InertScript = "inert_script", "异步脚本且无占位元素 · async, deferred or injected, and no #_ideConac stands to be filled";
        InjectedScript = "injected_script", "由脚本动态插入 · a script injects it; whether a #_ideConac stands then cannot be told";
        UncalledFunction = "uncalled_function", "所在函数未见调用 · written by a function that no script of the page is seen to call";
        MalformedCode = "malformed_code", "代码格式错误 · code or id is not well formed";
        PathMismatch = "path_mismatch", "路径与代码不符 · the script's folder and file name disagree";
        ErrorImage = "error_image", "显示错误图标 · it shows the registry's error image";
        DeadLink = "dead_link", "链接无效 · the badge leads nowhere (#, javascript:, empty)";
        GenericLink = "generic_link", "链接到门户首页 · it leads to the registry's portal, not to a certificate";
        LookAlikeHost = "look_alike_host", "链接到仿冒域名 · it leads to a host that is not the registry's";
        CommentedOut = "commented_out", "在 HTML 注释中 · inside an HTML comment";
        ScriptComment = "script_comment", "在脚本注释中 · inside a comment of a script";
        InertElement = "inert_element", "在不显示的元素中 · inside template, textarea, noscript or a script that is data";
        NoLink = "no_link", "图片没有证书链接 · a picture without a certificate link is no badge";
        MentionOnly = "mention_only", "仅为文字 · an attribute or visible text, not a badge";
        IndirectLink = "indirect_link", "经脚本或跳转页打开 · a script or a forwarder of the site leads to the certificate, if it works";
        MirroredCopy = "mirrored_copy", "保存工具改写的副本 · a copy that a saving tool rewrote";
    }
}

/// Yes, no, or honestly unknown. In JSON `true`, `false` or `"unknown"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tri {
    Yes,
    No,
    #[default]
    Unknown,
}

impl Serialize for Tri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tri::Yes => serializer.serialize_bool(true),
            Tri::No => serializer.serialize_bool(false),
            Tri::Unknown => serializer.serialize_str("unknown"),
        }
    }
}

impl<'de> Deserialize<'de> for Tri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Told {
            Known(bool),
            Word(String),
        }
        match Told::deserialize(deserializer)? {
            Told::Known(true) => Ok(Tri::Yes),
            Told::Known(false) => Ok(Tri::No),
            Told::Word(word) if word == "unknown" => Ok(Tri::Unknown),
            Told::Word(word) => Err(de::Error::custom(format!("{word}: neither true, false nor unknown"))),
        }
    }
}

/// A trace of a badge as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub form: Form,
    /// The code, where a well-formed one stands there.
    pub code: Option<BadgeCode>,
    pub certificate_id: Option<CertificateId>,
    pub state: State,
    pub reason: Why,
    /// In the closing block, in the order of the visible text.
    pub at_bottom: Tri,
    /// As far as markup tells; never a fault.
    pub centred: Tri,
    /// The address or markup read, shortened: evidence.
    pub excerpt: String,
}

impl Reading {
    /// Does the reading claim to be a badge (rather than a trace of one)?
    pub fn is_hung(&self) -> bool {
        !matches!(self.state, State::NotHung | State::Unknown)
    }
}
