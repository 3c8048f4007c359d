/** What a document has between its marks of a name, before them and after; the marks stay with the outside. */
export function marked(document: string, name: string) {
  const [begin, end] = [`<!-- ${name}: pnpm docs:results -->`, `<!-- end of ${name} -->`]
  const [start, stop] = [document.indexOf(begin) + begin.length, document.indexOf(end)]
  if (start < begin.length || stop < start) throw new Error(`no ${begin} … ${end}`)
  return {
    before: document.slice(0, start),
    inside: document.slice(start, stop),
    after: document.slice(stop),
  }
}
