import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { badPicture } from './errors'

/** Larger than the pictures of any camera. */
const MOST_BYTES = 2 ** 28

/**
 * The bytes of a picture file. Pipes and devices, which may never end, are refused unread.
 * @throws `image-encoder/bad-picture`
 */
export async function fileBytes(path: string | URL): Promise<Uint8Array> {
  // Without O_NONBLOCK, to open a pipe waits for who writes to it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause) => {
    throw badPicture(`no file to read at ${path} (${cause.message})`, 'Check the path', cause)
  })
  try {
    const found = await file.stat()
    if (!found.isFile()) {
      const what = found.isDirectory() ? 'a folder' : 'a pipe or a device'
      throw badPicture(`${what} at ${path}`, 'Pass the path of a picture file')
    }
    if (found.size > MOST_BYTES) {
      throw badPicture(`${path} of ${found.size} bytes`, `Make it smaller than ${MOST_BYTES} bytes`)
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}
