/** Runs the recording of `record.ts` with every function of the server saying that it was entered. */
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { defineConfig, type Plugin } from 'vitest/config'

interface Node {
  readonly type: string
  readonly start: number
  readonly [member: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

/** Where the bodies of functions begin. */
function* bodies(value: unknown): Generator<number> {
  if (Array.isArray(value)) for (const item of value) yield* bodies(item)
  if (!isNode(value)) return
  if (/Function/.test(value.type) && isNode(value.body) && /^(?:BlockStatement|FunctionBody)$/.test(value.body.type)) {
    yield value.body.start + 1
  }
  for (const member of Object.values(value)) yield* bodies(member)
}

const entered: Plugin = {
  name: 'entered',
  enforce: 'pre',
  transform(code, id) {
    const [, path = ''] = /\/server\/src\/([^?]+)$/.exec(id) ?? []
    if (path === '') return undefined
    const ast = parseAst(code, { lang: path.endsWith('x') ? 'tsx' : 'ts' })
    let text = code
    for (const at of [...bodies(ast)].sort((a, b) => b - a)) {
      text = `${text.slice(0, at)}globalThis.entered?.(new Error(), ${JSON.stringify(path)});${text.slice(at)}`
    }
    return { code: text, map: null }
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [entered],
  test: { include: ['scripts/event_way/record.ts'], maxWorkers: 1, testTimeout: 120_000, hookTimeout: 120_000 },
})
