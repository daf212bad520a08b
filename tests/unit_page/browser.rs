//! The page in a browser that runs no scripts.
