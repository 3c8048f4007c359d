const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** `600 MiB` */
export function bytesName(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1)
  return `${Number((bytes / 2 ** (10 * unit)).toPrecision(3))} ${UNITS[unit]}`
}
