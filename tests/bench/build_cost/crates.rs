//! The crates that are built: one opponent's, with as many resources as are wanted.
//!
//! It does not know how they are built.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::cost::MEASURED;

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
    /// How often its crates are built for each profile, in turn with the others; the middle one counts.
    rounds: usize,
}

/// The most rounds that any has.
pub(crate) const MOST_ROUNDS: usize = 3;

pub(crate) const OPPONENTS: [Opponent; 3] = [
    Opponent {
        name: "topchef",
        dependencies: include_str!("topchef/dependencies.toml"),
        main: include_str!("topchef/main.rs"),
        book: include_str!("topchef/book.rs"),
        shared: &[],
        is_locked: true,
        rounds: MOST_ROUNDS,
    },
    Opponent {
        name: "handwritten",
        dependencies: include_str!("handwritten/dependencies.toml"),
        main: include_str!("handwritten/main.rs"),
        book: include_str!("handwritten/book.rs"),
        shared: &[("error.rs", include_str!("handwritten/error.rs"))],
        is_locked: true,
        rounds: MOST_ROUNDS,
    },
    Opponent {
        name: "crudcrate",
        dependencies: include_str!("crudcrate/dependencies.toml"),
        main: include_str!("crudcrate/main.rs"),
        book: include_str!("crudcrate/book.rs"),
        shared: &[],
        is_locked: false,
        // A release build of its 30 resources takes minutes.
        rounds: 1,
    },
];

/// One crate of an opponent.
pub(crate) struct Crate {
    pub(crate) opponent: &'static str,
    pub(crate) resources: usize,
    pub(crate) rounds: usize,
    /// The workspace of the opponent's crates.
    pub(crate) workspace: PathBuf,
    pub(crate) package: String,
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
    let inherited: Vec<_> = names
        .map(|(name, _)| format!("{name}.workspace = true"))
        .collect();
    let inherited = inherited.join("\n");
    let mut crates = Vec::new();
    for &resources in sizes {
        let package = format!("{MEASURED}{}_{resources}", opponent.name);
        let source = workspace.join(&package).join("src");
        fs::create_dir_all(&source)?;
        fs::write(
            workspace.join(&package).join("Cargo.toml"),
            format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{inherited}\n"
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
            rounds: opponent.rounds,
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
    pub(crate) fn source(&self) -> PathBuf {
        self.workspace.join(&self.package).join("src")
    }
}
