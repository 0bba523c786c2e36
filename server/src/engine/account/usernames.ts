/** A username for somebody who has not chosen one. */
import { randomText } from '../../lib/random.ts'
import { usernameProblem } from '../../protocol/account_names.ts'
import type { Context } from '../../runtime/context.ts'
import { usernameTakenProblem } from './reserved_names.ts'

/** How many usernames are tried before it is given up. */
export const usernamesTried = 12

/** What is left of a name of somewhere else as a username; undefined where that is nothing. */
export function plainUsername(given: string | undefined): string | undefined {
  const text = (given ?? '')
    .slice(0, 1000)
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '')
    .slice(0, 40)
  return usernameProblem(text) === undefined ? text : undefined
}

/**
 * A name to try, `number` times after others were taken: the first that can be had of those that are known of the person,
 * then the same with a number, at last any.
 */
export async function derivedUsername(
  context: Pick<Context, 'storage' | 'settings'>,
  known: readonly (string | undefined)[],
  number: number,
): Promise<string> {
  let wished: string | undefined
  for (const given of known) {
    const text = plainUsername(given)
    if (wished !== undefined || text === undefined) continue
    if ((await usernameTakenProblem(context, text)) === undefined) wished = text
  }
  if (wished === undefined || number >= usernamesTried - 2) return `user-${randomText(9).replaceAll(/[_-]/g, '')}`
  return number === 0 ? wished : `${wished}${number + 1}`
}
