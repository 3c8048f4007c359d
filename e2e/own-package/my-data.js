// Somebody else's data: points around the corners of a square.
export async function myData() {
  const corners = ['north', 'east', 'south', 'west']
  const size = 5
  return {
    test: {
      spec: { package: 'my-package', export: 'myData', options: {} },
      shape: [2],
      classes: corners.map((id) => ({ id, size })),
      read(classIndex, example, target, offset) {
        if (!corners[classIndex] || !(example in [...Array(size)]))
          throw new RangeError('no such example')
        if (offset + 2 > target.length) throw new RangeError('the target is too short')
        const angle = (classIndex * Math.PI) / 2 + example / 50
        target.set([Math.cos(angle), Math.sin(angle)], offset)
      },
    },
  }
}
