/**
 * Draws the way of three requests through the rooms of the server, from a recorded run: which room calls which, in order.
 * Writes docs/event_way.md; with CHECK=1 it compares instead. Either way it fails where a room is entered twice.
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

/** A stay in a room: what was called there from the room above, and the stays below it in their order. */
interface Stay {
  readonly room: string
  readonly names: Set<string>
  readonly below: Stay[]
}

/**
 * The calls as a tree of stays. Calls one after another from one room into one other are one stay there, whatever both
 * ask of the rooms below meanwhile.
 */
function staysOf(recorded: readonly Call[]): Stay {
  const top: Stay = { room: '', names: new Set(), below: [] }
  let open = [top]
  const enter = (room: string): Stay => {
    const above = open.at(-1) ?? top
    const last = above.below.at(-1)
    const stay = last?.room === room ? last : { room, names: new Set<string>(), below: [] }
    if (stay !== last) above.below.push(stay)
    open.push(stay)
    return stay
  }
  for (const { from, to, name } of recorded) {
    open = open.slice(0, open.findLastIndex(({ room }) => room === from) + 1)
    // The frame, which nothing drawn has called.
    if (open.length === 0) {
      open = [top]
      enter(from)
    }
    enter(to).names.add(name)
  }
  return top
}

/** One line for each stay, further in the lower its room is: its name, and what was called there from above. */
function drawn({ below }: Stay): string[] {
  return below.flatMap((stay) => [
    `${'  '.repeat(floorOf(stay.room))}${[stay.room, [...stay.names].join(', ')].filter(Boolean).join(': ')}`,
    ...drawn(stay),
  ])
}

/** The storage verbs that write what the request is for: what comes after them answers it. */
const writes = new Set(['advance', 'act', 'insert'])

/** Where a stay of an engine's room, or of a surface, comes back to a room of the engine that it has left before. */
function enteredTwice({ room, below }: Stay): string[] {
  let left = new Set<string>()
  let last = ''
  const twice: string[] = []
  for (const stay of below) {
    if (stay.room === 'storage' && [...stay.names].some((name) => writes.has(name))) left = new Set()
    if (!stay.room.startsWith('engine/')) continue
    if (stay.room !== last && left.has(stay.room))
      twice.push(`${room} enters ${stay.room} again: ${[...stay.names].join(', ')}`)
    left.add(stay.room)
    last = stay.room
  }
  return [...twice, ...below.flatMap(enteredTwice)]
}

const found: string[] = []

async function wayOf(request: () => Promise<{ readonly status: number }>, status: number): Promise<string> {
  const recorded: Call[] = []
  const answer = await underWay.run(recorded, request)
  expect(answer.status).toBe(status)
  // The frame calls what a surface has handed to it.
  const goesUp = ({ from, to }: Call) => floorOf(to) < floorOf(from) && from !== 'http'
  expect(recorded.filter(goesUp)).toEqual([])
  const stays = staysOf(recorded)
  found.push(...enteredTwice(stays))
  return drawn(stays).join('\n')
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
  expect(found).toEqual([])
  const text = `# The way of a request

Drawn by \`npm run docs:way\` from a recorded run. A line is a stay in a room, further to the right the lower its floor, with
what was called there from the room that the stay belongs to. It lasts until that room turns to another one. Not drawn:
\`protocol/\`, \`words/\` and \`lib/\`, which anybody may ask, the trace that notes each step, and what lies behind the
storage contract.

The check fails on a call that goes up, and where a room comes back to a room of the engine that it has left, unless
something was written meanwhile: a refresh token is made of the step that storage has just taken.
${ways.map(([title, way]) => `\n## ${title}\n\n\`\`\`\n${way}\n\`\`\`\n`).join('')}`
  if (process.env.CHECK === undefined) writeFileSync(file, text)
  else expect(readFileSync(file, 'utf8')).toBe(text)
})
