/**
 * Passwords that a breach service knows (NIST SP 800-63B §5.1.1.2). Only the first five characters of a digest leave the
 * server; the service answers with the rest of every digest that begins so, and what was asked for stays here.
 */
import { createHash } from 'node:crypto'
import type { Log } from '../../lib/log.ts'
import { callOut, type Outbound } from '../outbound.ts'

export interface BreachedPasswords {
  /** Whether the service knows the password. Where it does not answer in time, it does not: nobody waits for it. */
  isBreached(password: string): Promise<boolean>
  /** How many passwords were taken without an answer since the start. */
  readonly unanswered: number
}

/** Asks the service at `base`, to which the five characters are appended. */
export function createBreachedPasswords(base: string, outbound: Outbound, log: Log): BreachedPasswords {
  let unanswered = 0
  return {
    async isBreached(password) {
      const digest = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase()
      try {
        // With padding, whoever sees the answer's size learns nothing of which one it is.
        const headers = { accept: 'text/plain', 'add-padding': 'true' }
        const answer = await callOut('breached_passwords', `${base}${digest.slice(0, 5)}`, { headers }, outbound)
        if (answer.status !== 200) throw new Error(`the answer has status ${answer.status}`)
        return knows(await answer.text(), digest.slice(5))
      } catch (error) {
        unanswered++
        log.warn({ why: error instanceof Error ? error.message : error }, 'the breach service did not answer')
        return false
      }
    },
    get unanswered() {
      return unanswered
    },
  }
}

/** Whether a line of the answer, `REST:COUNT`, names the digest; those with a count of 0 are padding. */
function knows(answer: string, rest: string): boolean {
  return answer.split(/\r?\n/).some((line) => {
    const [named = '', count = ''] = line.trim().split(':')
    return named.toUpperCase() === rest && /^[1-9][0-9]*$/.test(count)
  })
}
