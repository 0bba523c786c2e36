/**
 * A process that draws one picture anew for the server. What strangers send is decoded here and nowhere else: the process is
 * told no setting, key or name, and the server ends it when it takes too long. Every other program runs without sharp.
 */
import type { Sharp } from 'sharp'

/** What is made of a picture: a square of fixed size without transparency, or a mark that keeps its shape. */
export type Drawing = 'portrait' | 'logo'

/** What the server asks. */
export interface Asked {
  readonly file: Uint8Array
  readonly as: Drawing
  readonly mostPixels: number
}

/** What it is answered: first whether there is a library, then one of the others. */
export type Answered =
  | { readonly ready: boolean }
  | { readonly drawn: Uint8Array }
  | { readonly not: 'too_many_pixels' | 'broken' }

// What a terminal or a service manager sends goes to every process of the group; the server says when it is time.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

function answer(message: Answered): void {
  process.send?.(message)
}

async function load() {
  try {
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    sharp.concurrency(1)
    // Only what the server has recognized by its first bytes; nothing that reads files or programs, as SVG does.
    sharp.block({ operation: ['VipsForeignLoad'] })
    const kinds = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif']
    sharp.unblock({ operation: kinds.map((kind) => `VipsForeignLoad${kind}Buffer`) })
    return sharp
  } catch {
    return undefined
  }
}

const portraitSide = 256
const logo = { width: 480, height: 96 }

/** Of moving pictures the first; nothing of what the file says beside the picture is kept. */
function drawnAs(picture: Sharp, as: Drawing): Promise<Buffer> {
  if (as === 'logo')
    return picture
      .resize({ ...logo, fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer()
  return picture.resize(portraitSide, portraitSide).flatten({ background: '#fff' }).jpeg({ quality: 85 }).toBuffer()
}

const sharp = await load()

process.on('message', async ({ file, as, mostPixels }: Asked) => {
  if (sharp === undefined) return
  try {
    const picture = sharp(file, { failOn: 'error', limitInputPixels: false, pages: 1 })
    const { width, height } = await picture.metadata()
    if (width * height > mostPixels) answer({ not: 'too_many_pixels' })
    else answer({ drawn: await drawnAs(picture.autoOrient(), as) })
  } catch {
    answer({ not: 'broken' })
  }
})
answer({ ready: sharp !== undefined })
