//! Regions by their codes (GB/T 2260): province, prefecture, county in two digits each.

/// Is the region within an area? `140000` holds `140200`, which holds `140214`; `000000` is the whole country.
pub fn is_within(code: &str, area: &str) -> bool {
    let level = area.trim_end_matches('0').len().div_ceil(2) * 2;
    code.len() == 6 && area.len() == 6 && code.get(..level) == area.get(..level)
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_code_is_within_those_above_it() {
        assert!(is_within("140214", "140000") && is_within("140214", "140200") && is_within("140214", "000000"));
        assert!(!is_within("140214", "140300") && !is_within("140200", "140214"));
        assert!(is_within("110101", "110101") && !is_within("11", "110000"));
        assert!(!is_within("150214", "140000") && is_within("201000", "200000"));
    }
}
