/** How surely it is known who signed in (OIDC Core §2, `acr`), and what an app asks of that (§3.1.2.1, §5.5.1.1). */
import { has } from '../../protocol/capabilities.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { classesOf } from '../../protocol/openid/acr.ts'
import { textsWished } from '../../protocol/openid/claims.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { AuthorizationRequest } from './request.ts'

type Asked = Pick<AuthorizationRequest, 'claims' | 'acrValues'>

/** The classes of which the sign-in must have one; undefined where there are none that it must have. */
export function essentialAcr({ claims }: Pick<Asked, 'claims'>): readonly string[] | undefined {
  const wish = claims?.idToken.get('acr')
  return wish?.essential === true ? textsWished(wish) : undefined
}

/** Whether no sign-in here can be of one of these classes. */
export function neverMet(classes: readonly string[]): boolean {
  return !classes.some((value) => has('acrValues', value))
}

/** The refusal where the sign-in is not what the app insists on: that counts as none (OIDC Core §5.5.1.1). */
export function whyAcrUnmet(request: Asked, amr: readonly string[]): Refusal | undefined {
  const essential = essentialAcr(request)
  const met = classesOf(amr)
  if (essential === undefined || essential.some((value) => met.includes(value))) return undefined
  return new Refusal('acr_unmet', { expected: essential.join(' '), got: met.join(' ') })
}

/**
 * The class that the ID token says: the first of those asked for that the sign-in is of, else what it is.
 */
export function acrOf(
  request: Asked,
  { default_acr_values: byDefault }: ClientMetadata,
  amr: readonly string[],
): string {
  const asked = textsWished(request.claims?.idToken.get('acr')) ?? request.acrValues ?? byDefault ?? []
  const met = classesOf(amr)
  return asked.find((value) => met.includes(value)) ?? (met[0] as string)
}
