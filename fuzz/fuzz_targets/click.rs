#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| badgewatch_fuzz::click(data));
