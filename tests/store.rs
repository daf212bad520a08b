//! The contract of every store function, held by both engines alike.

mod support;

#[path = "store/accounts.rs"]
mod accounts;
#[path = "store/calendar.rs"]
mod calendar;
#[path = "store/cases.rs"]
mod cases;
#[path = "store/certificates.rs"]
mod certificates;
#[path = "store/circulars.rs"]
mod circulars;
#[path = "store/contacts.rs"]
mod contacts;
#[path = "store/desk.rs"]
mod desk;
#[path = "store/evidence.rs"]
mod evidence;
#[path = "store/figures.rs"]
mod figures;
#[path = "store/findings.rs"]
mod findings;
#[path = "store/groups.rs"]
mod groups;
#[path = "store/jobs.rs"]
mod jobs;
#[path = "store/leads.rs"]
mod leads;
#[path = "store/listed.rs"]
mod listed;
#[path = "store/looks.rs"]
mod looks;
#[path = "store/notices.rs"]
mod notices;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/pages.rs"]
mod pages;
#[path = "store/people.rs"]
mod people;
#[path = "store/plan.rs"]
mod plan;
#[path = "store/previews.rs"]
mod previews;
#[path = "store/site_rows.rs"]
mod site_rows;
#[path = "store/sites.rs"]
mod sites;
#[path = "store/stage.rs"]
mod stage;
#[path = "store/vitals.rs"]
mod vitals;
