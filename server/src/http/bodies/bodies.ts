/**
 * The kinds of request body that older clients send (urlencoded, JSON, multipart), read into one list of named fields.
 * Not here: what a field means and whether it may come twice; that is for the protocols to say. Neighbours:
 * `../frame.ts`, which says which bodies a surface takes. To add: a kind of body, its parser here, with a limit
 * (`body_limit.ts`).
 */
import { fastifyMultipart } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Form, isSoundText, parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { BodyTooLarge, tooMuchArrives } from './body_limit.ts'

/** One named piece of a body. `value` is undefined where something other than text came (an object, a list, a file). */
export interface Field {
  readonly name: string
  readonly value: string | undefined
}

/** The text of a body that is not multipart, with what it was declared to be. */
interface TextBody {
  readonly kind: 'form' | 'json'
  readonly text: string
}

const maxFields = 200
const limits = { fieldNameSize: 200, fieldSize: 16_384, fields: maxFields, files: 0, parts: maxFields, headerPairs: 20 }

/** Makes a scope take urlencoded, JSON and multipart bodies, to be read with `readFields`. */
export async function takeBodies(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  const kinds = { 'application/x-www-form-urlencoded': 'form', 'application/json': 'json' } as const
  for (const [type, kind] of Object.entries(kinds)) {
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, text, done) => {
      done(null, { kind, text: String(text) } satisfies TextBody)
    })
  }
  await app.register(fastifyMultipart, { limits })
}

/** Makes a scope take JSON bodies alone, which arrive as what they say. */
export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) =>
    parseJson(text),
  )
}

/**
 * Adds urlencoded and multipart bodies to a scope that takes others besides. There they arrive as an object of texts;
 * a name that came more than once holds a list.
 */
export function takeFormObjects(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => {
    const form = parseForm(String(text))
    if (form === undefined) done(new Refusal('parameter_malformed'))
    else done(null, objectOf(fieldsOfForm(form)))
  })
  app.register(fastifyMultipart, { limits })
  app.addHook('preValidation', async (request) => {
    if (request.isMultipart()) request.body = objectOf(await readMultipart(request))
  })
}

function objectOf(fields: readonly Field[]): Record<string, string | string[]> {
  const members = new Map<string, string | string[]>()
  for (const { name, value } of fields) {
    if (value === undefined) throw new Refusal('parameter_malformed')
    const known = members.get(name)
    members.set(name, known === undefined ? value : [known, value].flat())
  }
  // Members of its own only, whatever they are called.
  return Object.fromEntries(members)
}

/** The fields of a body in order, none where there is no body. Throws Refusal where it cannot be read. */
export async function readFields(request: FastifyRequest): Promise<readonly Field[]> {
  const body = request.body as TextBody | readonly Field[] | undefined | null
  if (body === undefined || body === null) {
    if (!request.isMultipart()) return []
    // It comes off the request itself, once.
    const fields = await readMultipart(request)
    request.body = fields
    return fields
  }
  if (!('kind' in body)) return body
  if (body.kind === 'json') return fieldsOfJson(body.text)
  const form = parseForm(body.text)
  if (form === undefined) throw new Refusal('parameter_malformed')
  return fieldsOfForm(form)
}

/** The fields of a form; what was left empty counts as left out. */
export function fieldsOfForm(form: Form): readonly Field[] {
  return form.names.flatMap((name) => form.all(name).map((value) => ({ name, value })))
}

/**
 * The one value that fields have under any of the names; undefined where there is none. Throws Refusal where there are
 * different ones, or something other than text.
 */
export function oneValue(fields: readonly Field[], ...names: readonly string[]): string | undefined {
  const [first, ...more] = fields.filter(({ name }) => names.includes(name))
  if (first === undefined) return undefined
  const { name, value } = first
  if (value === undefined) throw new Refusal('parameter_malformed', { text: `${name} must be a string.` })
  if (more.some((other) => other.value !== value)) {
    throw new Refusal('parameter_repeated', { cause: `${name} was sent more than once, with different values.` })
  }
  return value
}

function fieldsOfJson(text: string): readonly Field[] {
  // Clients that always declare JSON also do so where they send nothing.
  if (text.trim() === '') return []
  const body = parseJson(text)
  if (body === null) return []
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new Refusal('parameter_malformed', { cause: 'The JSON body is not an object.' })
  }
  const members = Object.entries(body)
  if (members.length > maxFields) throw new Refusal('parameter_malformed')
  return members.flatMap(([name, value]) => (value === null || value === '' ? [] : { name, value: textOf(value) }))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('parameter_malformed', {
      text: 'The request body is not valid JSON.',
      cause: 'The body was declared as JSON and is not valid JSON.',
    })
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return isSoundText(value) ? value : undefined
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

async function readMultipart(request: FastifyRequest): Promise<readonly Field[]> {
  // The parser takes the stream itself, so that the limit of the other bodies does not hold for it.
  const fields = await Promise.race([tooMuchArrives(request), collectParts(request)]).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) throw error
    // Whatever the parser stumbles over is in the body: nothing of ours is called while it reads.
    throw new Refusal('parameter_malformed', {
      text: 'The multipart body could not be read.',
      cause: 'The multipart body is broken, holds a file or has too many parts.',
    })
  })
  if (fields === 'too_long') throw new Refusal('parameter_too_long')
  return fields
}

async function collectParts(request: FastifyRequest): Promise<readonly Field[] | 'too_long'> {
  const fields: Field[] = []
  for await (const part of request.parts()) {
    if (part.type === 'file' || part.fieldnameTruncated || part.valueTruncated) return 'too_long'
    const value = textOf(part.value)
    if (value !== '') fields.push({ name: part.fieldname, value })
  }
  return fields
}
