//! What is wrong with a file or a row, in the language of who reads it.

use crate::domain::registry::{Column, Refusal, RefusalReason, RegistryError, Warning, WarningKind};
use crate::store::previews::Refused;
use crate::web::tongue::Tongue;

use RefusalReason as R;

/// The header of a column, as files usually have it.
pub(super) fn column(t: Tongue, column: Column) -> &'static str {
    t.say(column.chinese()[0], column.name())
}

/// Row, column and reason of a refused row.
pub(super) fn refused(t: Tongue, refusal: &Refusal) -> [String; 3] {
    let field = refusal.column.map_or("", |of| column(t, of));
    [refusal.row.to_string(), field.to_owned(), t.say(chinese(refusal.reason), &refusal.sentence).to_owned()]
}

/// The same, of a row that an import refused.
pub(super) fn on_file(t: Tongue, row: &Refused) -> [String; 3] {
    let field = row.field.as_deref().and_then(Column::from_name).map_or("", |of| column(t, of));
    let reason = R::from_name(&row.reason).map(chinese).unwrap_or(&row.sentence);
    [row.row_number.to_string(), field.to_owned(), t.say(reason, &row.sentence).to_owned()]
}

const fn chinese(reason: RefusalReason) -> &'static str {
    match reason {
        R::TooLong => "该行过长，不像登记表的一行",
        R::Quotes => "该行的引号没有成对，无法分清单元格",
        R::Cells => "该行的单元格比表头多",
        R::Encoding => "该行有乱码：文件可能以其他编码保存，或内容已损坏",
        R::Value => "该列只能填规定的值",
        R::Domain => "该单元格不是一个域名",
        R::SharedSuffix => "这是任何人都可在其下注册的公共后缀，不属于任何网站",
        R::NoDomain => "中文域名和英文域名至少填一个",
        R::Address => "该单元格不是以分号分隔的 IPv4 或 IPv6 地址",
        R::Prefix => "该单元格不是本行域名下的目录，例如 /bureau/",
        R::Code => "该单元格不是标识代码",
        R::Certificate => "证书编号应为 32 位十六进制数字",
        R::Date => "该单元格不是日期，例如 2026-03-01",
        R::Spreadsheet => "单元格有错误值，或数字过长已丢失末位：请把该列设为文本格式后重填",
        R::Duplicate => "该网站在文件前面已出现过",
        R::Outside => "行政区划不在您的管辖范围内，或无法识别",
        R::Elsewhere => "该网站登记在您的管辖范围以外，如需划转请由上一级办理",
    }
}

/// A doubtful thing, and its rows.
pub(super) fn warning(t: Tongue, warning: &Warning) -> String {
    let rows = warning.rows.iter().map(u64::to_string).collect::<Vec<_>>();
    let what = warning.sentence.strip_suffix(warning.kind.help()).map(|what| what.trim_end_matches([':', ' ']));
    match (t, what) {
        (Tongue::Chinese, Some(what)) if !what.is_empty() => {
            format!("第 {} 行：“{what}”——{}", rows.join("、"), of_kind(warning.kind))
        }
        (Tongue::Chinese, _) => format!("第 {} 行：{}", rows.join("、"), of_kind(warning.kind)),
        (Tongue::English, _) => format!("Rows {}: {}", rows.join(", "), warning.sentence),
    }
}

const fn of_kind(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::UnknownColumn => "不认识的列，没有读取",
        WarningKind::UnknownRegion => "不能确定是哪个行政区划，按原文保留",
        WarningKind::UnitDiffers => "同一开办主体在各行的描述不一致，以先出现的为准",
        WarningKind::SharedName => "同一域名和目录登记给了多个网站，以先出现的为准",
        WarningKind::SharedCode => "同一标识代码登记给了多个网站，各网站域名均视为合法",
        WarningKind::SharedCertificate => "同一证书编号登记给了多个网站，各网站域名均视为合法",
    }
}

/// Why a whole file cannot be used.
pub(super) fn unusable(t: Tongue, error: &RegistryError) -> String {
    let columns = |all: &[Column]| all.iter().map(|column| column.chinese()[0]).collect::<Vec<_>>().join("、");
    let chinese = match error {
        RegistryError::TooLarge => "文件过大。".to_owned(),
        RegistryError::TooManyRows => "文件的行数过多。".to_owned(),
        RegistryError::Workbook(_) => "无法读取该工作簿，文件可能已损坏。请另存为 .xlsx 或 CSV 后重试。".to_owned(),
        RegistryError::OldWorkbook => "这是旧式工作簿（.xls）。请另存为 .xlsx 或 CSV 后重试。".to_owned(),
        RegistryError::Empty => "文件是空的，没有表头。".to_owned(),
        RegistryError::Header(reason) => format!("无法读取表头：{}。", self::chinese(*reason)),
        RegistryError::Quotes(row) => format!("从第 {row} 行起引号没有成对，无法分清各行。"),
        RegistryError::MissingColumns(missing) => format!("缺少以下列：{}。", columns(missing)),
        RegistryError::DuplicateColumn(twice) => format!("“{}”列出现了两次。", columns(&[*twice])),
    };
    match t {
        Tongue::Chinese => chinese,
        Tongue::English => format!("The file cannot be used: {error}."),
    }
}

pub(super) fn too_large(t: Tongue, most: usize) -> String {
    match t {
        Tongue::Chinese => {
            format!("文件超过 {most} MiB。更大的登记表请在服务器上用 badgewatch import 命令导入。")
        }
        Tongue::English => {
            format!("The file is larger than {most} MiB. Larger ones are imported on the server, by badgewatch import.")
        }
    }
}

/// Who did it, from how it stands on record.
pub(super) fn who(t: Tongue, by: &str) -> String {
    match by.split_once(':') {
        Some(("account", name)) => name.to_owned(),
        _ => t.say("服务器操作员", "operator of the server").to_owned(),
    }
}
