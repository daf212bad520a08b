//! People who log in at the console: passwords, second devices, the sessions they open, and who manages their accounts.

mod common;
mod device;
mod log_in;
pub mod manage;
mod names;
mod password;
mod session;
mod views;

pub use device::{DeviceError, Draft, draft, enrol, prove, reset_device};
pub use log_in::{FIRST_DAYS, LogInError, log_in};
pub use names::on_record;
pub use password::{
    ChangeError, LONGEST_PASSWORD, PasswordRefusal, SHORTEST_PASSWORD, change_password, first_password, set_password,
};
pub use session::{IDLE, LONGEST, Opened, end_others, enter, log_out, mine};
pub use views::{VIEWS, viewed};
