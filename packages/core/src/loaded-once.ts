/** Something that is loaded when it is first asked for, and again after it was disposed of. */
export interface LoadedOnce<T> {
  get(): Promise<T>
  dispose(): void
}

/** A failed load is forgotten, so that the next one tries again. */
export function loadedOnce<T>(load: () => Promise<T>, free: (loaded: T) => void): LoadedOnce<T> {
  let current: Promise<T> | undefined
  return {
    get() {
      const promise = current ?? load()
      current = promise
      promise.catch(() => {
        if (current === promise) current = undefined
      })
      return promise
    },
    dispose() {
      current?.then(free, () => {})
      current = undefined
    },
  }
}
