// A whole server on a PostgreSQL database, which tells the others of the release that it is given; it ends with its input.
import { createServer } from '../../src/app.ts'
import { createLog } from '../../src/lib/log.ts'
import { loadSettings } from '../../src/settings.ts'
import { say } from './storage_child.mjs'

const [release] = process.argv.slice(2)
const settings = { ...loadSettings({ env: process.env }), host: '127.0.0.1', port: 0 }
const server = await createServer(settings, createLog('silent'), release)
say(await server.listen())
process.stdin.resume().on('end', () => void server.close())
