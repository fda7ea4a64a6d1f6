"""Zips that are the same bytes wherever and whenever they are made.

Python's own module compresses with whichever zlib the machine has, and those differ; libdeflate, in one version, does not.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import deflate

# APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12, 4.3.16. 2.0 is what deflate needs; 3 means that the attributes are Unix'.
VERSION = 20
UNIX = 3
DEFLATE = 8
STRONGEST = 12
# 1 January 1980, midnight, the first that the format can tell.
LONG_AGO = (0, 0x21)


def write_zip(path: Path, members: dict[str, tuple[bytes, int]]) -> None:
    """`members`: contents and Unix mode by name."""
    body, directory = b"", b""
    for name, (content, mode) in sorted(members.items()):
        packed = deflate.deflate_compress(content, STRONGEST)
        sizes = (zlib.crc32(content), len(packed), len(content), len(name.encode()), 0)
        common = struct.pack("<4H3L2H", 0, DEFLATE, *LONG_AGO, *sizes)
        attributes = (0o100000 | mode) << 16
        directory += struct.pack("<LBBH", 0x02014B50, VERSION, UNIX, VERSION) + common
        directory += struct.pack("<3H2L", 0, 0, 0, attributes, len(body)) + name.encode()
        body += struct.pack("<LH", 0x04034B50, VERSION) + common + name.encode() + bytes(packed)
    end = struct.pack("<L4H2LH", 0x06054B50, 0, 0, len(members), len(members), len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
