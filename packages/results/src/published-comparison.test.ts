import { type MetaLearner, mlp } from '@kshot/core'
import { anil, boil, maml } from '@kshot/maml'
import { describe, expect, it } from 'vitest'
import { netOf } from './describe'
import { numbers } from './published.testing'
import { comparePublished, learnerKey, protocolOf, protocolSign } from './published-comparison'
import { row } from './rows.testing'
import { insideText, paperNumber, paperText, shortSign } from './words'

const interval = (low: number, high: number) => [low, high] as const
/** As Snell et al. have tested. */
const asSnell = row({
  labels: { trainingSplit: 'train+val' },
  more: { test: { accuracy: 0.987, interval: [0.985, 0.989], episodes: 1000 } },
})

describe('a paper beside a row', () => {
  it('is = where all of the protocol is the same, and only then in the interval or not', () => {
    const inside = comparePublished(asSnell, interval(0.985, 0.989), numbers)!
    expect(protocolSign(inside)).toBe('=')
    expect(paperText(inside)).toBe('98.8 = (inside the interval)')
    const outside = comparePublished(asSnell, interval(0.97, 0.975), numbers)!
    expect(paperText(outside)).toBe('98.8 = (outside the interval)')
  })

  it('is ≠ with what differs, and nothing is said of the interval', () => {
    const other = comparePublished(row(), interval(0.98, 0.99), numbers)!
    expect(protocolSign(other)).toBe('≠ train+val, episodes')
    expect(insideText(other)).toBe('')
    const many = { ...asSnell, setting: { ...asSnell.setting, queries: 5 } }
    expect(protocolSign(comparePublished(many, interval(0, 1), numbers)!)).toBe('≠ queries')
  })

  it('says what the paper leaves open', () => {
    const matching = row({ more: { learner: { package: 'p', export: 'matching', options: {} } } })
    const paper = comparePublished(matching, interval(0.98, 0.99), numbers)!
    expect(protocolSign(paper)).toBe('? queries, resize, norm, train+val, episodes')
    expect(shortSign(paper)).toBe('? 5 unknown')
    expect(insideText(paper)).toBe('')
  })

  it('is none for another data set, setting or learner', () => {
    const glyphs = { ...asSnell, setting: { ...asSnell.setting, dataset: 'glyphs' } }
    const ways = { ...asSnell, setting: { ...asSnell.setting, ways: 10 } }
    const learner = row({ more: { learner: { package: 'p', export: 'mine', options: {} } } })
    for (const other of [glyphs, ways, learner]) {
      expect(comparePublished(other, interval(0, 1), numbers)).toBeUndefined()
    }
    expect(paperText(undefined)).toBe('–')
  })

  it('is the number that was tested most alike, where there are several', () => {
    const tested = (norm: string) => {
      const options = { normalisation: { test: norm } }
      const learner = { package: '@kshot/maml', export: 'reptile', options }
      return paperNumber(comparePublished(row({ more: { learner } }), interval(0, 1), numbers)!)
    }
    expect(tested('support+one')).toBe('95.39 ± 0.09')
    expect(tested('batch-separate')).toBe('97.68 ± 0.04')
  })

  it('knows first-order MAML, ANIL and BOIL, whose specs are those of MAML', () => {
    const inner = { model: mlp({ hidden: [4] }), innerRate: 0.1, steps: 1 }
    // As it declares itself, and in results from before it did.
    const key = ({ spec: learner, traits: { method } }: MetaLearner) => {
      const before = learnerKey({ learner })
      expect(learnerKey({ learner, ...(method && { method }) })).toBe(before)
      return before
    }
    expect(key(maml({ ...inner, firstOrder: true }))).toBe('fomaml')
    expect(key(maml(inner))).toBe('maml')
    expect(key(anil(inner))).toBe('anil')
    expect(key(boil({ ...inner, ways: 5 }))).toBe('boil')
  })

  it('believes what a third party’s learner declares, whatever its options are called', () => {
    const learner = { package: 'soft', export: 'softMaml', options: { cnn: { wide: true } } }
    const declared = row({
      more: { learner, method: 'maml', normalisation: 'batch-separate' },
    })
    expect(learnerKey(declared)).toBe('maml')
    expect(protocolOf(declared).norm).toBe('batch-separate')
    expect(comparePublished(declared, interval(0.98, 0.99), numbers)!.learner).toBe('maml')
    const net = { package: 'soft', export: 'wideNet', options: { filters: 8 } }
    expect(netOf({ learner, net })).toBe(net)
    expect(netOf({ learner })).toBeUndefined()
  })

  it('prints as many digits as the paper', () => {
    const number = (learner: string) => numbers.find((n) => n.learner === learner)!
    const paper = (learner: string) => ({
      ...number(learner),
      differs: [],
      unknown: [],
      inside: undefined,
    })
    expect(paperNumber(paper('maml'))).toBe('98.7 ± 0.4')
    expect(paperNumber(paper('reptile'))).toBe('95.39 ± 0.09')
    expect(paperNumber(paper('mamlPlusPlus'))).toBe('99.47')
  })
})
