import type { WasmBackend } from '../kernels/native'

/** Memory that all programs of a backend use in turn, as large as the largest needs it. */
export interface Arena {
  /** Makes room, and says where: it may have moved since the last time. */
  ensure(bytes: number): number
  join(): void
  /** The last one to leave frees it. */
  leave(): void
}

const arenas = new WeakMap<WasmBackend, Arena>()

export function arenaOf(backend: WasmBackend): Arena {
  const known = arenas.get(backend) ?? newArena(backend.wasm)
  arenas.set(backend, known)
  return known
}

function newArena({ _malloc, _free }: WasmBackend['wasm']): Arena {
  let [address, size, programs] = [0, 0, 0]
  const free = () => {
    if (size > 0) _free(address)
    size = 0
  }
  return {
    ensure(bytes) {
      if (bytes > size) {
        free()
        // Above 2 GB malloc's result is a negative number.
        address = _malloc(bytes + 64) >>> 0
        size = bytes
      }
      return Math.ceil(address / 64) * 64
    },
    join: () => void programs++,
    leave() {
      if (--programs === 0) free()
    },
  }
}
