// The peer of ../bench/latency.mjs. It is given the ids of the pieces, so that only the net is timed.
import { timed } from '../bench/sentences.mjs'
import { publishedGraph } from './published-graph.mjs'

const load = async () => {
  const embed = await publishedGraph()
  return (sentences) => embed(sentences.map(([, ids]) => ids))
}
console.log(JSON.stringify(await timed(load)))
