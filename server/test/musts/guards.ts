/**
 * Guards of the server: places in its sources that say no. Each can be taken away while the tests run, by a change of the
 * source as it is loaded; the product knows nothing of it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { expressions } from './expressions.ts'

export const sources = fileURLToPath(new URL('../../src', import.meta.url))

/** Files in which every `if` that leaves is a guard: they tell what is wrong by other means than a refusal. */
const whollyRules = [
  'engine/client/dpop_proof.ts',
  'engine/client/private_key_jwt.ts',
  'engine/client/signed_assertion.ts',
  'lib/public_key.ts',
  'protocol/grant.ts',
  'protocol/redirect_uri.ts',
]

/** Rooms that serve no RFC: protocols of their own, pages, plans. Their refusals are tried by rule, not one by one. */
const unlisted = new RegExp(
  `^(?:${[
    '(?:api|pages|runtime|dialects/(?:quantimodo|password_token|jwt_login)|engine/(?:providers|operator))/',
    'engine/(?:token/grants/password|client/(?:leniencies|subscription_key_rules)|access_tokens/login_jwt)\\.',
    'http/(?:legacy_dialect|bodies/bodies|browser/other_pages)\\.',
  ].join('|')})`,
)

/** A place in the sources that says no. */
export interface Guard {
  /** File without its ending, and the reason of the refusal, the condition, or the name of the expression. */
  readonly id: string
  readonly file: string
  /** The line in which it stands, as it is written. */
  readonly line: string
  readonly edits: readonly Edit[]
}

/** Text that is put in the place of what stands from `start` to `end`. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

type Place = readonly [node: Node, around: readonly Node[]]

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** Every node with those around it, the nearest first. */
export function* nodes(value: unknown, around: readonly Node[] = []): Generator<Place> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item, around)
  if (!isNode(value)) return
  yield [value, around]
  const inside = [value, ...around]
  for (const member of Object.values(value)) if (typeof member === 'object') yield* nodes(member, inside)
}

/** What a file calls its guards: a name that comes more than once is numbered. */
function naming(file: string): (what: string) => string {
  const times = new Map<string, number>()
  return (what) => {
    const time = (times.get(what) ?? 0) + 1
    times.set(what, time)
    return `${file.replace(/\.tsx?$/, '')}: ${what}${time === 1 ? '' : ` (${time})`}`
  }
}

const asks = (verb: 'stands' | 'holds', id: string) => `globalThis.guards.${verb}(${JSON.stringify(id)}`

/** The reason of a refusal that is made here and then thrown, returned or chosen; undefined where it only is spelled. */
function refusedFor([node, [parent]]: Place, code: string): string | undefined {
  const { callee, arguments: given } = node as Node & { readonly callee?: Node; readonly arguments?: readonly Node[] }
  if (node.type !== 'NewExpression' || callee?.name !== 'Refusal') return undefined
  const guards = /^(?:Throw|Return)Statement|^(?:Conditional|Logical|ArrowFunction)Expression$/
  if (parent === undefined || !guards.test(parent.type)) return undefined
  return code.slice(given?.[0]?.start, given?.[0]?.end).replaceAll("'", '')
}

/** Takes a refusal away: what throws or answers it goes on, and where it is a value there is none. */
function withoutRefusal([{ start, end }, [parent]]: Place, id: string): readonly Edit[] {
  const leaves = parent !== undefined && /Statement$/.test(parent.type)
  const [from, to] = leaves ? [parent.start, parent.end] : [start, end]
  return [
    { start: from, end: from, text: leaves ? `{ if (${asks('stands', id)})) ` : `(${asks('stands', id)}) ? ` },
    { start: to, end: to, text: leaves ? ' }' : ' : undefined)' },
  ]
}

/** The condition of an `if` that leaves the function. */
function conditionOf([node]: Place): Node | undefined {
  if (node.type !== 'IfStatement') return undefined
  const leaves = (value: Node): boolean =>
    /^(?:Return|Throw)Statement$/.test(value.type) ||
    (value.type === 'BlockStatement' && (value.body as readonly Node[]).slice(-1).some(leaves))
  return leaves(node.consequent as Node) ? (node.test as Node) : undefined
}

/** The guards of a file. */
export function guardsIn(file: string, code: string): readonly Guard[] {
  const named = naming(file)
  const lineAt = (at: number) =>
    code
      .slice(code.lastIndexOf('\n', at) + 1)
      .split('\n', 1)[0]
      ?.trim() ?? ''
  const guards: Guard[] = expressions
    .filter((one) => one.file === file)
    .map(({ name, code: expression, off }) => {
      const start = code.indexOf(expression)
      if (start < 0 || code.indexOf(expression, start + 1) >= 0) throw new Error(`${file} has not once: ${expression}`)
      const id = named(name)
      const text = `(${asks('holds', id)}, true) ? (${expression}) : (${off}))`
      return { id, file, line: lineAt(start), edits: [{ start, end: start + expression.length, text }] }
    })
  const wholly = whollyRules.includes(file)
  if (!wholly && !code.includes('new Refusal(')) return guards
  for (const place of nodes(parseAst(code, { lang: file.endsWith('x') ? 'tsx' : 'ts' }))) {
    const [node, around] = place
    const reason = refusedFor(place, code)
    if (reason !== undefined) {
      const id = named(reason)
      const condition = around.find(({ type }) => type === 'IfStatement')
      const near = condition !== undefined && code.slice(condition.start, node.start).split('\n').length <= 2
      guards.push({ id, file, line: lineAt(near ? condition.start : node.start), edits: withoutRefusal(place, id) })
    }
    const condition = wholly ? conditionOf(place) : undefined
    if (condition === undefined || code.slice(node.start, node.end).includes('new Refusal(')) continue
    const { start, end } = condition
    const id = named(code.slice(start, end).replaceAll(/\s+/g, ' '))
    const edits = [
      { start, end: start, text: `${asks('holds', id)}, ` },
      { start: end, end, text: ')' },
    ]
    guards.push({ id, file, line: lineAt(node.start), edits })
  }
  return guards
}

/** The source of a file with guards that can be taken away, and traces that say where they are. */
export function guarded(file: string, code: string): string {
  const edits = guardsIn(file, code).flatMap((guard) => guard.edits)
  if (file === 'runtime/log/trace.ts') {
    const begin = code.indexOf('this.endpoint = endpoint')
    if (begin < 0) throw new Error('the constructor of Trace looks different')
    edits.push({ start: begin, end: begin, text: 'globalThis.guards.begin(this); ' })
  }
  return edits
    .toSorted((one, other) => other.start - one.start || other.end - one.end)
    .reduce((text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end), code)
}

/** All guards that are tried one by one. */
export function allGuards(): readonly Guard[] {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  const named = new Set(expressions.map(({ file }) => file))
  const listed = files.filter((file) => !unlisted.test(file) || named.has(file))
  return listed.sort().flatMap((file) => guardsIn(file, readFileSync(join(sources, file), 'utf8')))
}
