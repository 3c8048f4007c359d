import { fileURLToPath } from 'node:url'

/** The reference values in this package: PyTorch in float64, written by `data/make.py`. */
export const referenceFile = fileURLToPath(new URL('../data/reference-0.json', import.meta.url))
