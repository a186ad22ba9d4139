//! Every file in `fail/` is refused with exactly the text beside it; every file in `pass/` builds and runs.

#[test]
fn what_is_wrong_is_said() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}

#[test]
fn what_is_right_builds_and_runs() {
    trybuild::TestCases::new().pass("tests/pass/*.rs");
}
