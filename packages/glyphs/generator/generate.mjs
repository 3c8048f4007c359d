// Makes all that is derived from the typefaces: data/glyphs.bin, typefaces.json, LICENSES.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyright } from './font.mjs'
import { attribution, licences } from './licences.mjs'
import { pack } from './pack.mjs'
import { render } from './render.mjs'
import { scripts } from './scripts.mjs'

const rendered = scripts.map((script) => {
  const { faces, images } = render(script)
  images.flat().forEach((image, i) => {
    if (image?.some((level) => level > 0)) return
    const character = [...script.characters][Math.floor(i / faces.length)]
    throw new Error(`${script.name}: ${faces[i % faces.length].source} has no ${character}`)
  })
  return { ...script, faces, images, typefaces: faces.map((face) => face.family) }
})

const faces = new Map(rendered.flatMap(({ faces }) => faces.map((face) => [face.source, face])))
const table = [...faces.values()].map(row).sort((a, b) => (a.family < b.family ? -1 : 1))

function row(face) {
  const users = scripts.filter((script) => script.typefaces.includes(face.source))
  return {
    family: face.family,
    ...attribution(face.source),
    copyright: copyright(face, users[0].characters[0]),
    scripts: users.map((script) => script.name),
  }
}

// Short lists on one line, as the formatter of the repository wants them.
function json(value) {
  const text = JSON.stringify(value, null, 2).replace(/: \[([^\][{}]*)\]/g, (list, items) => {
    const short = `: [${items.trim().replace(/\n\s+/g, ' ')}]`
    return short.length + '    "scripts"'.length <= 100 ? short : list
  })
  return `${text}\n`
}

const write = (path, content) => writeFileSync(join(import.meta.dirname, '..', path), content)
write('data/glyphs.bin', pack(rendered))
write('typefaces.json', json(table))
write('LICENSES.md', licences(table))
const count = rendered.reduce((sum, { images }) => sum + images.length, 0)
console.log(`${count} characters, ${table.length} typefaces`)
