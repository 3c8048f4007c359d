/** What is encoded where time is taken, and the ids of its pieces. */
export const sentences = [
  ['where is my parcel', [199, 18, 69, 2348, 5488]],
  ['what is the balance of my checking account', [87, 18, 9, 2620, 14, 69, 656, 23, 826]],
  ['cancel my order please', [5233, 69, 641, 1416]],
  [
    'can you book me a table for four at an italian restaurant tonight',
    [42, 19, 717, 84, 11, 2100, 22, 671, 38, 58, 21, 90, 512, 2293, 5317],
  ],
  ['wake me up at six tomorrow', [4272, 84, 79, 38, 973, 4579]],
  ['how do i say good morning in french', [140, 64, 103, 196, 129, 1453, 15, 490, 53, 1675]],
  [
    'my card was declined at the grocery store and i do not know why, could you look into it',
    [69, 1305, 33, 6238, 38, 9, 7415, 1097, 12, 103, 64, 35, 123, 344, 8, 145, 19, 261, 144, 21],
  ],
  ['thank you', [2737, 19]],
]

/**
 * Milliseconds of an async function of sentences: a sentence, its time on the processor (which other programs do
 * not lengthen), a sentence in a batch of 20, and all until the first.
 */
export async function timed(load) {
  const began = performance.now()
  const encode = await load()
  await encode([sentences[0]])
  const loaded = performance.now() - began
  for (let i = 0; i < 5; i++) for (const sentence of sentences) await encode([sentence])
  const single = []
  const used = process.cpuUsage()
  for (let i = 0; i < 10; i++) {
    for (const sentence of sentences) single.push(await time(() => encode([sentence])))
  }
  const { user, system } = process.cpuUsage(used)
  const batch = [...sentences, ...sentences, ...sentences.slice(0, 4)]
  const many = []
  for (let i = 0; i < 10; i++) many.push((await time(() => encode(batch))) / batch.length)
  return {
    sentence: median(single),
    processor: (user + system) / 1000 / single.length,
    batch: median(many),
    load: loaded,
  }
}

async function time(run) {
  const began = performance.now()
  await run()
  return performance.now() - began
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1]
}
