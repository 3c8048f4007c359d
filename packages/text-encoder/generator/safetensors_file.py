"""Writes safetensors with the checksum that kshot's checkpoints have."""
import json
import struct
import zlib

import numpy as np

TYPES = {"float32": "F32", "float16": "F16", "int8": "I8"}


def write(path: str, tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """The same tensors give the same bytes. The widest come first, so that each is aligned."""
    order = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    header: dict[str, object] = {"__metadata__": {"kshot.crc32": "00000000", **metadata}}
    end = 0
    for name in order:
        begin, end = end, end + tensors[name].nbytes
        shape = list(tensors[name].shape)
        entry = {"dtype": TYPES[str(tensors[name].dtype)], "shape": shape, "data_offsets": [begin, end]}
        header[name] = entry
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(np.ascontiguousarray(tensors[name]).tobytes() for name in order)
    file = struct.pack("<Q", len(text)) + text + data
    mark = b'"kshot.crc32":"'
    at = file.index(mark) + len(mark)
    digits = f"{zlib.crc32(file):08x}".encode()
    with open(path, "wb") as out:
        out.write(file[:at] + digits + file[at + 8 :])
