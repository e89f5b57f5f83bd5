"""Compile time of structs that derive `FromSecrets`, compared with serde's `Deserialize`."""

import statistics
import time

from measure.cargo import cargo
from measure.paths import HOME, ROOT

COUNTS = (1, 50, 500)
RUNS = 3
FIELDS = "    pub host: String,\n    pub port: u16,\n    pub user: String,\n    pub password: Option<String>,\n    pub ratio: f64,\n"
LOADED = "pub async fn load{i}() -> Result<Config{i}, from_secrets::Error> {{ Config{i}::load().await }}\n"
PARSED = "pub fn load{i}(text: &str) -> Result<Config{i}, serde_json::Error> {{ serde_json::from_str(text) }}\n"
LIBRARY = f'from-secrets = {{ path = "{ROOT}/secrets-core", default-features = false, features = ["derive"] }}\n'
SERDE = 'serde = { version = "1", features = ["derive"] }\nserde_json = "1"\n'
DERIVES = {
    "ours": ("use from_secrets::FromSecrets;\n", "FromSecrets", LOADED, LIBRARY),
    "serde": ("", "serde::Deserialize", PARSED, SERDE),
}


def measure(_keep):
    rows = []
    for count in COUNTS:
        packages = {name: package(name, count) for name in DERIVES}
        for command in ("check", "build"):
            rows.append({"structs": count, "command": command, **compile_both(packages, command)})
    return rows


def package(name, count):
    """Returns structs with five fields, each loaded in a function."""
    uses, derive, function, dependencies = DERIVES[name]
    folder = HOME / "derive" / f"{name}-{count}"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "{name}-{count}"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n{dependencies}'
    )
    structs = (f"#[derive({derive})]\npub struct Config{i} {{\n{FIELDS}}}\n{function.format(i=i)}" for i in range(count))
    (folder / "src/lib.rs").write_text(uses + "".join(structs))
    return folder


def compile_both(packages, command):
    """Returns the medians of wall time of alternating builds."""
    figures = {name: [] for name in packages}
    for turn in range(RUNS + 1):
        for name, folder in packages.items():
            (folder / "src/lib.rs").touch()
            began = time.monotonic()
            cargo(command, folder=folder, target=HOME / "derive" / "target")
            # The first round compiles the dependencies.
            if turn > 0:
                figures[name].append(time.monotonic() - began)
    return {name: statistics.median(seconds) for name, seconds in figures.items()}
