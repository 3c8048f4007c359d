const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  }
  return remainder
})

/** CRC-32 of bytes, as in gzip and PNG. */
export function crc32(bytes: Uint8Array): number {
  const end = bytes.reduce((crc, byte) => table[(crc ^ byte) & 255]! ^ (crc >>> 8), 0xffffffff)
  return (end ^ 0xffffffff) >>> 0
}
