// What a classifier is asked: draws of classes, examples, questions and strangers, the same for every head.
import { rng } from '@kshot/core'
import { episodes } from '@kshot/episodes'

/** Sentences of `ways` intents; strangers are out of scope. */
export function intentDraws({ data, outside, ways, shots, queries, strangers, seed = 'figures' }) {
  const tasks = episodes(data, { ways, shots, queries, seed })
  return (index) => {
    const { support, query } = tasks.plan(index)
    const order = rng(seed).split('strangers').split(index).permutation(outside.length)
    return {
      support: support.map(({ label, classIndex, example }) => [
        label,
        data.row(classIndex, example),
      ]),
      query: query.map(({ label, classIndex, example }) => [label, data.row(classIndex, example)]),
      strangers: Array.from(order.slice(0, strangers), (i) => outside[i]),
    }
  }
}

/**
 * Emoji of `ways` kinds: examples by some artists, questions by another. Strangers are emoji of other
 * kinds, by the artist who asks. `of` reads an example, its embedding by default.
 */
export function emojiDraws({ data, ways, shots, strangers = 0, seed = 'figures', of = data.row }) {
  const by = data.classes.map(
    ({ size }, c) => new Map(Array.from({ length: size }, (_, i) => [data.drawer(c, i), i])),
  )
  const artists = [...new Set(by.flatMap((drawn) => [...drawn.keys()]))].sort()
  return (index) => {
    for (let attempt = 0; ; attempt++) {
      const random = rng(seed).split('emoji').split(index).split(attempt)
      const chosen = [...random.split('artists').permutation(artists.length)].slice(0, shots + 1)
      const [asking, ...teaching] = chosen.map((a) => artists[a])
      const whole = [...by.keys()].filter((c) => [asking, ...teaching].every((a) => by[c].has(a)))
      if (whole.length < ways + strangers) continue
      const classes = [...random.split('classes').permutation(whole.length)].map((i) => whole[i])
      const drawn = (c, artist) => of(c, by[c].get(artist))
      const known = classes.slice(0, ways)
      return {
        support: teaching.flatMap((a) => known.map((c, label) => [label, drawn(c, a)])),
        query: known.map((c, label) => [label, drawn(c, asking)]),
        strangers: classes.slice(ways, ways + strangers).map((c) => drawn(c, asking)),
      }
    }
  }
}
