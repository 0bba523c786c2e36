/**
 * Apps that one harness after another is served by. To register some thousand routes takes ten times as long as to open
 * the database and the context behind them, and nothing of it depends on more than some settings: an app looks into its
 * context and settings at each request, and finds what a later harness has put there.
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

type Writable<T> = { -readonly [Name in keyof T]?: T[Name] }

interface Place {
  /** The settings of whoever has it now. */
  readonly settings: Writable<EngineSettings>
  readonly way: Mailer['way'] | undefined
  /** What its routes have read of the settings when they were registered: by the name of a setting, its value as text. */
  readonly read: Map<string, string>
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
  const at = idle.findLastIndex(
    (place) => place.way === way && [...place.read].every(([name, text]) => textOf(settings, name) === text),
  )
  const place = idle.splice(at, at < 0 ? 0 : 1)[0] ?? newPlace(way)
  for (const name of Object.keys(place.settings)) delete place.settings[name as keyof EngineSettings]
  Object.assign(place.settings, settings)
  place.logged = []
  return {
    log: place.log,
    logged: place.logged,
    async serve(context) {
      place.context = Object.assign(place.context ?? {}, { ...context, settings: place.settings as EngineSettings })
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

function newPlace(way: Mailer['way'] | undefined): Place {
  const log = pino({ level: 'debug' }, { write: (line: string) => void place.logged.push(line) })
  const none = { logged: [], context: undefined, app: undefined, closed: false }
  const place: Place = { settings: {}, way, read: new Map(), log, ...none }
  return place
}

/** A setting, so that two can be compared. */
function textOf(settings: EngineSettings, name: string): string {
  const value: unknown = settings[name as keyof EngineSettings]
  return JSON.stringify(value instanceof Set ? [...value].sort() : value) ?? ''
}

/** What routes depend on; of the way of mail no more than its name. */
const lasting: ReadonlySet<PropertyKey> = new Set(['mailer', 'log'])

async function newApp(place: Place, context: Context): Promise<FastifyInstance> {
  let registering = true
  const settings = new Proxy(place.settings as EngineSettings, {
    get(values, name: keyof EngineSettings) {
      if (registering) place.read.set(name, textOf(values, name))
      return values[name]
    },
  })
  const looked = new Proxy(context, {
    get(parts, name: keyof Context) {
      if (registering && name === 'settings') return settings
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
