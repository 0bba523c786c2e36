/** What an operation of the admin API is: one row of the table that routes, document and matrix are made from. */
import { z } from 'zod'
import type { AdminCaller } from '../../engine/operator/admin_api/caller.ts'
import type { Versioned } from '../../engine/operator/admin_api/once.ts'
import type { Operator } from '../../engine/operator/operator.ts'
import type { Right } from '../../engine/operator/ranks.ts'
import { isPlainText } from '../../http/bodies/i_json.ts'
import type { PartProblem, ProblemType } from '../../http/problem_details.ts'
import { Problem } from '../../http/problem_details.ts'
import type { Context } from '../../runtime/context.ts'

export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What the operations work with. */
export interface AdminContext {
  /** In a change its acts hold the version that the caller has read, and are carried out once for an Idempotency-Key. */
  readonly context: Context
  /** The release of this program. */
  readonly release: string
}

/** A request that has been let in and read. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> extends AdminContext {
  readonly caller: AdminCaller
  readonly by: Operator
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

/** What comes of an operation, where it is not the thing itself. */
export interface Outcome {
  readonly body?: object
  /** Members of the first answer alone: an answer that is given again does not have them. */
  readonly once?: Readonly<Record<string, string>>
  /** The path of what was made, below the API. */
  readonly location?: string
  /** Of an operation that answers lines. */
  readonly lines?: readonly string[]
  /** Where the list goes on. */
  readonly next?: string | undefined
}

/** Something with a version, which its operations read and answer. */
export interface Thing<Params = never> {
  readonly kind: Versioned
  /** Its key in storage. */
  key(params: Params): string
  /** How it is shown now; undefined where there is none. */
  read(call: AdminContext, key: string): Promise<object | undefined>
}

interface Described {
  /** Its `operationId`. */
  readonly id: string
  readonly method: AdminMethod
  /** Below the API, with parameters in braces (OpenAPI). */
  readonly path: `/${string}`
  readonly tag: string
  /** A sentence without its full stop. */
  readonly summary: string
  readonly description?: string
  /** What of the server's roles it needs. */
  readonly right: Right
  /** 200 for what is read and changed, 201 for what is made, 202 for what goes on later, 204 without a body. */
  readonly status?: 200 | 201 | 202 | 204
  readonly answer?: z.ZodType
  /** Whether it answers JSON lines in place of JSON. */
  readonly lines?: true
  /** Problems beside those that follow from the rest. */
  readonly problems?: readonly ProblemType[]
  readonly examples?: { readonly body?: unknown; readonly params?: Readonly<Record<string, string>> }
}

export interface Operation extends Described {
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  /** Undefined where the request has none. */
  readonly body: z.ZodType | undefined
  /** What it is about, where that has a version. A change of it needs If-Match. */
  readonly thing: Thing | undefined
  /** Reads and does it. Throws Problem. */
  run(call: Call, raw: RawRequest): Promise<Outcome | undefined>
  /** The key of its thing. */
  keyOf(raw: RawRequest): string | undefined
}

/** A request as it came. */
export interface RawRequest {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

interface Typed<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> extends Described {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly thing?: Thing<z.output<Params>>
  /** Left out where the thing is only read. What it answers comes before the thing. */
  run?(call: Call<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Outcome | undefined>
}

const nothing = z.strictObject({})

/** Text that both databases can store. */
export const text = z.string().min(1).refine(isPlainText, 'holds a character that cannot be stored')

/** The usual parameter of a path. */
export const byId = z.strictObject({ id: text.max(500) })

/** A row of the table; its parts are typed by their schemas. */
export function operation<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(row: Typed<Params, Query, Body>): Operation {
  const { params: paramsSchema, query: querySchema, body: bodySchema, thing, run, ...described } = row
  const readParams = (raw: RawRequest) => read(paramsSchema ?? nothing, raw.params, 'path') as z.output<Params>
  return {
    ...described,
    params: paramsSchema ?? nothing,
    query: querySchema ?? nothing,
    body: bodySchema,
    thing: thing as Thing | undefined,
    keyOf: (raw) => thing?.key(readParams(raw)),
    async run(call, raw) {
      const params = readParams(raw)
      const query = read(querySchema ?? nothing, raw.query, 'query') as z.output<Query>
      const body = read(bodySchema ?? nothing.optional(), raw.body ?? undefined, 'body') as z.output<Body>
      return run?.({ ...call, params, query, body })
    },
  }
}

/** Throws the Problem that names everything that is wrong. */
function read<T extends z.ZodType>(schema: T, value: unknown, place: 'path' | 'query' | 'body'): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  // An address that cannot be anything's has nothing at it.
  if (place === 'path') throw new Problem('not_found')
  const errors = result.error.issues.flatMap((issue) => partProblems(issue, place))
  throw new Problem('bad_request', { detail: errors[0]?.detail, errors: errors.slice(0, 20) })
}

function partProblems(issue: z.core.$ZodIssue, place: 'query' | 'body'): readonly PartProblem[] {
  const path = issue.path.map(String)
  const at = (parts: readonly string[], detail: string): PartProblem =>
    place === 'body' ? { pointer: pointerTo(parts), detail } : { parameter: parts.join('.'), detail }
  if (issue.code !== 'unrecognized_keys') return [at(path, issue.message)]
  return issue.keys.map((key) => at([...path, key], place === 'body' ? 'Unknown member.' : 'Unknown parameter.'))
}

/** A JSON Pointer as a fragment (RFC 6901 §6). */
function pointerTo(parts: readonly string[]): string {
  return `#${parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}

/** Whether an operation changes what has a version. */
export function needsVersion({ thing, method }: Operation): boolean {
  return thing !== undefined && (method === 'PUT' || method === 'PATCH' || method === 'DELETE')
}

export function isChange({ method }: Operation): boolean {
  return method !== 'GET'
}
