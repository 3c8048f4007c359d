// Saves the same classifier and caches the same embeddings again and again: node writer.js FOLDER NUMBER.
import { join } from 'node:path'
import { cpu } from '@kshot/backend-cpu'
import { cached, createClassifier, useBackend } from '@kshot/core'
import { file, folderStore } from '@kshot/core/node'
import { letters } from './cases/two-processes'

const [folder = '', number = ''] = process.argv.slice(2)
await useBackend(cpu())
const encoder = cached(letters(), folderStore(join(folder, `cache${number}`)))
const classifier = await createClassifier({ encoder })
await classifier.addExamples('a', ['aa', 'aab'])
await classifier.addExamples('b', ['bb', 'bba'])
for (let i = 0; i < 20; i++) await classifier.save(file(join(folder, `saved${number}`)))
process.exit()
