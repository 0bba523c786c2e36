// A whole server that sends mail, and opens accounts without end, each with a mail, saying so after each. It ends with its
// input. With no round given it opens none. It rests between two: mails leave slower than accounts are opened.
import { createServer } from '../../src/app.ts'
import { createLog } from '../../src/lib/log.ts'
import { act } from '../../src/runtime/act.ts'
import { sendMail } from '../../src/runtime/jobs/queue.ts'
import { loadSettings } from '../../src/settings.ts'
import { say } from './storage_child.mjs'

const [round] = process.argv.slice(2)
const server = await createServer(loadSettings({ env: process.env }), createLog('silent'))
const { context } = server
let ending = false
process.stdin.resume().on('end', () => {
  ending = true
})
say('ready')
for (let i = 0; !ending; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10))
  if (round === undefined) continue
  const username = `${round}n${i}`
  const userId = `usr_${username}`
  await act(context, {}, async (acting) => {
    const names = { username, email: `${username}@example.com`, emailVerified: true }
    await acting.accounts.insert({ id: userId, ...names, passwordHash: null, roles: [], claims: {} })
    await sendMail(context, acting, 'password_set', { ids: { userId } })
  })
  say(`opened ${username}`)
}
await server.close()
