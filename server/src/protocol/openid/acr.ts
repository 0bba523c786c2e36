/** Authentication context classes (OIDC Core §2, `acr`): how surely it is known who signed in. */
import { capabilities } from '../capabilities.ts'

/**
 * The classes that a sign-in is of by the ways in which it was proved (RFC 8176 §2), the surest first: whoever has proved two
 * factors has proved one.
 */
export function classesOf(amr: readonly string[]): readonly string[] {
  const [singleFactor, multiFactor] = capabilities.acrValues
  return amr.includes('mfa') ? [multiFactor, singleFactor] : [singleFactor]
}
