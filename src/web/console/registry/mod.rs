//! The registry: what was imported, and a new file, which is looked at before it is taken.

pub(super) mod index;
pub(super) mod preview;
pub(super) mod take;
pub(super) mod upload;
mod words;

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::trouble::Trouble;
use crate::flow::import_registry::PreviewError;
use crate::web::tongue::Tongue;

impl From<PreviewError> for Trouble {
    fn from(error: PreviewError) -> Self {
        let why = match error {
            PreviewError::Store(error) => return error.into(),
            PreviewError::File(_) | PreviewError::Broken => return Self::Broken,
            PreviewError::NotFound => return Self::Missing,
            PreviewError::Gone => {
                "登记未改动。该文件已过保留时间，请重新上传。 · \
                 The registry is as it was. The time of the file is over: send it again."
            }
            PreviewError::Changed => {
                "登记未改动。自您预览之后，登记数据已有变化，预览的结果不再准确。请返回预览页，刷新核对后再导入。 · \
                 The registry is as it was. It has changed since you looked: go back, reload the preview and look again."
            }
            PreviewError::Waits => {
                "登记未改动。导入将移除的网站超过允许的比例，须先核对名单并确认。 · \
                 The registry is as it was. More sites would be dropped than is allowed unless you confirm it."
            }
        };
        Self::Refused(why.to_owned())
    }
}

/// Lines for a spreadsheet; UTF-8 is known to it by the mark before them.
fn table(t: Tongue, name: &str, lines: impl Iterator<Item = [String; 3]>) -> Response {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = [t.say("行号", "row"), t.say("列", "column"), t.say("原因", "reason")].map(str::to_owned);
    for line in std::iter::once(head).chain(lines) {
        if let Err(error) = writer.write_record(&line) {
            tracing::error!(%error, "a table cannot be written");
            return Trouble::Ours.into_response();
        }
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (headers, writer.into_inner().unwrap_or_default()).into_response()
}
