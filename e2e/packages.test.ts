import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manifest, publishedFolders, root } from './packed'

const names = publishedFolders.map((folder) => manifest(folder)!.name)

describe('what is published', () => {
  it.each(publishedFolders)('%s says what a registry and its users need', (folder) => {
    const own = manifest(folder)!
    expect(own).toMatchObject({
      license: expect.stringMatching(/^MIT( AND .+)?$/),
      type: 'module',
      repository: { directory: folder },
      homepage: `https://github.com/kshot/kshot/tree/main/${folder}#readme`,
      bugs: expect.stringMatching(/^https:/),
      engines: { node: '>=20.19' },
      exports: { './package.json': './package.json' },
      publishConfig: { access: 'public' },
      scripts: { test: expect.stringContaining(`${folder}/`) },
    })
    expect(own.keywords).toContain('few-shot-learning')
    expect(own.files).toContain('dist')
    for (const file of ['README.md', 'LICENSE']) {
      expect(readFileSync(join(root, folder, file), 'utf8').length).toBeGreaterThan(100)
    }
  })

  it('every changeset is for packages that exist', () => {
    const folder = join(root, '.changeset')
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
      const [, head = ''] = /^---\n([\s\S]*?)---/.exec(readFileSync(join(folder, file), 'utf8'))!
      const named = [...head.matchAll(/^['"](.+)['"]:/gm)].map(([, name]) => name!)
      expect(named.length, file).toBeGreaterThan(0)
      expect(names, file).toEqual(expect.arrayContaining(named))
    }
  })
})
