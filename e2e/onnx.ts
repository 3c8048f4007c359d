/** A net as the bytes of an ONNX file (protobuf): its operators in a row, from one input to one output. */
export function onnxNet(
  operators: readonly string[],
  input: Value,
  output: Value,
): Uint8Array<ArrayBuffer> {
  const between = operators.map((_, i) => `between${i}`)
  const names = [input.name, ...between.slice(1), output.name]
  const nodes = operators.flatMap((operator, i) =>
    message(1, [...text(1, names[i]!), ...text(2, names[i + 1]!), ...text(4, operator)]),
  )
  const graph = [
    ...nodes,
    ...text(2, 'net'),
    ...message(11, value(input)),
    ...message(12, value(output)),
  ]
  return Uint8Array.from([...field(1, 8), ...message(7, graph), ...message(8, field(2, 13))])
}

/** An input or output of float32; a name stands for a size that varies. */
interface Value {
  readonly name: string
  readonly shape: readonly (number | string)[]
}

function value({ name, shape }: Value): number[] {
  const dimensions = shape.flatMap((size) =>
    message(1, typeof size === 'number' ? field(1, size) : text(2, size)),
  )
  return [...text(1, name), ...message(2, message(1, [...field(1, 1), ...message(2, dimensions)]))]
}

function field(number: number, value: number): number[] {
  return [number << 3, value]
}

function message(number: number, bytes: number[]): number[] {
  return [(number << 3) | 2, ...varint(bytes.length), ...bytes]
}

function varint(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]
}

function text(number: number, value: string): number[] {
  return message(number, [...Buffer.from(value)])
}
