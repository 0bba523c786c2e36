/**
 * Pictures that somebody gives the server: decoded in a process of its own, within limits, and drawn anew, so that nothing of
 * the file is kept. The room is the only way to a decoder.
 * Not here: whose picture it is, and where it is stored. Neighbours: the engine asks it; `lib/child.ts` starts the process.
 * To add: another drawing, its case in `picture_worker.ts`.
 */
import { type Child, programBeside, startChild } from '../../lib/child.ts'
import type { Millis } from '../../lib/clock.ts'
import { fileKind } from './kinds.ts'
import type { Answered, Asked, Drawing } from './picture_worker.ts'

/** Bytes that the file of a picture may have. */
export const largestPicture = 4_000_000
const mostPixels = 16_000_000
/** How long the process may take to start, and then for the picture. */
const startingTime: Millis = 15_000
const drawingTime: Millis = 2000
/** Pictures that are drawn at once: each may take a core and some hundred megabytes. */
const mostAtOnce = 2

/** Why there is no drawing of a file. */
export type NotDrawn = 'svg' | 'unknown' | 'too_many_pixels' | 'broken' | 'too_slow' | 'busy' | 'unavailable'

export interface Pictures {
  /** Whether pictures can be drawn here at all: on some systems there is no library for it. */
  available(): Promise<boolean>
  /** Draws the picture in a file of at most `largestPicture` bytes anew: a portrait as JPEG, a logo as PNG. */
  draw(file: Buffer, as: Drawing): Promise<Buffer | NotDrawn>
  close(): Promise<void>
}

export function createPictures(program = programBeside(import.meta.url, 'picture_worker')): Pictures {
  const children = new Set<Child<Asked, Answered>>()
  let available: Promise<boolean> | undefined
  let drawing = 0

  /** Does something with a process that has just started, which ends afterwards. Undefined where there is no library. */
  async function withChild<T>(use: (child: Child<Asked, Answered>) => Promise<T>): Promise<T | undefined> {
    // Others have the processor first.
    const child: Child<Asked, Answered> = startChild({
      program,
      args: [],
      niceness: 5,
      gone: () => children.delete(child),
    })
    children.add(child)
    try {
      const heard = await child.hear(startingTime)
      if (typeof heard === 'string' || !('ready' in heard) || !heard.ready) return undefined
      return await use(child)
    } finally {
      await child.end()
    }
  }

  async function drawNow(file: Buffer, as: Drawing): Promise<Buffer | NotDrawn> {
    const drawn = await withChild<Buffer | NotDrawn>(async (child) => {
      child.ask({ file, as, mostPixels })
      const heard = await child.hear(drawingTime)
      if (heard === 'late') return 'too_slow'
      // A decoder that ends with its process has met what it could not bear.
      if (heard === 'ended' || 'ready' in heard) return 'broken'
      return 'drawn' in heard ? Buffer.from(heard.drawn) : heard.not
    })
    return drawn ?? 'unavailable'
  }

  return {
    available() {
      available ??= withChild(async () => true).then((is) => is === true)
      return available
    },
    async draw(file, as) {
      const kind = fileKind(file)
      if (kind !== 'picture') return kind === 'svg' ? 'svg' : 'unknown'
      if (drawing >= mostAtOnce) return 'busy'
      drawing++
      try {
        return await drawNow(file, as)
      } finally {
        drawing--
      }
    },
    async close() {
      await Promise.all([...children].map((child) => child.end()))
    },
  }
}
