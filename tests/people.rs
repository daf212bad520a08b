//! People at the console's door: who is let in, for how long, and to what; and who lets them in.

mod support;

#[path = "people/browser.rs"]
mod browser;
#[path = "people/device.rs"]
mod device;
#[path = "people/door.rs"]
mod door;
#[path = "people/password.rs"]
mod password;
#[path = "people/settings.rs"]
mod settings;
#[path = "people/views.rs"]
mod views;
