/** Who a person is at a provider (OIDC Core §5.7): named by issuer and subject, described by all the rest. */
import { z } from 'zod'
import { second } from '../../lib/clock.ts'
import { canonicalEmail, emailProblem } from '../../protocol/account_names.ts'
import { shownName } from '../../protocol/visible_name.ts'
import { longestIdentity } from '../../storage/contract.ts'
import { ProviderFailed } from './failure.ts'
import type { Provider } from './provider.ts'

export const identitySchema = z.object({
  issuer: z.string(),
  subject: z.string(),
  providerId: z.string(),
  providerName: z.string(),
  /** Left out where the provider tells none, or none that could be one. */
  email: z.string().optional(),
  /** Whether the address is proved to be the person's: the provider runs it, and says that it is verified. */
  emailProved: z.boolean(),
  preferredUsername: z.string().optional(),
  /** When the person last proved themselves to the provider, where it says so (`auth_time`, OIDC Core §2). Milliseconds. */
  authTime: z.number().optional(),
  /** Standard claims for a new account (OIDC Core §5.1). */
  claims: z.record(z.string(), z.string()).readonly(),
})
export type ProviderIdentity = Readonly<z.infer<typeof identitySchema>>

const claimLimit = 1000

/** The identity in claims or a profile. Throws ProviderFailed where nobody is named. */
export function identityOf(provider: Provider, profile: Readonly<Record<string, unknown>>): ProviderIdentity {
  const subject = subjectOf(provider, profile)
  if (subject === undefined) throw new ProviderFailed('the provider named nobody')
  const given = textOf(profile.email)
  const email = given === undefined ? undefined : canonicalEmail(given)
  const sound = email !== undefined && emailProblem(email) === undefined ? email : undefined
  const claims = Object.entries(claimNames).flatMap(([claim, names]) => {
    const value = names.map((name) => nameOf(profile[name])).find((text) => text !== undefined)
    return value === undefined ? [] : [[claim, value] as const]
  })
  return {
    issuer: provider.issuer,
    subject,
    providerId: provider.id,
    providerName: provider.name,
    email: sound,
    emailProved: sound !== undefined && isVerified(profile.email_verified) && isAuthoritative(provider, sound, profile),
    preferredUsername: textOf(profile.preferred_username) ?? textOf(profile.login) ?? textOf(profile.username),
    authTime: typeof profile.auth_time === 'number' ? profile.auth_time * second : undefined,
    claims: Object.fromEntries(claims),
  }
}

/** Our claims, and what providers call them. */
const claimNames = {
  name: ['name'],
  given_name: ['given_name', 'first_name'],
  family_name: ['family_name', 'last_name'],
} as const

function subjectOf({ kind }: Provider, profile: Readonly<Record<string, unknown>>): string | undefined {
  const raw = kind === 'oidc' ? profile.sub : (profile.sub ?? profile.id)
  const text = typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : raw
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > longestIdentity.subject) return undefined
  return isPlain(text) ? text : undefined
}

/** Some providers write the claim as a text. */
function isVerified(claim: unknown): boolean {
  return claim === true || claim === 'true'
}

/** Google runs the mailboxes of gmail.com, and those of its customers, which it names in `hd`. */
function isAuthoritative(provider: Provider, email: string, profile: Readonly<Record<string, unknown>>): boolean {
  if (provider.emailAuthoritative) return true
  if (provider.issuer !== 'https://accounts.google.com') return false
  return /@gmail\.com$/i.test(email) || textOf(profile.hd) !== undefined
}

/** What can be shown of a person's name; what cannot be shown says nothing, and keeps nobody out. */
function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= claimLimit ? shownName(value) : undefined
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || value.length > claimLimit || !isPlain(value)) return undefined
  return value.trim()
}

/** Without what cannot be stored or shown in a line. */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}]/u.test(text)
}
