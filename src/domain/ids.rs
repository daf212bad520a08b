//! The two identifiers of a badge: the badge code (`CA…`) and the certificate id (32 hex digits).
//!
//! They have no arithmetic relation: which code belongs to which id is registry data.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A well-formed badge code (标识代码): `CA` + province (2) + prefecture (3) + county (4) +
/// account of the unit (8) + serial (4).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BadgeCode(String);

/// Why a text is not a badge code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("a badge code starts with CA")]
    Prefix,
    #[error("a badge code has 21 digits after CA")]
    Length,
    #[error("a badge code has only digits after CA")]
    Digits,
    #[error("the first two digits name no province of the registry's own order (01 to 33)")]
    Province,
}

impl BadgeCode {
    /// Reads a code. Lower case is folded (saving tools and old servers change case), blanks around are dropped.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let (Some(prefix), Some(digits)) = (text.get(..2), text.get(2..)) else {
            return Err(CodeError::Prefix);
        };
        if !prefix.eq_ignore_ascii_case("CA") {
            return Err(CodeError::Prefix);
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CodeError::Digits);
        }
        if digits.len() != 21 {
            return Err(CodeError::Length);
        }
        let code = Self(format!("CA{digits}"));
        if code.province().is_none() {
            return Err(CodeError::Province);
        }
        Ok(code)
    }

    /// The code as printed on the badge.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder the issued script lies in, `RR/CCC/DDDD/UUUUUUUU`: it repeats the first four segments of the code.
    pub fn path(&self) -> String {
        let d = &self.0[2..];
        [&d[..2], &d[2..5], &d[5..9], &d[9..17]].join("/")
    }

    /// The province by the registry's own order, which is *not* that of GB/T 2260.
    pub fn province(&self) -> Option<&'static str> {
        let number: usize = self.0[2..4].parse().ok()?;
        PROVINCES.get(number.checked_sub(1)?).copied()
    }
}

impl fmt::Display for BadgeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BadgeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BadgeCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BadgeCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The registry's own order of provinces, `01` first.
pub const PROVINCES: [&str; 33] = [
    "北京",
    "上海",
    "天津",
    "重庆",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "兵团",
    "中央和国家机关",
];

/// A well-formed certificate id: 32 hexadecimal digits, kept in upper case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateId(String);

impl CertificateId {
    /// Reads an id; `None` where the text is not exactly 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_ascii_uppercase()))
    }

    /// The id as it stands in the certificate's address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CertificateId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CertificateId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a certificate id has exactly 32 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_repeats_itself_in_its_path() {
        let code = BadgeCode::parse("CA182050000412345670001").unwrap();
        assert_eq!(code.path(), "18/205/0000/41234567");
        assert_eq!(code.province(), Some("湖北"));
    }

    #[test]
    fn every_way_to_be_no_code_is_told_apart() {
        assert_eq!(BadgeCode::parse("CB182050000412345670001"), Err(CodeError::Prefix));
        assert_eq!(BadgeCode::parse(""), Err(CodeError::Prefix));
        assert_eq!(BadgeCode::parse("标识CA"), Err(CodeError::Prefix));
        assert_eq!(BadgeCode::parse("CA18205000041234567000"), Err(CodeError::Length));
        assert_eq!(BadgeCode::parse("CA18205000041234567000O"), Err(CodeError::Digits));
        assert_eq!(BadgeCode::parse("CA342050000412345670001"), Err(CodeError::Province));
        assert_eq!(BadgeCode::parse("CA002050000412345670001"), Err(CodeError::Province));
    }

    #[test]
    fn case_is_folded() {
        assert_eq!(BadgeCode::parse("ca182050000412345670001").unwrap().as_str(), "CA182050000412345670001");
        let id = CertificateId::parse("0a5537536ec43d83e053022819acdda0").unwrap();
        assert_eq!(id.as_str(), "0A5537536EC43D83E053022819ACDDA0");
        assert_eq!(CertificateId::parse("4104000031"), None, "a site identification code is not a certificate id");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = BadgeCode::parse(&text);
            let _ = CertificateId::parse(&text);
        }

        #[test]
        fn every_code_of_the_grammar_is_read(n in 1usize..=33, rest in "[0-9]{19}") {
            let text = format!("CA{n:02}{rest}");
            let code = BadgeCode::parse(&text).unwrap();
            prop_assert_eq!(code.as_str(), text.as_str());
            prop_assert_eq!(code.path().replace('/', ""), &text[2..19]);
        }
    }
}
