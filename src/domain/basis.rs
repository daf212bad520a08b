//! The legal basis of each finding: the articles a letter cites (domain rules §1 and §4).

use super::verdict::FindingCode;

/// The measures of 2014 (中央编办发〔2014〕69号) as a letter names them.
pub const MEASURES: &str = "《党政机关、事业单位和社会组织网上名称管理暂行办法》（中央编办发〔2014〕69号）";

/// The articles a finding stands on, in their order; none where no letter ever tells it.
pub const fn articles(code: FindingCode) -> &'static [u8] {
    use FindingCode as F;
    match code {
        F::NotHung => &[14, 15, 18],
        F::PartlyHung | F::Misplaced | F::Blocked => &[15, 18],
        F::Malformed | F::WrongLink | F::UnknownBadge => &[16, 18],
        F::ErrorState => &[18],
        F::ForeignBadge => &[16, 18],
        F::RevokedBadge => &[18, 20],
        F::DomainDead | F::Unreachable => &[18, 19],
        F::HangOverdue => &[14, 18],
        F::ReportOverdue => &[17, 19],
        F::BadgeElsewhere => &[19, 21],
        F::InfoMismatch => &[17],
        F::SuffixWrong => &[6],
        F::CannotLook | F::NameMismatch | F::AddressMismatch | F::DomainExpiring => &[],
    }
}

/// `第十五条、第十八条`.
pub fn cite(articles: &[u8]) -> String {
    articles.iter().map(|article| format!("第{}条", numeral(*article))).collect::<Vec<_>>().join("、")
}

/// A number below 100 in Chinese, as articles are counted.
fn numeral(number: u8) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (usize::from(number / 10 % 10), usize::from(number % 10));
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS[tens]),
    };
    format!("{tens}{}", DIGITS[ones])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_cited_as_the_law_counts_them() {
        assert_eq!(cite(articles(FindingCode::NotHung)), "第十四条、第十五条、第十八条");
        assert_eq!(cite(articles(FindingCode::RevokedBadge)), "第十八条、第二十条");
        assert_eq!(cite(articles(FindingCode::SuffixWrong)), "第六条");
        assert_eq!(cite(articles(FindingCode::BadgeElsewhere)), "第十九条、第二十一条");
        assert_eq!(cite(articles(FindingCode::CannotLook)), "");
    }
}
