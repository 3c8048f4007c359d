// Who made a typeface and under which licence, read from its package.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const read = (...path) => readFileSync(join(here, ...path), 'utf8')

// Each package's debian/copyright was read; the pattern only guards against a change there.
const ofl = ['OFL-1.1', /^License:.*OFL|under the SIL Open Font License/m]
const debian = { 'fonts-baekmuk': ['Baekmuk', /^License: BAEKMUK/m] }

/** Licence, package and version of a source. */
export function attribution(source) {
  return source.includes('/') ? ofDebian(source) : ofNpm(source)
}

function ofDebian(source) {
  const [name, file] = source.split('/')
  const text = read('debian', name, 'usr/share/doc', name, 'copyright')
  const [licence, pattern] = debian[name] ?? ofl
  if (!pattern.test(text)) throw new Error(`${name}: ${licence}?`)
  const version = read('debian-packages.txt').match(new RegExp(`^${name}=(.*)$`, 'm'))[1]
  return { licence, package: `${name} (Debian)`, version, file }
}

function ofNpm(source) {
  const [name, weight] = source.split('@')
  const root = ['node_modules/@fontsource', name]
  const { license } = JSON.parse(read(...root, 'metadata.json'))
  const text = read(...root, 'LICENSE')
  const phrase = { 'OFL-1.1': 'SIL OPEN FONT LICENSE', 'Apache-2.0': 'Apache License' }[
    license.type
  ]
  if (!phrase || !text.includes(phrase)) throw new Error(`${source}: ${license.type}?`)
  const { version } = JSON.parse(read(...root, 'package.json'))
  return {
    licence: license.type,
    package: `@fontsource/${name} (npm)`,
    version,
    ...(weight && { weight }),
  }
}

/** LICENSES.md: the typefaces by licence, then each licence in full. */
export function licences(table) {
  const rows = (licence) =>
    table
      .filter((face) => face.licence === licence)
      .map((face) => `- **${face.family}** (${face.package} ${face.version}): ${face.copyright}`)
      .join('\n')
  return `# Licences of the typefaces

The data set holds pictures drawn with these typefaces, not the typefaces themselves.
Their makers are thanked here, and the licences follow in full.
The code of this package is MIT-licensed. This file is made by \`generator/\`.

## SIL Open Font License 1.1

${rows('OFL-1.1')}

## Apache License 2.0

${rows('Apache-2.0')}

## Baekmuk licence

${rows('Baekmuk')}

Baekmuk Batang, Baekmuk Dotum, Baekmuk Gulim, and Baekmuk Headline are registered trademarks owned by
Kim Jeong-Hwan.

# Texts

${fence(oflText())}

${fence(read('node_modules/@fontsource/kosugi-maru/LICENSE'))}

${fence(baekmukText())}
`
}

const fence = (text) => `\`\`\`text\n${text.trim()}\n\`\`\``

function oflText() {
  const text = read('node_modules/@fontsource/kalam/LICENSE')
  return text.slice(text.indexOf('SIL OPEN FONT LICENSE'))
}

function baekmukText() {
  const text = read('debian/fonts-baekmuk/usr/share/doc/fonts-baekmuk/copyright')
  const from = text.indexOf(' Copyright (c) 1986')
  return text.slice(from, text.indexOf('Files: debian/*')).replace(/^ \.?/gm, '')
}
