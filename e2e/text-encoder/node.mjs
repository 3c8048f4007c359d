import '@tensorflow/tfjs-backend-cpu'
import { embed } from './encode.mjs'

console.log(JSON.stringify(await embed(JSON.parse(process.argv[2]))))
