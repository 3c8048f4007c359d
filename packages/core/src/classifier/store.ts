import { KshotError } from '../errors'

/** A place to keep bytes: an entry in IndexedDB, a file. */
export interface ByteStore {
  /** Replaces the contents atomically. */
  write(bytes: Uint8Array): Promise<void>
  /** @throws `store/nothing-there` */
  read(): Promise<Uint8Array>
}

const TABLE = 'bytes'

/**
 * An entry in the browser's IndexedDB, which outlives the page.
 * @throws `store/unavailable` from its methods, if there is no IndexedDB or the browser refuses;
 * `store/nothing-there`
 * @example
 * await classifier.save(indexedDb('tools'))
 * await classifier.load(indexedDb('tools'))
 */
export function indexedDb(name: string): ByteStore {
  return {
    write: (bytes) =>
      transaction('readwrite', (table) => table.put(bytes, name)).then(() => undefined),
    async read() {
      const found = await transaction('readonly', (table) => table.get(name))
      if (found instanceof Uint8Array) return found
      throw nothingThere(`'${name}' in IndexedDB`)
    },
  }
}

/** @internal */
export function nothingThere(where: string, cause?: unknown): KshotError {
  return new KshotError('store/nothing-there', {
    got: `nothing at ${where}`,
    expected: 'bytes that were saved there',
    remedy: 'Save first, or check the name',
    cause,
  })
}

async function transaction<T>(
  mode: IDBTransactionMode,
  act: (table: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const running = database.transaction(TABLE, mode)
      const request = act(running.objectStore(TABLE))
      // Written is what the transaction has finished, not what the request has begun.
      running.oncomplete = () => resolve(request.result)
      running.onabort = () => reject(unavailable(running.error))
    })
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  if (!globalThis.indexedDB) return Promise.reject(unavailable())
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('kshot', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(unavailable(request.error))
    request.onblocked = () => reject(unavailable())
  })
}

function unavailable(cause?: unknown): KshotError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new KshotError('store/unavailable', {
    got: `no usable IndexedDB${why}`,
    expected: 'a page or worker that may store data',
    remedy:
      'Leave private browsing, free some space, or keep the bytes of classifier.save() elsewhere',
    cause,
  })
}
