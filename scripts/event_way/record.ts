/**
 * Draws the way of three requests through the rooms of the server, from a recorded run: which room calls which, in order.
 * Writes docs/event_way.md; with CHECK=1 it compares instead.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openSqlite } from '../../server/src/storage/sqlite.ts'
import { registerApp, signedIn } from '../../server/test/pages/developer.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
  testBrowser,
} from '../../server/test/support/browser.ts'
import { addAccount, addClient, harness } from '../../server/test/support/harness.ts'

const file = new URL('../../docs/event_way.md', import.meta.url)

/**
 * The floors, from top to bottom. What is below them (rules without state, texts, tools) is called from everywhere, and so
 * is the trace, which notes each step.
 */
const floors = [
  ['dialects', 'pages', 'api'],
  ['http'],
  ['engine/operator', 'engine/providers'],
  ['engine/authorize'],
  ['engine/token'],
  ['engine/access_tokens', 'engine/developer'],
  ['engine/client', 'engine/measurements'],
  ['engine/account', 'engine/grant'],
  ['runtime'],
  ['storage'],
] as const
const untold = ['runtime/log/', 'storage/text.ts']

interface Call {
  readonly from: string
  readonly to: string
  readonly name: string
}

/** What the request under way has called; work that goes on behind the server's back belongs to none. */
const underWay = new AsyncLocalStorage<Call[]>()

function roomOf(line = ''): string | undefined {
  const [, path] = /\/server\/src\/([^:?)]+)/.exec(line) ?? []
  if (path === undefined || untold.some((room) => path.startsWith(room))) return undefined
  return floors.flat().find((room) => path === `${room}.ts` || path.startsWith(`${room}/`))
}

Object.assign(globalThis, {
  entered({ stack = '' }: Error) {
    const calls = underWay.getStore()
    if (calls === undefined) return
    const [, own, caller] = stack.split('\n')
    const [from, to] = [roomOf(caller), roomOf(own)]
    const name = /at (?:async )?(?:[\w$]+\.)*([\w$]+)(?: \[as [^\]]+\])? \(/.exec(own ?? '')?.[1]
    if (from !== undefined && to !== undefined && from !== to && from !== 'storage' && name !== undefined)
      calls.push({ from, to, name })
  },
})

const floorOf = (room: string) => floors.findIndex((floor) => (floor as readonly string[]).includes(room))

/** One line for each stay in a room, further in the lower it is: its name, and what was called there from outside. */
function drawn(recorded: readonly Call[]): string {
  const stays: { room: string; names: string[] }[] = []
  for (const { to, name } of recorded) {
    const last = stays.at(-1)
    if (last?.room === to) {
      if (!last.names.includes(name)) last.names.push(name)
    } else stays.push({ room: to, names: [name] })
  }
  return stays.map(({ room, names }) => `${'  '.repeat(floorOf(room))}${room}: ${names.join(', ')}`).join('\n')
}

async function wayOf(request: () => Promise<{ readonly status: number }>, status: number): Promise<string> {
  const recorded: Call[] = []
  const answer = await underWay.run(recorded, request)
  expect(answer.status).toBe(status)
  // The frame calls what a surface has handed to it.
  const goesUp = ({ from, to }: Call) => floorOf(to) < floorOf(from) && from !== 'http'
  expect(recorded.filter(goesUp)).toEqual([])
  return drawn(recorded)
}

test('the way of three requests is as docs/event_way.md draws it', async () => {
  const h = await harness({ open: (clock) => openSqlite({ path: ':memory:', clock }) })
  await addAccount(h, 'alice')
  const client = await addClient(h)
  const { code, browser } = await authorize(h.app, authorizeUrl(client, { scope: 'openid offline_access' }))
  const first = await exchangeCode(h.app, client, code)
  const second = await refresh(h.app, client, first.body.refresh_token ?? '')
  const developer = await signedIn(h)
  const app = await registerApp(developer)
  const path = `/developer/apps/${app.id}/settings`
  const form = { ...hiddenFields(await developer.get(path)), name: 'Another name' }
  await testBrowser(h.app).get(authorizeUrl(client))
  const ways = [
    ['`POST /oauth/token`, a refresh', await wayOf(() => refresh(h.app, client, second.body.refresh_token ?? ''), 200)],
    ['`GET /oauth/authorize`, of somebody who is signed in', await wayOf(() => browser.get(authorizeUrl(client)), 303)],
    [
      'A form of the developer portal: the name of an app',
      await wayOf(() => developer.post(`${path}/name`, form), 303),
    ],
  ]
  await h.close()
  const text = `# The way of a request

Drawn by \`npm run docs:way\` from a recorded run. A line is a stay in a room, further to the right the lower its floor, with
what was called there from other rooms. Not drawn: \`protocol/\`, \`words/\` and \`lib/\`, which anybody may ask, the trace
that notes each step, and what lies behind the storage contract. Calls go down only; the check fails on one that goes up.
${ways.map(([title, way]) => `\n## ${title}\n\n\`\`\`\n${way}\n\`\`\`\n`).join('')}`
  if (process.env.CHECK === undefined) writeFileSync(file, text)
  else expect(readFileSync(file, 'utf8')).toBe(text)
})
