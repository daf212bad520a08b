//! The names that a page's own style sheet may hide. Media queries are not weighed: any rule makes it doubtful.

/// Classes (`.x`) and ids (`#x`) that end a selector whose declarations hide.
pub fn hidden_names(sheet: &str) -> Vec<String> {
    let words = [&b"none"[..], b"NONE", b"None", b"isibility", b"ISIBILITY"];
    if !words.iter().any(|word| memchr::memmem::find(sheet.as_bytes(), word).is_some()) {
        return Vec::new();
    }
    let mut names = Vec::new();
    let mut rest = sheet;
    while let Some(open) = rest.find('{') {
        let selectors = &rest[..open];
        rest = &rest[open + 1..];
        let Some(end) = memchr::memchr2(b'{', b'}', rest.as_bytes()) else { break };
        if rest[end..].starts_with('{') {
            // The block of an at-rule: its rules follow, unless they are for paper.
            if is_for_print(selectors) {
                rest = after_block(rest);
            }
            continue;
        }
        if hides(&rest[..end]) {
            let selectors = selectors.rsplit(['}', ';', '/']).next().unwrap_or("");
            names.extend(selectors.split(',').filter_map(last_name));
        }
        rest = &rest[end + 1..];
    }
    names
}

fn is_for_print(prelude: &str) -> bool {
    let prelude = prelude.rsplit(['}', ';', '/']).next().unwrap_or("").to_ascii_lowercase();
    prelude.contains("@media") && prelude.contains("print") && !prelude.contains("screen") && !prelude.contains("all")
}

/// What follows the block that is open.
fn after_block(text: &str) -> &str {
    let mut depth = 1u32;
    for (at, mark) in text.match_indices(['{', '}']) {
        depth = if mark == "{" { depth + 1 } else { depth - 1 };
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// Whether declarations may say `none` or `hidden`: `false` is certain.
pub(super) fn may_hide(declarations: &str) -> bool {
    declarations.as_bytes().windows(3).any(|part| matches!(part, b"one" | b"ONE" | b"idd" | b"IDD"))
}

fn hides(declarations: &str) -> bool {
    // Most rules hide nothing: no need to look closer.
    if !may_hide(declarations) {
        return false;
    }
    declarations.split(';').any(|declaration| {
        let text: String = declaration.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.to_ascii_lowercase();
        let text = text.trim_end_matches("!important");
        text == "display:none" || text == "visibility:hidden"
    })
}

/// The class or id of a selector's last compound: the element the rule is about.
fn last_name(selector: &str) -> Option<String> {
    let last = selector.split_whitespace().next_back()?.rsplit(['>', '+', '~']).next()?;
    if last.contains("::") || last.ends_with(":before") || last.ends_with(":after") {
        return None;
    }
    let last = last.split(':').next()?;
    let at = last.rfind(['.', '#'])?;
    Some(last[at..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::hidden_names;

    #[test]
    fn the_hidden_elements_are_named() {
        let sheet = "/* x */ .a,.b > .c:hover{ color:red } .m .wap-badge , #foot.pc{Display : NONE !important}
            @media (max-width:640px){ .pho-none{display:none;} .x{visibility:hidden} } .y{overflow:hidden}";
        assert_eq!(hidden_names(sheet), [".wap-badge", ".pc", ".pho-none", ".x"]);
    }

    #[test]
    fn paper_and_pseudo_elements_hide_nothing() {
        let sheet = ".a:before,.b::after{display:none}
            @media print { .foot{display:none} @page{margin:0} } .c{display:none}";
        assert_eq!(hidden_names(sheet), [".c"]);
    }

    proptest::proptest! {
        #[test]
        fn any_sheet_is_read(sheet in "[.#a-c{},;:@ >\\n/*]{0,80}(display:none)?[{}]{0,5}") {
            hidden_names(&sheet);
        }
    }
}
