// A whole server that writes events without end, saying so after each: two acts at once that are stored, and one that is undone
// before its end. It ends with its input. With no round given it writes none.
import { createServer } from '../../src/app.ts'
import { createLog } from '../../src/lib/log.ts'
import { act } from '../../src/runtime/act.ts'
import { loadSettings } from '../../src/settings.ts'
import { say } from './storage_child.mjs'

const [round] = process.argv.slice(2)
const server = await createServer(loadSettings({ env: process.env }), createLog('silent'))
const { context } = server
let ending = false
process.stdin.resume().on('end', () => {
  ending = true
})

async function write(clientId) {
  await act(context, {}, (_acting, record) => record('client_enabled', { clientId }))
  say(`wrote ${clientId}`)
}

async function undo(clientId) {
  const work = async (_acting, record) => {
    await record('client_enabled', { clientId })
    throw new Error('undone')
  }
  await act(context, {}, work).catch(() => undefined)
}

say('ready')
for (let i = 0; !ending; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10))
  if (round === undefined) continue
  await Promise.all([write(`${round}n${i}a`), undo(`${round}n${i}undone`), write(`${round}n${i}b`)])
}
await server.close()
