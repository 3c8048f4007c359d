import { resolve } from 'node:path'
import { KshotError } from '@kshot/core'
import {
  type Dataset,
  type EpisodePlan,
  type EpisodeSource,
  exampleSize,
  renderSlot,
} from '@kshot/episodes'
import type { Line, Table } from '@kshot/results'
import { datasetCard } from '../catalogue/datasets'
import { parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { openData } from '../data/data'
import { hasPlan } from '../running/confusion'
import { pngOf } from './png'

/** One picture as a `data:` URI, and what it shows. */
export interface Picture {
  readonly uri: string
  readonly classId: string
  /** The place of its class in the episode. */
  readonly label: number
  /** One channel of ink on paper: it may be turned around in dark. */
  readonly ink: boolean
}

/** An episode to look at: pictures, and what each learner said. */
export interface Example {
  readonly number: number
  readonly why: string
  readonly ways: number
  readonly support: readonly Picture[]
  readonly query: readonly Picture[]
  readonly said: readonly {
    readonly name: string
    /** Of the whole episode; with several seeds, of the first. */
    readonly accuracy: number
    readonly labels: readonly number[]
  }[]
}

/** So many queries have room next to each other on a phone. */
const QUERIES = 10

/**
 * Some test episodes of a table: the first, and that in which the learners differ most. NumberOrRange again from
 * the data set by their numbers; nothing is predicted again.
 * @returns none if the data has no pictures, or no predictions were written
 * @throws `report/other-data`, and what opening the data set throws
 */
export async function examplesOf(table: Table, data: string | undefined): Promise<Example[]> {
  const lines = table.lines.filter(({ rows: [row] }) => row!.predictions.labels.length > 0)
  if (lines.length === 0) return []
  const [row] = lines[0]!.rows
  const config = located(parseConfig(row!.config), data)
  const { test, episodeSet } = await openData(config, data)
  if (!hasPlan(test) || !isPicture(test.dataset)) return []
  if ((await episodeSet()) !== table.episodeSet) throw otherData(config, table)
  const known = Math.min(...lines.map(({ rows: [row] }) => row!.predictions.labels.length))
  const examples: Example[] = []
  for (const [number, why] of chosen(lines, known)) {
    examples.push(await exampleOf(test, number, why, lines, isInk(config)))
  }
  return examples
}

/** A path that a configuration names is seen from where the data lies, or from here. */
function located(config: Config, data: string | undefined): Config {
  const { dataset } = config
  if (typeof dataset.path !== 'string' || data === undefined) return config
  return { ...config, dataset: { ...dataset, path: resolve(data, dataset.path) } }
}

function isInk({ dataset }: Config): boolean {
  return datasetCard(dataset).picture?.ink === true || dataset.invert === true
}

function otherData({ dataset }: Config, { episodeSet }: Table): KshotError {
  return new KshotError('report/other-data', {
    got: `the data set ${dataset.path ?? dataset.name}, which gives different episodes`,
    expected: `the tested episodes, with the hash ${episodeSet.slice(0, 12)}…`,
    remedy: 'Point --data at the original data',
  })
}

function chosen(lines: readonly Line[], known: number): Map<number, string> {
  const spreads = Array.from({ length: known }, (_, i) => {
    const scores = lines.map(({ rows: [row] }) => row!.scores[i]!)
    return Math.max(...scores) - Math.min(...scores)
  })
  const most = spreads.indexOf(Math.max(...spreads.slice(1)), 1)
  const first = new Map([[0, 'the first']])
  if (lines.length < 2 || most < 1) return known > 1 ? first.set(1, 'the second') : first
  return first.set(most, 'where the learners differ most')
}

async function exampleOf(
  source: EpisodeSource,
  number: number,
  why: string,
  lines: readonly Line[],
  ink: boolean,
): Promise<Example> {
  const plan = source.plan(number)
  const { dataset } = source
  const pictures = (slots: EpisodePlan['query']) =>
    Promise.all(
      slots.map(async (slot) => ({
        uri: await png(dataset, slot, ink),
        classId: dataset.classes[slot.classIndex]!.id,
        label: slot.label,
        ink,
      })),
    )
  const said = lines.map(({ name, rows: [row] }) => ({
    name,
    accuracy: row!.scores[number]!,
    labels: row!.predictions.labels[number]!.slice(0, QUERIES),
  }))
  const support = [...plan.support].sort((a, b) => a.label - b.label)
  return {
    number,
    why,
    ways: plan.ways,
    said,
    support: await pictures(support),
    query: await pictures(plan.query.slice(0, QUERIES)),
  }
}

function isPicture({ shape }: Dataset): boolean {
  return shape.length === 3 && (shape[2] === 1 || shape[2] === 3)
}

function png(dataset: Dataset, slot: EpisodePlan['query'][number], ink: boolean): Promise<string> {
  const pixels = new Float32Array(exampleSize(dataset))
  renderSlot(dataset, slot, pixels, 0)
  return pngOf(ink ? pixels.map((v) => 1 - v) : pixels, dataset.shape)
}
