/**
 * Makes an installation of its own of a copied database. All keys are derived from the installation's ID, so that under
 * another one no token, code, cookie or link of the former opens anything here; what lies sealed is sealed anew.
 */
import { randomBytes } from '../../../lib/random.ts'
import { moveAuditLog } from '../../../runtime/keys/audit_seals.ts'
import { moveFactors } from '../../../runtime/keys/factor_secrets.ts'
import { createKeyring, type Keyring } from '../../../runtime/keys/keyring.ts'
import { moveSubjects } from '../../../runtime/keys/subjects.ts'
import { moveProviders } from '../../../runtime/providers/providers.ts'
import type { Storage } from '../../../storage/contract.ts'

/**
 * What people and apps sign in with stays (passwords, passkeys, authenticator apps, client secrets, subscription keys), and
 * so does what they have allowed. For a database that nobody serves from.
 */
export async function becomeClone(
  storage: Storage,
  { secrets, issuer }: { readonly secrets: readonly string[]; readonly issuer: string },
): Promise<void> {
  const installation = randomBytes(16)
  const from: Keyring = createKeyring(secrets, issuer, storage.installation)
  const to: Keyring = createKeyring(secrets, issuer, installation)
  await moveProviders(storage, from, to)
  await moveFactors(storage, from, to)
  await moveSubjects(storage, from, to)
  await moveAuditLog(storage, from, to)
  await storage.recovery.becomeAnother(installation)
}
