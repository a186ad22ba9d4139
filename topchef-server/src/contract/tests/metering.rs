//! Owns the test that nothing the validator does goes unseen by the meter.
//! Does not know limits.
