//! The crates that are built: one opponent's, with as many resources as are wanted.
//!
//! It does not know what comes out.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cost::{MEASURED, MEASURED_INTO};
use crate::{Cost, Failure};

/// A way to make an API.
pub(crate) struct Opponent {
    pub(crate) name: &'static str,
    dependencies: &'static str,
    main: &'static str,
    book: &'static str,
    /// Modules that are there once, however many resources there are.
    shared: &'static [(&'static str, &'static str)],
    /// Whether this workspace's versions are to be taken.
    is_locked: bool,
}

pub(crate) const OPPONENTS: [Opponent; 3] = [
    Opponent {
        name: "topchef",
        dependencies: include_str!("topchef/dependencies.toml"),
        main: include_str!("topchef/main.rs"),
        book: include_str!("topchef/book.rs"),
        shared: &[],
        is_locked: true,
    },
    Opponent {
        name: "handwritten",
        dependencies: include_str!("handwritten/dependencies.toml"),
        main: include_str!("handwritten/main.rs"),
        book: include_str!("handwritten/book.rs"),
        shared: &[("error.rs", include_str!("handwritten/error.rs"))],
        is_locked: true,
    },
    Opponent {
        name: "crudcrate",
        dependencies: include_str!("crudcrate/dependencies.toml"),
        main: include_str!("crudcrate/main.rs"),
        book: include_str!("crudcrate/book.rs"),
        shared: &[],
        is_locked: false,
    },
];

/// How a crate is built, with what Cargo itself does by that name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Check,
    Debug,
    Release,
}

impl Profile {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Debug, Self::Release];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Debug => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Check => "check",
            Self::Debug => "debug",
            Self::Release => "release",
        })
    }
}

/// One crate of an opponent.
pub(crate) struct Crate {
    pub(crate) opponent: &'static str,
    pub(crate) resources: usize,
    /// The workspace of the opponent's crates.
    workspace: PathBuf,
    package: String,
}

/// The folder of all workspaces, beside this program.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    let folder = program.parent().ok_or("the program is in no folder")?;
    let folder = folder.join("measured-crates");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Writes an opponent's crates, one for each number of resources.
pub(crate) fn write(
    folder: &Path,
    opponent: &Opponent,
    sizes: &[usize],
) -> Result<Vec<Crate>, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let workspace = folder.join(opponent.name);
    fs::create_dir_all(&workspace)?;
    let runtime = root.join("topchef-runtime");
    let runtime = runtime.to_str().ok_or("the path is no UTF-8")?;
    let dependencies = opponent.dependencies.replace("{topchef-runtime}", runtime);
    fs::write(
        workspace.join("Cargo.toml"),
        format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"{MEASURED}*\"]\n\n[workspace.dependencies]\n{dependencies}"
        ),
    )?;
    if opponent.is_locked {
        fs::copy(root.join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    }
    let names = dependencies
        .lines()
        .filter_map(|line| line.split_once(" ="));
    let inherited: String = names
        .map(|(name, _)| format!("{name}.workspace = true\n"))
        .collect();
    let mut crates = Vec::new();
    for &resources in sizes {
        let package = format!("{MEASURED}{}_{resources}", opponent.name);
        let source = workspace.join(&package).join("src");
        fs::create_dir_all(&source)?;
        fs::write(
            workspace.join(&package).join("Cargo.toml"),
            format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{inherited}"
            ),
        )?;
        fs::write(source.join("main.rs"), each_line(opponent.main, resources))?;
        for (name, text) in opponent.shared {
            fs::write(source.join(name), text)?;
        }
        for number in 1..=resources {
            let book = numbered(opponent.book, number);
            fs::write(source.join(format!("book{number}.rs")), book)?;
        }
        crates.push(Crate {
            opponent: opponent.name,
            resources,
            workspace: workspace.clone(),
            package,
        });
    }
    Ok(crates)
}

/// The program with the lines that name the resource once for each.
fn each_line(main: &str, resources: usize) -> String {
    let mut program = String::new();
    for line in main.lines() {
        if line.contains("book::") || line == "mod book;" {
            for number in 1..=resources {
                program.push_str(&numbered(line, number));
                program.push('\n');
            }
        } else {
            program.push_str(line);
            program.push('\n');
        }
    }
    program
}

/// The text with another name for the resource, its module and its table.
fn numbered(text: &str, number: usize) -> String {
    text.replace("book", &format!("book{number}"))
        .replace("Book", &format!("Book{number}"))
}

impl Crate {
    /// Builds the crate anew, and what it needs where that is not there.
    pub(crate) fn build(&self, profile: Profile) -> Result<Cost, Failure> {
        let noted = self.workspace.join("cost");
        // What is not measured anew must not be taken for it.
        if noted.exists() {
            fs::remove_file(&noted)?;
        }
        // The file system's clock may be coarse: a longer text says for sure that something has changed.
        let main = self.source().join("main.rs");
        let text = fs::read_to_string(&main)?;
        fs::write(&main, text + "//\n")?;
        let mut cargo = self.cargo(profile.arguments());
        cargo.env("RUSTC_WRAPPER", std::env::current_exe()?);
        cargo.env(MEASURED_INTO, &noted);
        run(cargo)?;
        Cost::read(&noted)
    }

    /// How many lines the functions have that the compiler hands to LLVM, for a release build.
    pub(crate) fn lines_of_llvm_ir(&self) -> Result<usize, Failure> {
        let text = self.workspace.join(format!("{}.ll", self.package));
        let mut cargo = self.cargo(&["rustc", "--release"]);
        cargo.args(["--", "-Cno-prepopulate-passes", "-Ccodegen-units=1"]);
        cargo.arg(format!("--emit=llvm-ir={}", text.display()));
        run(cargo)?;
        let mut lines = 0;
        let mut is_inside = false;
        for line in fs::read_to_string(&text)?.lines() {
            is_inside = is_inside || line.starts_with("define ");
            lines += usize::from(is_inside);
            is_inside = is_inside && line != "}";
        }
        fs::remove_file(&text)?;
        Ok(lines)
    }

    /// The size of the program of a release build.
    pub(crate) fn bytes(&self) -> Result<u64, Failure> {
        self.build(Profile::Release)?;
        let program = self.workspace.join("target/release").join(&self.package);
        Ok(fs::metadata(program)?.len())
    }

    fn source(&self) -> PathBuf {
        self.workspace.join(&self.package).join("src")
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .current_dir(&self.workspace)
            .args(arguments)
            .args(["--quiet", "--package", &self.package])
            .env("CARGO_TARGET_DIR", self.workspace.join("target"))
            .env("CARGO_INCREMENTAL", "0");
        cargo
    }
}

fn run(mut cargo: Command) -> Result<(), Failure> {
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(format!("{cargo:?} failed").into())
    }
}
