import { type DatasetCard, described, distort, options, text } from '@kshot/core/card'
import { imageChoices } from './images/options'
import { regressionFileOptions } from './regression/options'
import { sinusoidRanges } from './sinusoid-options'
import { textFileOptions, vectorFileOptions } from './tables/options'

const inNode = '@kshot/episodes/node'
const path = described('A folder or file; in a configuration file, relative to it.', text)

const images: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/episodes', export: 'imageFolder' },
  inNode,
  name: 'images',
  sentence: 'your pictures: a folder (path) with one folder per class',
  examples: 'pictures',
  source: 'your files',
  options: options({ path, ...imageChoices, distort }, 'path'),
}

const vectors: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/episodes', export: 'vectorFile' },
  inNode,
  name: 'vectors',
  sentence: 'your labelled vectors: a CSV, TSV, JSON Lines or JSON file (path)',
  examples: 'vectors',
  source: 'your files',
  options: options({ path, ...vectorFileOptions.properties }, 'path'),
}

const texts: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/episodes', export: 'textFile' },
  inNode,
  name: 'texts',
  sentence: 'your labelled texts: a CSV, TSV, JSON Lines or JSON file (path)',
  examples: 'texts',
  source: 'your files',
  options: options({ path, ...textFileOptions.properties }, 'path'),
}

const regression: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/episodes', export: 'regressionFile' },
  inNode,
  name: 'regression',
  sentence: 'your regression tasks: a CSV, TSV, JSON Lines or JSON file (path) of task, x…, y',
  examples: 'points',
  source: 'your files',
  options: options({ path, ...regressionFileOptions.properties }, 'path'),
}

const sinusoids: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/episodes', export: 'sinusoids' },
  name: 'sinusoids',
  sentence: 'regression: sines of many amplitudes and phases (Finn et al. 2017)',
  examples: 'points',
  source: 'generated',
  split: 'generated',
  options: options(sinusoidRanges),
}

/** Data sets of @kshot/episodes. */
export const cards: readonly DatasetCard[] = [images, vectors, texts, regression, sinusoids]
