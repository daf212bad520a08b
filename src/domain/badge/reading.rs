//! One reading: a trace of a badge in a page, and what became of it.

use serde::{Serialize, Serializer};

use crate::closed_set;
use crate::domain::ids::{BadgeCode, CertificateId};

closed_set! {
    /// The form in which a badge (or its trace) stands in the page.
    pub enum Form {
        EmbedCode = "embed_code", "the embed code as issued: an inline script that writes span and script";
        ScriptTag = "script_tag", "a plain <script src> of the issued script";
        Rendered = "rendered", "the rendered badge frozen into the page (#_ideConac or #imgConac)";
        CertificateLink = "certificate_link", "a link to the certificate, with an own picture or text";
        DataAttribute = "data_attribute", "a CMS element (.j-gov) whose data-setting holds the certificate id";
        WrittenLink = "written_link", "a certificate link written or inserted by a script";
        ScriptString = "script_string", "a badge address as a plain string of a script (component, bundle)";
        Image = "image", "a picture of a badge";
        Text = "text", "a code or address as attribute or visible text";
    }
}

closed_set! {
    /// Whether a visitor gets the badge to see.
    pub enum State {
        Shown = "shown", "the visitor sees it";
        Hidden = "hidden", "it stands in the page but is hidden";
        Blocked = "blocked", "the browser refuses or cannot run it";
        Broken = "broken", "shown or meant to be shown, but it does not work";
        NotHung = "not_hung", "a trace that never becomes a badge";
        Unknown = "unknown", "only a browser can tell";
    }
}

closed_set! {
    /// Why a reading's state is what it is.
    pub enum Why {
        InOrder = "in_order", "well formed and visible";
        HiddenInline = "hidden_inline", "inline display:none, hidden or zero size on it or around it";
        HiddenByStyle = "hidden_by_style", "a rule of the page's own style sheet may hide it";
        MixedContent = "mixed_content", "the http script as issued stands on an https page: browsers block it";
        ContentPolicy = "content_policy", "an enforced Content-Security-Policy forbids it";
        InertScript = "inert_script", "async, deferred or injected, and no #_ideConac stands to be filled";
        InjectedScript = "injected_script", "a script injects it; whether a #_ideConac stands then cannot be told";
        UncalledFunction = "uncalled_function", "written by a function that no script of the page is seen to call";
        MalformedCode = "malformed_code", "code or id is not well formed";
        PathMismatch = "path_mismatch", "the script's folder and file name disagree";
        ErrorImage = "error_image", "it shows the registry's error image";
        DeadLink = "dead_link", "the badge leads nowhere (#, javascript:, empty)";
        GenericLink = "generic_link", "it leads to the registry's portal, not to a certificate";
        LookAlikeHost = "look_alike_host", "it leads to a host that is not the registry's";
        CommentedOut = "commented_out", "inside an HTML comment";
        ScriptComment = "script_comment", "inside a comment of a script";
        InertElement = "inert_element", "inside template, textarea, noscript or a script that is data";
        NoLink = "no_link", "a picture without a certificate link is no badge";
        MentionOnly = "mention_only", "an attribute or visible text, not a badge";
        IndirectLink = "indirect_link", "a script or a forwarder of the site leads to the certificate, if it works";
        MirroredCopy = "mirrored_copy", "a copy that a saving tool rewrote";
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

/// A trace of a badge as it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    pub form: Form,
    /// The code, where a well-formed one stands there.
    #[serde(serialize_with = "code_text")]
    pub code: Option<BadgeCode>,
    #[serde(serialize_with = "id_text")]
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

fn code_text<S: Serializer>(code: &Option<BadgeCode>, serializer: S) -> Result<S::Ok, S::Error> {
    code.as_ref().map(BadgeCode::as_str).serialize(serializer)
}

fn id_text<S: Serializer>(id: &Option<CertificateId>, serializer: S) -> Result<S::Ok, S::Error> {
    id.as_ref().map(CertificateId::as_str).serialize(serializer)
}
