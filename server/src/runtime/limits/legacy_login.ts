/**
 * The server that people are moved from, asked about the password of somebody who has no account here yet. The request is signed as
 * webhooks are, so that nobody else can try passwords there.
 */
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { jsonOf } from '../../lib/guarded_fetch.ts'
import type { Log } from '../../lib/log.ts'
import { randomText } from '../../lib/random.ts'
import { callOut, type Outbound, signedHeaders } from '../outbound.ts'

export interface LegacyLogin {
  /** Who the name and password belong to there; undefined where they are nobody's. Throws LegacyLoginAway. */
  ask(username: string, password: string): Promise<LegacyPerson | undefined>
}

/** It gave no answer, or none that says yes or no. The person may try again later; nothing has changed. */
export class LegacyLoginAway extends Error {
  override readonly name = 'LegacyLoginAway'
}

/** Where it is, and the secret (`whsec_` and base64) that requests to it are signed with. */
export interface LegacyLoginSetting {
  readonly url: string
  readonly secret: string
}

const answerSchema = z.object({
  user: z
    .object({
      username: z.string().min(1).max(1000),
      email: z.string().max(1000).nullish(),
      email_verified: z.boolean().nullish(),
      claims: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullable(),
})

export type LegacyPerson = NonNullable<z.infer<typeof answerSchema>['user']>

/** How an API says that a name or password is wrong, where it does not say it with 200. */
const no = [401, 403, 404]

export function createLegacyLogin(
  { url, secret }: LegacyLoginSetting,
  { outbound, clock, log }: { readonly outbound: Outbound; readonly clock: Clock; readonly log: Log },
): LegacyLogin {
  return {
    async ask(username, password) {
      const body = JSON.stringify({ username, password })
      const signed = signedHeaders({ id: `msg_${randomText(12)}`, at: clock.now(), body }, [secret])
      const headers = { 'content-type': 'application/json', 'user-agent': 'Consentry', ...signed }
      try {
        const answer = await callOut('legacy_login', url, { method: 'POST', headers, body }, outbound)
        if (no.includes(answer.status)) return undefined
        const read = answerSchema.safeParse(await jsonOf(answer))
        if (!read.success) throw new Error('the answer has no user, or one that is not as documented')
        return read.data.user ?? undefined
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        log.warn({ why }, 'the server that people are moved from did not say yes or no')
        throw new LegacyLoginAway(why)
      }
    },
  }
}
