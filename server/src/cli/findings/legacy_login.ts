/** Whether the server that people are moved from answers, asked about somebody whom it cannot know. */
import { systemClock } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { messageOf } from '../../lib/text/reason.ts'
import { createLegacyLogin } from '../../runtime/limits/legacy_login.ts'
import type { Settings } from '../../settings.ts'
import { commandLog } from '../command.ts'
import type { Finding } from './providers.ts'

/** Nothing where no such server is named. */
export async function lookAtLegacyLogin({
  legacyLogin,
  outboundAllowed: allowed,
}: Pick<Settings, 'legacyLogin' | 'outboundAllowed'>): Promise<readonly Finding[]> {
  if (legacyLogin === undefined) return []
  const check = 'legacy login'
  const { origin } = new URL(legacyLogin.url)
  const outbound = { allowed, paused: async () => false }
  const asked = createLegacyLogin(legacyLogin, { outbound, clock: systemClock(0), log: await commandLog() })
  try {
    const person = await asked.ask(`consentry-doctor-${randomText(12)}`, randomText(24))
    if (person === undefined) return [{ check, state: 'ok', text: `${origin} says no to a name that was made up` }]
    const text = `${origin} says yes to a name and password that were made up`
    return [
      { check, state: 'problem', text, repair: 'Take CONSENTRY_LEGACY_LOGIN_URL away until it checks passwords.' },
    ]
  } catch (error) {
    const why = messageOf(error)
    const text = `${origin} says neither yes nor no (${why})`
    const [, repair] = repairs.find(([words]) => words.test(why)) ?? [undefined, unclear]
    return [{ check, state: 'problem', text, repair }]
  }
}

/** By what went wrong, in the words of whoever calls. */
const repairs: readonly (readonly [RegExp, string])[] = [
  [/not known/, 'Correct the name in CONSENTRY_LEGACY_LOGIN_URL, or let this machine look it up.'],
  [/not public/, 'If it is on a network of yours, name its origin in CONSENTRY_OUTBOUND_ALLOW.'],
  [/did not answer/, 'Start it, and let this machine connect there. It has ten seconds for an answer.'],
  [
    /status 4/,
    'Check its path, and that it has the secret of CONSENTRY_LEGACY_LOGIN_SECRET and checks the body as it came.',
  ],
]
const unclear = 'Let it answer as docs/operating/moving.md says.'
