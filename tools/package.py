#!/usr/bin/env python3
"""Puts your permission document and the files that your settings name beside a released function. Compiles nothing.

  package.py --function cognito-authorizer-1.2.3-arm64.zip --permissions orders.json --settings orders.env

writes authorizer.zip, and authorizer.environment.json for `aws lambda ... --environment file://authorizer.environment.json`.
With --layer, the zip is a Lambda layer of your files alone, for a function that is deployed already.

Before it writes anything, the released function is started with these files and settings, and must be ready for requests.
If the tool `authz` is on the PATH, it first says what is wrong with them, or will surprise you; its errors end it.
It needs Python 3.9 or newer, and nothing else.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

# The settings that name a file of the package, and the option for each. docs/settings.md of the project has all settings.
FILES = {"PERMISSIONS_FILE": "permissions", "ISSUERS_FILE": "issuers", "JWKS_FILE": "jwks", "JWKS_CA_FILE": "ca"}
DEFAULTS = {"PERMISSIONS_FILE": "permissions.json"}
# Where Lambda puts what is in a layer.
LAYERS = "/opt"
# The function has 10 s for its start on Lambda (Lambda Developer Guide, "Lambda execution environment lifecycle").
START_SECONDS = 10
# The first moment that a zip can tell: the same files make the same zip at any time.
LONG_AGO = (1980, 1, 1, 0, 0, 0)

Settings = dict  # of strings by name


class Refused(Exception):
    """There is nothing to package; the message says why."""


def main() -> int:
    options = arguments()
    try:
        read(options.function)
        settings = read_settings(options.settings)
        files = files_to_package(settings, options)
        check(settings, files, options)
        package(options, settings, files)
    except Refused as refused:
        print(f"not packaged: {refused}", file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--function", required=True, type=Path, help="zip of the release")
    parser.add_argument("--permissions", type=Path, help="your permission document")
    parser.add_argument("--issuers", type=Path, help="your issuers, where there are several")
    parser.add_argument("--jwks", type=Path, help="key set to start from")
    parser.add_argument("--ca", type=Path, help="PEM roots to trust for the key endpoint")
    parser.add_argument("--settings", type=Path, help="the function's environment variables, NAME=value, one a line")
    parser.add_argument("--output", type=Path, default=Path("authorizer.zip"))
    parser.add_argument("--layer", action="store_true", help="make a layer of the files alone")
    parser.add_argument("--unchecked", action="store_true", help="do not start the function with the files first")
    return parser.parse_args()


def read_settings(path: Path | None) -> Settings:
    settings: Settings = {}
    for number, line in enumerate(read(path).decode().splitlines() if path else [], 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, separator, value = line.partition("=")
            if not separator or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name.strip()):
                raise Refused(f"{path}, line {number}: expected NAME=value")
            settings[name.strip()] = value.strip().strip("\"'")
    return settings


def files_to_package(settings: Settings, options: argparse.Namespace) -> dict[str, bytes]:
    """The files by their names in the package. A setting that was not given is added to `settings`."""
    files: dict[str, bytes] = {}
    for variable, option in FILES.items():
        given: Path | None = getattr(options, option)
        named = settings.get(variable) or (given and (DEFAULTS.get(variable) or given.name)) or DEFAULTS.get(variable)
        if not named:
            continue
        name = named.removeprefix(f"{LAYERS}/") if options.layer else named
        if name.startswith("/") or ".." in Path(name).parts:
            raise Refused(f"{variable} is {named}, which is not in the package: give a relative name, or make a --layer")
        beside = options.settings.parent if options.settings else Path()
        if name in files or name == "bootstrap":
            raise Refused(f"{variable} is {named}, as is another file of the package")
        files[name] = read(given or beside / name)
        settings[variable] = f"{LAYERS}/{name}" if options.layer else name
    return files


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def check(settings: Settings, files: dict[str, bytes], options: argparse.Namespace) -> None:
    """Starts the function of the release that this machine can run, with the files and settings."""
    if options.unchecked:
        print("not checked: document and settings may stop the function's start")
        return
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        binary = root / "bootstrap"
        with zipfile.ZipFile(runnable(options.function)) as archive:
            binary.write_bytes(archive.read("bootstrap"))
        binary.chmod(0o755)
        local = {name: value.removeprefix(f"{LAYERS}/") if name in FILES else value for name, value in settings.items()}
        lint(root, local)
        said, ready = start(binary, local)
    for line in filter(None, said.splitlines()):
        print(f"  {line}")
    if not ready:
        raise Refused("the function did not start with these files and settings")
    print("checked: the function starts with these files and settings")


def lint(root: Path, settings: Settings) -> None:
    """Lets `authz check` look at the document and the settings, if the tool is there."""
    if not (tool := shutil.which("authz")):
        return
    file = root / "settings.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    command = [tool, "check", "--settings", file.name, "--fail-on", "error"]
    if subprocess.run(command, cwd=root).returncode:
        raise Refused("`authz check` found errors; docs/permissions.md of the project says how to leave out what is meant")


def runnable(function: Path) -> Path:
    """The given zip, or the one beside it that is for this machine's processor."""
    own = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), platform.machine())
    beside = function.with_name(re.sub(r"(arm64|x86_64)(?=\.zip$)", own, function.name))
    if platform.system() != "Linux" or not beside.name.endswith(f"{own}.zip"):
        raise Refused(f"{function.name} cannot be started on this machine to check your files: say --unchecked")
    if not beside.exists():
        raise Refused(f"your files are checked with {beside.name}, which is not beside {function}: add it, or say --unchecked")
    return beside


def start(binary: Path, settings: Settings) -> tuple[str, bool]:
    """What the function said, and whether it came to ask for a request."""
    asked, ended = threading.Event(), threading.Event()

    class RuntimeApi(BaseHTTPRequestHandler):
        """Notes that the function asks for a request, and never gives it one."""

        def do_GET(self) -> None:
            asked.set()
            ended.wait()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), RuntimeApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "check",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_LEVEL": "WARN",
        "LAMBDA_TASK_ROOT": str(binary.parent),
    }
    process = subprocess.Popen(
        [str(binary)], cwd=binary.parent, env=settings | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    # It ends by itself if it refuses the files or the settings.

    def end() -> None:
        asked.wait(START_SECONDS)
        process.kill()

    threading.Thread(target=end, daemon=True).start()
    said = process.communicate()[0].decode(errors="backslashreplace")
    ended.set()
    server.shutdown()
    server.server_close()
    return said, asked.is_set()


def package(options: argparse.Namespace, settings: Settings, files: dict[str, bytes]) -> None:
    output: Path = options.output
    if options.layer:
        output.unlink(missing_ok=True)
    else:
        shutil.copyfile(options.function, output)
    # What is in the released zip is copied as it is.
    with zipfile.ZipFile(output, "a", zipfile.ZIP_STORED) as archive:
        if taken := set(archive.namelist()) & set(files):
            raise Refused(f"{options.function} has {', '.join(sorted(taken))} already: it is no zip of a release")
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, content)
    environment = output.with_suffix(".environment.json")
    environment.write_text(json.dumps({"Variables": settings}, indent=2) + "\n")
    digest = hashlib.sha256(output.read_bytes())
    print(f"{output}: {', '.join(sorted(files))}; its settings are in {environment}")
    print(f"sha256 {digest.hexdigest()}")
    # As `aws lambda get-function` tells it.
    print(f"CodeSha256 {base64.b64encode(digest.digest()).decode()}")


if __name__ == "__main__":
    sys.exit(main())
