// What goes in: whose drawings, and which split each group of emoji is in.

/** Sets of drawings. All may be changed and sold; those that demand the same licence are left out. */
export const artists = [
  {
    name: 'twemoji',
    title: 'Twitter Emoji',
    author: 'Twitter and contributors',
    licence: 'CC BY 4.0',
    home: 'https://github.com/jdecked/twemoji',
  },
  {
    name: 'noto',
    title: 'Noto Emoji',
    author: 'Google',
    licence: 'Apache License 2.0',
    home: 'https://github.com/googlefonts/noto-emoji',
  },
  {
    name: 'fluent-emoji-flat',
    title: 'Fluent Emoji Flat',
    author: 'Microsoft Corporation',
    licence: 'MIT',
    home: 'https://github.com/microsoft/fluentui-emoji',
  },
  {
    name: 'noto-v1',
    title: 'Noto Emoji, version 1',
    author: 'Google',
    licence: 'Apache License 2.0',
    home: 'https://github.com/googlefonts/noto-emoji',
  },
  {
    name: 'emojione',
    title: 'Emoji One 2.3',
    author: 'Emoji One',
    licence: 'CC BY 4.0',
    home: 'https://github.com/EmojiTwo/emojitwo',
  },
  {
    name: 'fxemoji',
    title: 'Firefox OS Emoji',
    author: 'Mozilla',
    licence: 'Apache License 2.0',
    home: 'https://github.com/mozilla/fxemoji',
  },
  {
    name: 'streamline-emojis',
    title: 'Streamline Emojis',
    author: 'Streamline',
    licence: 'CC BY 4.0',
    home: 'https://github.com/webalys-hq/streamline-vectors',
  },
]

/** Sets that decide which emoji there are. */
export const required = ['twemoji', 'noto', 'fluent-emoji-flat']

/** Fewer drawings make no class. */
export const fewestDrawings = 4

/** Names that sets give to two emoji: the insect is the game in some. */
export const ambiguous = ['cricket']

/** Two drawings of one emoji that are more alike (similarity.mjs) are one drawing, kept once. */
export const copyBound = 0.9
/** Two emoji of one artist that are more alike are one picture with two names. */
export const sameBound = 0.995

const groups = {
  'smileys-emotion': 'Smileys & Emotion',
  'people-body': 'People & Body',
  'animals-nature': 'Animals & Nature',
  'food-drink': 'Food & Drink',
  'travel-places': 'Travel & Places',
  activities: 'Activities',
  objects: 'Objects',
  symbols: 'Symbols',
  flags: 'Flags',
}

export const splits = {
  'Smileys & Emotion': 'train',
  'People & Body': 'train',
  Objects: 'train',
  Symbols: 'train',
  Activities: 'train',
  Flags: 'train',
  'Sky & Weather': 'train',
  'Travel & Places': 'validation',
  'Clock faces': 'validation',
  'Animals & Nature': 'test',
  'Food & Drink': 'test',
}

const trees = ['christmas-tree', 'tanabata-tree', 'pine-decoration']

/**
 * Unicode's group of an emoji, but for those that look like another group's: cats and monkeys make
 * faces, moons have faces, decorated trees are trees. Plain shapes look like anything round or square:
 * they are in no group, and left out.
 */
export function groupOf(group, subgroup, name) {
  if (subgroup === 'geometric') return undefined
  if (subgroup === 'cat-face' || subgroup === 'monkey-face') return 'Animals & Nature'
  if (trees.includes(name)) return 'Animals & Nature'
  if (subgroup === 'sky-weather') return 'Sky & Weather'
  if (/-oclock$|-thirty$/.test(name)) return 'Clock faces'
  return groups[group]
}
