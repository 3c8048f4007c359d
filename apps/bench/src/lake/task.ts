/** Lake's one-shot task: 20 characters of one alphabet, one drawer to learn from, another to classify. */
export const lakeTask = { ways: 20, shots: 1, within: 'group', drawers: 'shared' } as const

/** One drawing of each character to classify, 20 runs: 400 trials. */
export const lakeTest = { ...lakeTask, queries: 1, episodes: 20 } as const
