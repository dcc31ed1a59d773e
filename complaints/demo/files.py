"""Small real files to stand as evidence."""

import struct
import zlib
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

WIDTH, HEIGHT = 240, 160


def photo(rng: Random, name: str) -> SimpleUploadedFile:
    """A picture of a corridor: wall, floor and a door in chosen colours."""
    wall, floor, door = (
        bytes(rng.randrange(90, 240) for __ in range(3)) for __ in "wfd"
    )
    rows = []
    for y in range(HEIGHT):
        ground = floor if y > HEIGHT * 2 // 3 else wall
        row = bytearray(ground * WIDTH)
        if HEIGHT // 5 < y <= HEIGHT * 2 // 3:
            row[90 * 3 : 150 * 3] = door * 60
        rows.append(b"\0" + bytes(row))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + _chunk(b"IEND", b"")
    )
    return SimpleUploadedFile(name, content, "image/png")


def report(text: str, name: str) -> SimpleUploadedFile:
    """A PDF of one page with one line of plain text."""
    stream = f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    content = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    content += b"startxref\n%d\n%%%%EOF\n" % start
    return SimpleUploadedFile(name, content, "application/pdf")


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
