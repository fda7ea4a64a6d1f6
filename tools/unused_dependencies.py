"""Names every dependency of a Cargo.toml that no source file of the package mentions; fails if there is one."""

import json
import pathlib
import re
import subprocess
import sys

# Where each kind of dependency may be used; one without a kind is linked into the function.
FOLDERS = {None: ["src", "fuzz_targets"], "dev": ["src", "tests", "benches"], "build": ["."]}


def unused(package: dict) -> list[str]:
    root = pathlib.Path(package["manifest_path"]).parent
    # `#[path]` takes a file of another folder in.
    modules = [(file, path) for file in root.glob("src/*.rs") for path in re.findall(r'#\[path = "(.*)"\]', file.read_text())]
    shared = [(file.parent / path).parent for file, path in modules]
    missing = []
    for dependency in package["dependencies"]:
        name = (dependency["rename"] or dependency["name"]).replace("-", "_")
        folders = [root / folder for folder in FOLDERS[dependency["kind"]]] + shared
        sources = (path.read_text() for folder in folders for path in folder.rglob("*.rs"))
        if not any(re.search(rf"\b{name}\b", text) for text in sources):
            missing.append(f"{package['name']}: {dependency['name']}")
    return missing


def packages(manifest: str) -> list[dict]:
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version=1", f"--manifest-path={manifest}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["packages"]


if __name__ == "__main__":
    found = [name for manifest in sys.argv[1:] for package in packages(manifest) for name in unused(package)]
    sys.exit("unused dependencies: " + ", ".join(found) if found else 0)
