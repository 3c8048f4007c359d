// Packs CLINC150 into one file: `node pack.mjs FOLDER`, where FOLDER holds `data_full.json` and
// `domains.json` of https://github.com/clinc/oos-eval. The same input gives the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const [folder] = process.argv.slice(2)
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
const parts = read('data_full.json')
const domains = read('domains.json')

/** The sentences of an intent as CLINC150 deals them: 100 to train, 20 to validate, 30 to test. */
const sentencesOf = (intent) =>
  ['train', 'val', 'test'].flatMap((part) =>
    parts[part].filter(([, label]) => label === intent).map(([sentence]) => sentence),
  )

const contents = {
  domains: Object.entries(domains).map(([name, intents]) => ({
    name,
    intents: intents.map((intent) => ({ name: intent, sentences: sentencesOf(intent) })),
  })),
  outOfScope: Object.fromEntries(
    [
      ['train', 'oos_train'],
      ['validation', 'oos_val'],
      ['test', 'oos_test'],
    ].map(([split, part]) => [split, parts[part].map(([sentence]) => sentence)]),
  ),
}

const file = new URL('../data/intents.bin', import.meta.url)
const bytes = gzipSync(JSON.stringify(contents), { level: 9 })
// Byte 9 names the machine that packed it, the one thing that differs between machines.
bytes[9] = 255
writeFileSync(file, bytes)
const all = contents.domains.flatMap(({ intents }) => intents)
const count = all.reduce((sum, { sentences }) => sum + sentences.length, 0)
console.log(`${all.length} intents, ${count} sentences, ${bytes.length} bytes`)
