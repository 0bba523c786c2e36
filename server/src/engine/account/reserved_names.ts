/** Names that developers and people cannot take: the server's own, and those that the operator vouches for. */
import { isOffice, lettersProblem, looksLike, posesAsServer } from '../../protocol/visible_name.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, ClientRecord } from '../../storage/contract.ts'

const mistaken = 'This name could be mistaken for this server or its operator.'

/** What the server is called: by its product, and by its host where that is a name. */
function serverNames({ issuer }: Pick<Context['settings'], 'issuer'>): readonly string[] {
  const { hostname } = new URL(issuer)
  return hostname === 'localhost' || /^[\d.[]/.test(hostname) ? ['Consentry'] : ['Consentry', hostname]
}

/** Why an app or its publisher cannot be called so, in a sentence. The operator's own apps may pose as the server's. */
export async function publicNameProblem(
  context: Context,
  text: string,
  of: { readonly account: Account; readonly clientId?: string },
): Promise<string | undefined> {
  const letters = lettersProblem(text)
  if (letters !== undefined) return letters
  if (of.account.roles.includes('owner') || of.account.roles.includes('admin')) return undefined
  if (posesAsServer(text, serverNames(context.settings))) return mistaken
  const others = (await context.storage.clients.listPrivileged()).filter(({ clientId }) => clientId !== of.clientId)
  const taken = others.flatMap(namesOf).some((name) => looksLike(text, name))
  return taken ? 'This name could be mistaken for an app that the operator has verified.' : undefined
}

function namesOf({ metadata }: ClientRecord): string[] {
  return [metadata.client_name, metadata.publisher].filter((name): name is string => typeof name === 'string')
}

/** Why somebody who signs up cannot be called so, in a sentence. */
export async function usernameTakenProblem(
  context: Pick<Context, 'storage'> & { readonly settings: Pick<Context['settings'], 'issuer'> },
  username: string,
): Promise<string | undefined> {
  const letters = lettersProblem(username)
  if (letters !== undefined) return letters
  if (isOffice(username) || posesAsServer(username, serverNames(context.settings))) return mistaken
  const people = await context.storage.accounts.listWithRoles()
  // The very name is told to be taken when the account is made.
  const alike = people.some((one) => one.username !== username && looksLike(username, one.username))
  return alike ? 'This username could be mistaken for somebody who runs this server.' : undefined
}
