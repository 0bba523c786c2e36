/** A form with one file, which is read as it arrives and kept nowhere by itself. */
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { fastifyMultipart } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The file is larger than the form takes. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge'
}

/** The token of a form and its file, whose stream throws FileTooLarge, and what else keeps it from arriving whole. */
export interface Upload {
  readonly csrf: string
  readonly file: AsyncIterable<Buffer>
}

/**
 * Of a file that is too large so much is read and thrown away: a browser shows an answer only once it has sent its form. A
 * body that is announced as larger is refused before anybody looks at who sends it.
 */
export const mostRead = 256_000_000

/** Makes a scope take forms with one file of at most `largest` bytes. */
export async function takeUploads(scope: FastifyInstance, largest: number): Promise<void> {
  const fields = { fieldNameSize: 100, fieldSize: 1024, fields: 5 }
  const limits = { ...fields, files: 1, parts: 6, headerPairs: 20, fileSize: largest }
  await scope.register(fastifyMultipart, { limits, throwFileSizeLimit: false })
}

type Incoming = Readable & { readonly truncated?: boolean }

/** The form of a request; the token has to come before the file. Undefined where there is no file, or it is no form. */
export async function readUpload(request: FastifyRequest): Promise<Upload | undefined> {
  if (!request.isMultipart()) return undefined
  let csrf = ''
  // Taken one by one: leaving a loop over them would throw away the file.
  const parts = request.parts()
  for (;;) {
    const { value: part, done } = await parts.next().catch(() => ({ value: undefined, done: true }) as const)
    if (done === true) return undefined
    if (part.type === 'file') return { csrf, file: limited(part.file, request) }
    if (part.fieldname === 'csrf' && typeof part.value === 'string') csrf = part.value
  }
}

/** Reads a file to its end and keeps nothing of it, so that its sender sees the answer. */
export async function throwAway(file: Upload['file']): Promise<void> {
  const pieces = file[Symbol.asyncIterator]()
  for (let more = true; more; )
    more = await pieces.next().then(
      ({ done }) => done !== true,
      () => false,
    )
}

async function* limited(file: Incoming, request: FastifyRequest): AsyncGenerator<Buffer> {
  for await (const piece of file) yield piece as Buffer
  if (file.truncated !== true) return
  await finished(request.raw, { writable: false })
  throw new FileTooLarge()
}
