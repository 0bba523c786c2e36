/** What people read of an app beside its name. Addresses are https alone: a link on our pages leads nowhere else. */

import type { ClientId } from '../../protocol/names.ts'
import { nameProblem } from '../../protocol/visible_name.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { publicNameProblem } from '../account/reserved_names.ts'

/** As it is typed; empty for what is not told. */
export interface AppDetails {
  readonly publisher: string
  readonly website: string
  readonly policy: string
  readonly terms: string
  readonly logo: string
}

export function detailsOf({ metadata }: Pick<Client, 'metadata'>): AppDetails {
  return {
    publisher: metadata.publisher ?? '',
    website: metadata.client_uri ?? '',
    policy: metadata.policy_uri ?? '',
    terms: metadata.tos_uri ?? '',
    logo: metadata.logo_uri ?? '',
  }
}

export type AppDetailProblems = { readonly [Name in keyof AppDetails]?: FormProblem }

/** What is wrong with each of them; undefined where nothing is. */
export async function detailProblems(
  context: Context,
  details: AppDetails,
  of: { readonly account: Account; readonly clientId?: ClientId },
): Promise<AppDetailProblems | undefined> {
  const problems: { -readonly [Name in keyof AppDetails]?: FormProblem } = {}
  const publisher =
    details.publisher.trim() === ''
      ? undefined
      : (nameProblem(details.publisher) ?? (await publicNameProblem(context, details.publisher, of)))
  if (publisher !== undefined) problems.publisher = publisher
  for (const name of ['website', 'policy', 'terms', 'logo'] as const) {
    const problem = addressProblem(details[name].trim())
    if (problem !== undefined) problems[name] = problem
  }
  return Object.keys(problems).length > 0 ? problems : undefined
}

/** The members of a document that tell them; undefined where one is not told. */
export function detailMembers(details: AppDetails) {
  const given = (text: string) => (text.trim() === '' ? undefined : text.trim())
  return {
    publisher: given(details.publisher),
    client_uri: given(details.website),
    policy_uri: given(details.policy),
    tos_uri: given(details.terms),
    logo_uri: given(details.logo),
  }
}

/** What is wrong with an address that pages are to link to; expects no space around it. */
export function addressProblem(text: string): FormProblem | undefined {
  if (text === '') return undefined
  if (text.length > 2000) return 'address_long'
  if (!/^https:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return 'address_not_https'
  const { username, password } = new URL(text)
  return username === '' && password === '' ? undefined : 'address_user_name'
}
