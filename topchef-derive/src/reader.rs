//! Who reads what a derive writes.
//!
//! It does not know what is written for whom.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::LazyLock;
use std::{env, io};

/// An editor reads an expansion for its words, a compiler for its code.
///
/// An editor finds what a word in an attribute names where generated code uses the word as that, and it also finds
/// every other place where the word stands only so that an error can point at it. A compiler would compile what is
/// there for editors, to no end. So each is given what it reads, and nothing besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    Compiler,
    Editor,
}

impl Reader {
    /// Who reads what this process writes; asked once, because a process stays the program that it is.
    pub(crate) fn of_this_process() -> Self {
        static READER: LazyLock<Reader> = LazyLock::new(|| Reader::of(env::current_exe()));
        *READER
    }

    /// The program in which rust-analyzer runs macros is called `rust-analyzer-proc-macro-srv`, or by its own name.
    ///
    /// One without a name compiles: a compiler needs the code, and an editor can do without the words.
    fn of(program: io::Result<impl AsRef<Path>>) -> Self {
        let is_analyzer = |program: &Path| {
            let name = program.file_stem().and_then(OsStr::to_str);
            name.is_some_and(|name| name.starts_with("rust-analyzer"))
        };
        match program {
            Ok(program) if is_analyzer(program.as_ref()) => Self::Editor,
            _ => Self::Compiler,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::Reader;

    #[test]
    fn rust_analyzer_is_an_editor() {
        for program in [
            "/toolchain/libexec/rust-analyzer-proc-macro-srv",
            "rust-analyzer-proc-macro-srv.exe",
            "/bin/rust-analyzer",
        ] {
            assert_eq!(Reader::of(Ok(program)), Reader::Editor, "{program}");
        }
    }

    #[test]
    fn all_else_is_a_compiler() {
        for program in [
            "/toolchain/bin/rustc",
            "/rust-analyzer/bin/rustc",
            "clippy-driver",
            "",
        ] {
            assert_eq!(Reader::of(Ok(program)), Reader::Compiler, "{program}");
        }
        let nameless = Err::<&str, _>(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(Reader::of(nameless), Reader::Compiler);
        assert_eq!(Reader::of_this_process(), Reader::Compiler);
    }
}
