/** As many at once as keep the decoder's threads busy; more would only hold more memory. */
const AT_ONCE = 8

/** Calls `use` for all items, a few at a time. */
export async function severalAtOnce<T>(
  items: readonly T[],
  use: (item: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const i = next++
      await use(items[i]!, i)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
