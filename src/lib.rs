//! badgewatch: is the badge (网站标识) there, at the bottom, valid, and the site's own?
//!
//! The guided tour, from the bottom: [`domain`] holds every rule and touches nothing outside itself; [`store`] holds all
//! SQL, [`probe`] all talk with watched sites, [`mail`] how letters look and go; [`flow`] puts them together, use-case by
//! use-case; [`jobs`] and [`web`] are what calls a use-case, the clock or a visitor; [`app`] builds everything once;
//! [`cli`] is what an operator types. [`demo`] is a county to look at without a network.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod flow;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod probe;
pub mod shared;
pub mod store;
pub mod telemetry;
pub mod web;
