//! badgewatch: is the badge (网站标识) there, at the bottom, valid, and the site's own?
pub mod domain;
pub mod probe;
