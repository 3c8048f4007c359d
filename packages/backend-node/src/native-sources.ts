import { fileURLToPath } from 'node:url'

/** The folder of kshot's C++ sources. Beside `src` and `dist`, so this file is in neither's subfolders. */
export function nativeSources(): string {
  return fileURLToPath(new URL('../native/', import.meta.url))
}
