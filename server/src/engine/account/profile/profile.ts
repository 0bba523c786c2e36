/**
 * What a person says of themselves: display name, language, time zone and picture, which are claims of the account (OIDC Core
 * §5.1), and the username.
 * Not here: the e-mail address (`../addresses.ts`), and what a picture is drawn with (`runtime/pictures/`). Neighbours: the
 * other files of the account; whatever is told of a person to apps is read from their account when it is told. To add: a claim
 * that people may set, its field in `ProfileForm` and its check below.
 */
import { isZone } from '../../../lib/time_zones.ts'
import { canonicalName } from '../../../protocol/visible_name.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import type { Account, Acting } from '../../../storage/contract.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { languagesOffered } from '../../../words/index.ts'
import { displayNameProblem } from '../reserved_names.ts'
import { actInSession, type LiveSession } from '../sessions.ts'

/** What the form was filled in with; an empty text for what is not to be said. */
export interface ProfileForm {
  readonly name: string
  /** The tag of a language that there are words in. */
  readonly locale: string
  readonly zoneinfo: string
}

export type ProfileProblems = { readonly [Field in keyof ProfileForm]?: FormProblem }

export type ProfileChange =
  | { readonly outcome: 'changed' | 'unchanged' | 'session_over' }
  | { readonly outcome: 'problems'; readonly problems: ProfileProblems }

/** Changes what a person says of themselves. Apps and pages are told it from their next request on. */
export async function changeProfile(
  context: Context,
  live: LiveSession,
  form: ProfileForm,
  caller: Caller,
): Promise<ProfileChange> {
  const { account } = live
  const name = canonicalName(form.name)
  const problems = problemsOf(context, account, { ...form, name })
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const over = { outcome: 'session_over' } as const
  return actInSession<ProfileChange>(context, { live, caller, over }, async ({ acting, record }) => {
    const before = await heldClaims(acting, account)
    const after = withClaims(before, { name, locale: form.locale, zoneinfo: form.zoneinfo })
    const changed = fields.filter((field) => after[field] !== before[field])
    if (changed.length === 0) return { outcome: 'unchanged' }
    await acting.accounts.update(account.id, { claims: after })
    await record('profile_changed', { detail: { changed } })
    return { outcome: 'changed' }
  })
}

const fields = ['name', 'locale', 'zoneinfo'] as const satisfies readonly (keyof ProfileForm)[]

function problemsOf(
  context: Pick<Context, 'settings'>,
  account: Account,
  { name, locale, zoneinfo }: ProfileForm,
): ProfileProblems {
  // A value that is there already may stay, even if nobody could choose it here: a provider or the operator has set it.
  const stays = (field: keyof ProfileForm, value: string) => value === '' || value === account.claims[field]
  return {
    ...(stays('name', name) ? {} : only('name', displayNameProblem(context, account, name))),
    ...(stays('locale', locale) || languagesOffered.some(({ language }) => language === locale)
      ? {}
      : { locale: 'language_unknown' }),
    ...(stays('zoneinfo', zoneinfo) || isZone(zoneinfo) ? {} : { zoneinfo: 'zone_unknown' }),
  }
}

function only(field: keyof ProfileForm, problem: FormProblem | undefined): ProfileProblems {
  return problem === undefined ? {} : { [field]: problem }
}

/** The claims of an account whose row is held to the end of the act, so that of two changes at once none is lost. */
export async function heldClaims({ accounts }: Acting, { id }: Account): Promise<Account['claims']> {
  const held = await accounts.update(id, {})
  if (typeof held !== 'object') throw new Error('profile: the account went away while it was changed')
  return held.claims
}

/** Claims with others in place of their own; an empty one goes. */
export function withClaims(
  claims: Account['claims'],
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ ...claims, ...others }).filter(([, value]) => value !== ''))
}
