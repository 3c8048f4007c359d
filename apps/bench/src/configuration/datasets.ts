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

const share = z.number().min(0).lt(1)
/** Of training pictures; each draws its own. */
export const augment = z.strictObject({
  /** Mirrors every other picture. */
  flip: z.boolean().optional(),
  /** The largest share of each side that is cut away; what is left fills the picture again. */
  crop: share.optional(),
  /** Added to values from 0 to 1, in ± of it. */
  brightness: share.optional(),
  /** Shares: 0.2 is 0.8 to 1.2. */
  contrast: share.optional(),
  saturation: share.optional(),
})

/** For users' own data, which may say itself which class belongs to which split. */
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
  /** `exact`: classes whose names differ in case or spaces alone are two. */
  spelling: z.enum(['strict', 'exact']).optional(),
}
/** Of a CSV, TSV, JSON Lines or JSON file. */
const table = {
  ...own,
  /** The column or key with the class. */
  label: z.string().default('label'),
  /** Between the fields of a line; by default what parts the first line. */
  delimiter: z.string().length(1).optional(),
  /** Classes with fewer examples are left out. */
  minExamples: z.int().min(1).optional(),
}
const side = z.int().min(1)
const names = z.array(z.string())

/** The data sets that have classes, distinguished by a key: `name` in a run, `kind` in a leaderboard. */
function withClasses<Key extends string>(key: Key) {
  const is = <Name extends string>(name: Name) =>
    ({ [key]: z.literal(name) }) as { readonly [k in Key]: z.ZodLiteral<Name> }
  return [
    z.strictObject({ ...is('glyphs'), distort: distort.optional() }),
    /** CLINC150, as bags of hashed n-grams. */
    /** Colour pictures of emoji, drawn by several artists. */
    z.strictObject({ ...is('emoji') }),
    z.strictObject({
      ...is('intents'),
      features: z.int().min(2).default(1024),
      /** `all`: all 150 to test on, for learners that are not trained. Default: by domain. */
      split: z.enum(['domains', 'all']).optional(),
    }),
    z.strictObject({
      ...is('omniglot'),
      split: z.enum(['vinyals', 'finn', 'lake']).default('vinyals'),
      resize: z.enum(['nearest', 'area']).default('nearest'),
      /**
       * Turned characters as separate classes: in all splits, in training alone, or nowhere; or
       * each class of an episode turned by its own angle (Finn et al. 2017), in all splits.
       */
      rotations: z.enum(['all', 'train', 'none', 'per-class']).default('all'),
      distort: distort.optional(),
    }),
    /** A folder of pictures, one folder per class. */
    z.strictObject({
      ...is('images'),
      ...own,
      /** Height and width; by default as the pictures are, between 28 and 84 pixels. */
      size: z.tuple([side, side]).optional(),
      /** 1: grey; by default 3 if a picture has colours. */
      channels: z.union([z.literal(1), z.literal(3)]).optional(),
      resize: z.enum(['nearest', 'area']).default('area'),
      /** How other proportions are brought to the size: cut, with white beside, or stretched. */
      fit: z.enum(['cover', 'contain', 'stretch']).optional(),
      /** How many of the bits of pictures with 16 bits per channel are used; by default found. */
      bits: z.int().min(8).max(16).optional(),
      /** Turns black on white into ink = 1. */
      invert: z.boolean().default(false),
      /** Classes with fewer pictures are left out. */
      minImages: z.int().min(1).optional(),
      /** Whether pictures that can't be read stop everything or are left out. */
      onBroken: z.enum(['refuse', 'skip']).optional(),
      /** `merge`: folders such as train/ and test/ are no splits; all classes are dealt by the seed. */
      splitFolders: z.enum(['use', 'merge']).optional(),
      distort: distort.optional(),
    }),
    /** A CSV, TSV, JSON Lines or JSON file of labelled vectors. */
    z.strictObject({
      ...is('vectors'),
      ...table,
      /** The columns that are features; by default all but those that number the rows or never vary. */
      columns: names.optional(),
      exclude: names.optional(),
      /** The column or key that holds the whole vector as a list. */
      vector: z.string().optional(),
      standardise: z.boolean().default(true),
    }),
    /** A CSV, TSV, JSON Lines or JSON file of labelled texts, as bags of hashed n-grams. */
    z.strictObject({
      ...is('texts'),
      ...table,
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
