/**
 * Apps that one harness after another is served by. To register some thousand routes takes ten times as long as to open
 * the database and the context behind them, and nothing of it depends on more than the settings: an app looks into its
 * context at each request, and finds what a later harness has put there.
 */
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import type { Log } from '../../src/lib/log.ts'
import type { Context, EngineSettings } from '../../src/runtime/context.ts'
import type { Mailer } from '../../src/runtime/mailer/mailer.ts'

export interface ServedApp {
  readonly log: Log
  /** Lines that were logged since the app was taken. */
  readonly logged: string[]
  /** Lets the app serve this context; answers the one that it looks into. */
  serve(context: Context): Promise<{ readonly app: FastifyInstance; readonly context: Context }>
  /** Lets somebody else take the app, unless it was closed. */
  giveBack(): Promise<void>
}

interface Place {
  readonly routes: string
  readonly log: Log
  logged: string[]
  context: Context | undefined
  app: FastifyInstance | undefined
  closed: boolean
}

/** What is kept for others: tests with settings of their own come with many kinds of them. */
const most = 8
const idle: Place[] = []

/** An app with the routes of these settings and this way of mail, that nobody else uses. */
export function takeApp(settings: EngineSettings, way: Mailer['way'] | undefined): ServedApp {
  const routes = JSON.stringify([way, settings], (_, value) => (value instanceof Set ? [...value].sort() : value))
  const at = idle.findLastIndex((place) => place.routes === routes)
  const place = idle.splice(at, at < 0 ? 0 : 1)[0] ?? newPlace(routes)
  place.logged = []
  return {
    log: place.log,
    logged: place.logged,
    async serve(context) {
      place.context = Object.assign(place.context ?? {}, context)
      place.app ??= await newApp(place, place.context)
      return { app: place.app, context: place.context }
    },
    async giveBack() {
      if (place.app === undefined || place.closed) return
      idle.push(place)
      if (idle.length > most) await idle.shift()?.app?.close()
    },
  }
}

function newPlace(routes: string): Place {
  const log = pino({ level: 'debug' }, { write: (line: string) => void place.logged.push(line) })
  const place: Place = { routes, log, logged: [], context: undefined, app: undefined, closed: false }
  return place
}

/** What routes depend on; of the way of mail no more than its name. */
const lasting: ReadonlySet<PropertyKey> = new Set(['settings', 'mailer', 'log'])

async function newApp(place: Place, context: Context): Promise<FastifyInstance> {
  let registering = true
  const looked = new Proxy(context, {
    get(parts, name: keyof Context) {
      if (!registering || lasting.has(name)) return parts[name]
      throw new Error(`Routes hold on to ${name}, which is another one for each harness: look into the context later.`)
    },
  })
  const app = await createApp(looked)
  app.addHook('onClose', async () => {
    place.closed = true
  })
  await app.ready()
  registering = false
  return app
}
