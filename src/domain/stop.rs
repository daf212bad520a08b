//! Names that our own decisions keep stopped (art. 11, 20), and the sites that are dark with them.
//!
//! A unit whose site is dark can show nothing mended. It is not reminded, and no limit of its runs out, as long as the stop
//! is in force; afterwards the days of the stop are not counted. The notice stays open meanwhile: the unit may object to it,
//! and an officer may close or withdraw it.

use chrono::NaiveDate;

use super::host::Host;

/// Names stopped by one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub site_id: String,
    pub names: Vec<Host>,
    pub from: NaiveDate,
    /// The day it was lifted; none: it is in force.
    pub until: Option<NaiveDate>,
}

impl Stop {
    /// Does a host lie on the names, or below one?
    pub fn covers(&self, host: &Host) -> bool {
        self.names.iter().any(|name| host.is_within(name))
    }

    fn covers_all(&self, names: &[&Host]) -> bool {
        !names.is_empty() && names.iter().all(|name| self.covers(name))
    }
}

/// Is every registered name of a site stopped? With one left, it can still be seen to be mended.
pub fn is_dark(names: &[&Host], stops: &[Stop]) -> bool {
    let is_stopped = |name: &&Host| stops.iter().any(|stop| stop.until.is_none() && stop.covers(name));
    !names.is_empty() && names.iter().all(is_stopped)
}

/// First and last days on which a stop, lifted since, had put all of a site in the dark.
pub fn dark_days(names: &[&Host], stops: &[Stop]) -> Vec<(NaiveDate, NaiveDate)> {
    let lifted = stops.iter().filter(|stop| stop.covers_all(names));
    lifted.filter_map(|stop| Some((stop.from, stop.until?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    #[test]
    fn a_site_is_dark_when_none_of_its_names_is_left() {
        let (from, until) = ("2026-11-27".parse().unwrap(), "2026-12-17".parse().unwrap());
        let stop = |name: &str, until| Stop { site_id: "s".into(), names: vec![host(name)], from, until };
        let (own, other) = (host("edu.yunxi.gov.cn"), host("edu.qingling.gov.cn"));
        let stops = [stop("yunxi.gov.cn", None)];
        assert!(is_dark(&[&own], &stops), "below a name that is stopped");
        assert!(!is_dark(&[&own, &other], &stops) && !is_dark(&[], &stops));
        assert!(dark_days(&[&own], &stops).is_empty(), "it is not over");
        let lifted = [stop("yunxi.gov.cn", Some(until))];
        assert!(!is_dark(&[&own], &lifted));
        assert_eq!(dark_days(&[&own], &lifted), [(from, until)]);
        assert!(dark_days(&[&own, &other], &lifted).is_empty());
    }
}
