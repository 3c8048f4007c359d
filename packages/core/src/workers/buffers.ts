import type { Space } from './pack'

/** Shared memory that is used again: every meta-step needs the same sizes. */
export interface Buffers {
  readonly lease: Space
  /** What a call has leased, or was given by a thread; nobody may use it any more. */
  giveBack(buffer: SharedArrayBuffer): void
}

export function buffers(): Buffers {
  const free: SharedArrayBuffer[] = []
  const bySize = () => free.sort((a, b) => a.byteLength - b.byteLength)
  return {
    lease(bytes) {
      bySize()
      const fits = free.findIndex(({ byteLength }) => byteLength >= bytes)
      if (fits >= 0) return free.splice(fits, 1)[0]!
      // One that is too small makes room, so that there are never more than were in use at once.
      free.pop()
      return new SharedArrayBuffer(bytes)
    },
    giveBack: (buffer) => void free.push(buffer),
  }
}
