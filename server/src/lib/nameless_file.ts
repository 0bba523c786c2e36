/** A file on the disk under no name: it takes no memory, nobody else can open it, and nothing of it outlives its handle. */
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomText } from './random.ts'

export interface NamelessFile {
  readonly handle: FileHandle
  /** In bytes. */
  readonly size: number
}

/** Keeps what comes. Where that breaks off, nothing stays, and its error is thrown. Whoever gets the handle closes it. */
export async function keepNameless(pieces: AsyncIterable<Buffer>): Promise<NamelessFile> {
  const path = join(tmpdir(), `consentry-${randomText(16)}`)
  const handle = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    let size = 0
    for await (const piece of pieces) {
      await handle.writeFile(piece)
      size += piece.length
    }
    return { handle, size }
  } catch (error) {
    await handle.close()
    throw error
  }
}
