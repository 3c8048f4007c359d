// docs/classifier.md from docs/classifier.json.

/** Sections that have been measured; the rest is left out. */
export function markdown(all) {
  const parts = [
    head,
    all.textEncoder && text('textEncoder()', all.textEncoder),
    all.staticTextEncoder && text('staticTextEncoder()', all.staticTextEncoder),
    all.images && images(all.images),
    all.shots && shots(all.shots),
    all.artists && artists(all.artists),
    all.knn && knn(all.knn),
    all.predictions && times(all.predictions),
    all.rounds && memory(all.rounds),
    tail,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

const head = `# The classifier, measured
\`createClassifier({ encoder, head })\` on embeddings of data that the encoders have never been trained on. Written by \`apps/figures/classifier.mjs\`; all numbers stand in [classifier.json](classifier.json).

- Every head is asked the same draws of classes, examples and questions. ± is the 95 % interval over draws; beside a head's accuracy stands its difference to \`centroidHead()\`, paired by draw, in bold where 0 lies outside its interval.
- *Calibration error* is the expected calibration error in 15 bins over all questions of all draws; few questions make it larger than it is.
- *Kept* is the share of questions of known classes that get a label with \`unknown: 'auto'\`; *turned away* is the share of strangers that get none. *Area* is that under the ROC curve of the score that decides. Ridge, logistic, SVM and learned heads leave this to the centroid.
- *learned* is a Prototypical Network: a linear layer of 256 on the embeddings, meta-trained on the training classes in 300 steps of 20-way 1-shot episodes (for pictures 512, on roots of the embeddings). On sentences of other domains it does no better than the untrained centroid, and often worse.
- Constants of the confidence were fixed on validation classes: cars and travel of CLINC150, places and clock faces of the emoji. Those of "none of these" are older: fixed on 80 emoji on random backgrounds, see [decisions.md](decisions.md).`

const tail = `## Where it falls short
- One example per class gives calibration errors of 0.04 to 0.08, and up to 0.14 for the learned head: there is nothing to leave out, and constants of other data stand in. From five examples per class on they are 0.01 to 0.05 with up to ten classes (learned: 0.07); ridge regression with 150 classes has 0.06 to 0.09.
- Strangers that look like members, as an emoji of another animal by the same artist, get a label in up to a fifth of all cases, and from one example each a third to a half of the members get none.
- A first trial with three artists had 79.7 / 62.3 % for raw pixels and 92.5 / 83.2 for embeddings (5 and 20 ways, all emoji). Here it is 67.4 / 51.6 and 90.1 / 79.4: near-copies among artists are left out, and there are seven.
- A prediction among 1,000 classes of 1,280 numbers took more than a millisecond, on a machine with a load of 25 on two cores.
- Draws are few (1 with 150 classes), so intervals are wide.

## What was not measured
Logistic regression and SVM with 150 classes: a pass over 750 examples in plain JavaScript is some 10⁸ multiplications, and a fit takes up to 300. Times are of a machine shared with other work; ratios within a table are comparable, times between machines are not.`

function text(encoder, { figures }) {
  const of = 'questions: 10 per class; strangers: requests out of scope'
  return `## Sentences: CLINC150 by \`${encoder}\`
5 and 10 ways: intents of the test domains (banking, credit cards, work); 150 ways: all. ${sentence(of)}.

${headsTable(figures)}`
}

function images({ figures: cells }) {
  const noise = cells.map(({ ways, shots, noise: { centroid, neighbours } }) => [
    `${ways}-way ${shots}-shot`,
    ...Object.values(centroid).map(percentText),
    ...Object.values(neighbours).map(percentText),
  ])
  const kinds = Object.keys(cells[0].noise.centroid)
  const kindsOf = (name) => kinds.map((kind) => `${kind}, ${name}`)
  return `## Pictures: emoji across artists, by \`imageEncoder()\`
Examples are drawn by some artists, questions by another; all of the test groups (animals, food). Strangers are ten other emoji of the same groups, by the artist who asks: hard ones.

${headsTable(cells)}

What is no picture of anything, turned away in %: pixels at random, smooth noise, plain colours, black and white.

${table(['', ...kindsOf('centroid'), ...kindsOf('neighbours')], noise)}`
}

function shots({ figures }) {
  const rows = figures.flatMap(({ name, cells }) =>
    cells.map(({ shots, heads: { centroid, ...others } }, i) => [
      i === 0 ? name : '',
      shots,
      interval(centroid.accuracy),
      ...Object.values(others).map(({ beyondCentroid }) => differenceText(beyondCentroid)),
    ]),
  )
  const [{ ways, draws, cells }] = figures
  const others = Object.keys(cells[0].heads).filter((name) => name !== 'centroid')
  return `## By the number of examples
${ways}-way, ${draws} draws of classes, the same for all heads; accuracy of \`centroidHead()\` in %, and what other heads have beyond it, paired by draw. λ and C are chosen by leave-one-out. Emoji have at most seven artists, Omniglot's characters 20 drawings.

${table(['', 'examples', 'centroid', ...others], rows)}`
}

function artists({ figures: { artists, learnedBeyondCentroid } }) {
  const [five, twenty] = learnedBeyondCentroid
  return `## One drawing by another artist
1-shot accuracy in % over 300 draws: the nearest example, which one artist has drawn, to a question that another has.

${table(
  ['', '5-way', '20-way'],
  artists.map(({ name, scores }) => [name, ...scores.map(interval)]),
)}

*Learned* beyond \`centroidHead()\`, paired by draw: ${differenceText(five)} with 5 ways, ${differenceText(twenty)} with 20.`
}

function knn({ figures }) {
  const rows = figures.map(({ shots, ours, theirs, theirNearest, difference, beyondNearest }) => [
    `${shots}-shot`,
    ...[ours, theirs, theirNearest].map(({ accuracy }) => interval(accuracy)),
    interval(difference),
    interval(beyondNearest),
    ...[ours, theirs].map(({ ms }) => ms),
    ...[ours, theirs].map(({ bytes }) => bytes.toLocaleString('en')),
  ])
  const names = ['kshot', 'knn-classifier', 'knn-classifier, k = 1']
  return `## Beside \`@tensorflow-models/knn-classifier\` 1.2.6
The same embeddings of \`textEncoder()\`, 10 intents of the test domains, ${figures[0].draws} draws, wasm. Theirs votes among 3 neighbours unless told otherwise; bytes are those of \`save()\` and of its data set as JSON, as its README saves it. Milliseconds are medians of one prediction.

${table(['', ...names, 'difference', 'to k = 1', 'ms', 'ms, theirs', 'bytes', 'bytes, theirs'], rows)}`
}

function times({ figures }) {
  const lines = figures.map(
    ({ d, classes, ms, processor }) =>
      `- ${classes.toLocaleString('en')} classes of ${d.toLocaleString('en')} numbers: ${ms} ms (median of 200), ${processor} ms of the processor`,
  )
  return `## A prediction
From an embedding, \`centroidHead()\`, one example per class, on wasm:

${lines.join('\n')}`
}

function memory({ figures }) {
  const rows = figures.map(({ round, numTensors, numBytes, rssMB }) => [
    round.toLocaleString('en'),
    numTensors,
    numBytes.toLocaleString('en'),
    rssMB,
  ])
  return `## Memory
Rounds of adding an example, asking and removing it:

${table(['round', 'tensors', 'bytes of tensors', 'resident MB'], rows)}`
}

function headsTable(cells) {
  const rows = cells.flatMap(({ ways, shots, draws, heads }) =>
    Object.entries(heads).map(([name, one], i) => [
      i === 0 ? `${ways}-way ${shots}-shot, ${draws} ${draws === 1 ? 'draw' : 'draws'}` : '',
      name,
      interval(one.accuracy),
      one.beyondCentroid ? differenceText(one.beyondCentroid) : '',
      one.calibrationError.toFixed(3),
      percentText(one.kept.mean),
      percentText(one.turnedAway.mean),
      one.area ? interval(one.area) : '',
    ]),
  )
  const columns = ['accuracy', 'to centroid', 'calibration error', 'kept', 'turned away', 'area']
  return table(['', 'head', ...columns], rows)
}

function differenceText(difference) {
  const isClear = difference.halfWidth !== null && Math.abs(difference.mean) > difference.halfWidth
  const signed = `${difference.mean > 0 ? '+' : ''}${interval(difference)}`
  return isClear ? `**${signed}**` : signed
}

function interval({ mean, halfWidth }) {
  return halfWidth === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${halfWidth.toFixed(1)}`
}

function percentText(value) {
  return value === null ? '' : value.toFixed(1)
}

function sentence(text) {
  return text[0].toUpperCase() + text.slice(1)
}

function table(head, rows) {
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}
