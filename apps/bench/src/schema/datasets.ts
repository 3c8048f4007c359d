import { z } from 'zod'

/** Largest values, drawn evenly in ± of them for each picture. Of a data set: in training and at test. */
const amount = z.number().min(0)
export const distort = z.strictObject({
  /** Degrees. */
  rotation: amount.optional(),
  shear: amount.optional(),
  /** A share: 0.2 is 0.8 to 1.2. */
  scale: amount.max(0.9).optional(),
  /** Pixels. */
  shift: amount.optional(),
  /** Nearest keeps pictures of black and white without greys. */
  sampling: z.enum(['bilinear', 'nearest']).optional(),
})

/** Of data that a user brings, which may say itself which class belongs to which split. */
const own = {
  /** A folder or file; in a configuration file, seen from there. */
  path: z.string().min(1),
  /** Shares of the classes that are dealt to each split. */
  splits: z
    .strictObject({
      train: z.number().min(0),
      validation: z.number().min(0),
      test: z.number().min(0),
    })
    .optional(),
  /** Deals the classes to the splits. */
  seed: z.int().min(0).default(0),
}
/** The column or key with the class. */
const label = z.string().default('label')
const side = z.int().min(1)

/** The data sets that have classes, told apart by a key: `name` in a run, `kind` in a leaderboard. */
function withClasses<Key extends string>(key: Key) {
  const is = <Name extends string>(name: Name) =>
    ({ [key]: z.literal(name) }) as { readonly [k in Key]: z.ZodLiteral<Name> }
  return [
    z.strictObject({ ...is('glyphs'), distort: distort.optional() }),
    /** CLINC150, as bags of hashed n-grams. */
    z.strictObject({ ...is('intents'), features: z.int().min(2).default(1024) }),
    z.strictObject({
      ...is('omniglot'),
      split: z.enum(['vinyals', 'finn', 'lake']).default('vinyals'),
      resize: z.enum(['nearest', 'area']).default('nearest'),
      /**
       * Turned characters as classes of their own: in all splits, in training alone, or nowhere; or
       * each class of an episode turned by an angle of its own (Finn et al. 2017), in all splits.
       */
      rotations: z.enum(['all', 'train', 'none', 'per-class']).default('all'),
      distort: distort.optional(),
    }),
    /** A folder of pictures, a folder a class. */
    z.strictObject({
      ...is('images'),
      ...own,
      /** Height and width; by default as the pictures are, between 28 and 84 pixels. */
      size: z.tuple([side, side]).optional(),
      /** 1: grey; by default 3 if a picture has colours. */
      channels: z.union([z.literal(1), z.literal(3)]).optional(),
      resize: z.enum(['nearest', 'area']).default('area'),
      /** Turns black on white into ink = 1. */
      invert: z.boolean().default(false),
      distort: distort.optional(),
    }),
    /** A CSV, TSV or JSONL file of labelled vectors. */
    z.strictObject({ ...is('vectors'), ...own, label, standardise: z.boolean().default(true) }),
    /** A CSV, TSV or JSONL file of labelled texts, as bags of hashed n-grams. */
    z.strictObject({
      ...is('texts'),
      ...own,
      label,
      text: z.string().default('text'),
      features: z.int().min(2).default(1024),
    }),
  ] as const
}

const range = z.tuple([z.number(), z.number()])

/** The data set of a run. */
export const dataset = z.discriminatedUnion('name', [
  ...withClasses('name'),
  /** Regression: y = a sin(x − φ), a and φ drawn for each task (Finn et al. 2017, section 5.1). */
  z.strictObject({
    name: z.literal('sinusoids'),
    amplitude: range.optional(),
    phase: range.optional(),
    range: range.optional(),
  }),
])

/** The data of a leaderboard, which ranks accuracies. */
export const data = z.discriminatedUnion('kind', [...withClasses('kind')])
