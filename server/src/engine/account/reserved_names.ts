/** Names that developers and people cannot take: the server's own, and those that the operator vouches for. */
import { isOffice, lettersProblem, looksLike, nameProblem, posesAsServer } from '../../protocol/visible_name.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, ClientRecord } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'

/** What the server is called: by its product, and by its host where that is a name. */
function serverNames({ issuer, brand }: NamingSettings): readonly string[] {
  const { hostname } = new URL(issuer)
  const named = ['Consentry', ...(brand === undefined ? [] : [brand.name])]
  return hostname === 'localhost' || /^[\d.[]/.test(hostname) ? named : [...named, hostname]
}

/** What says how the server is called. */
type NamingSettings = Pick<Context['settings'], 'issuer'> & Partial<Pick<Context['settings'], 'brand'>>

/** Why an app or its publisher cannot be called so. The operator's own apps may pose as the server's. */
export async function publicNameProblem(
  context: Context,
  text: string,
  of: { readonly account: Pick<Account, 'roles'>; readonly clientId?: string },
): Promise<FormProblem | undefined> {
  const letters = lettersProblem(text)
  if (letters !== undefined) return letters
  if (of.account.roles.includes('owner') || of.account.roles.includes('admin')) return undefined
  if (posesAsServer(text, serverNames(context.settings))) return 'name_like_server'
  const others = (await context.storage.clients.listPrivileged()).filter(({ clientId }) => clientId !== of.clientId)
  const taken = others.flatMap(namesOf).some((name) => looksLike(text, name))
  return taken ? 'name_like_verified_app' : undefined
}

function namesOf({ metadata }: ClientRecord): string[] {
  return [metadata.client_name, metadata.publisher].filter((name): name is string => typeof name === 'string')
}

/** Why a person cannot have this display name. Those who run the server may pose as it. */
export function displayNameProblem(
  { settings }: { readonly settings: NamingSettings },
  { roles }: Pick<Account, 'roles'>,
  name: string,
): FormProblem | undefined {
  const problem = nameProblem(name) ?? lettersProblem(name)
  if (problem !== undefined) return problem
  return roles.length === 0 && posesAsServer(name, serverNames(settings)) ? 'name_like_server' : undefined
}

/** Why somebody who signs up cannot be called so. */
export async function usernameTakenProblem(
  context: Pick<Context, 'storage'> & { readonly settings: NamingSettings },
  username: string,
): Promise<FormProblem | undefined> {
  const letters = lettersProblem(username)
  if (letters !== undefined) return letters
  if (isOffice(username) || posesAsServer(username, serverNames(context.settings))) return 'name_like_server'
  const people = await context.storage.accounts.listWithRoles()
  // The very name is told to be taken when the account is made.
  const alike = people.some((one) => one.username !== username && looksLike(username, one.username))
  return alike ? 'name_like_staff' : undefined
}
