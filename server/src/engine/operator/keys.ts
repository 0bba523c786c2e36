/** What the operator does with the signing keys. */
import type { Context } from '../../runtime/context.ts'
import { requireSameSecrets } from '../../runtime/keys/keyring.ts'
import { type Rotation, type RotationOptions, rotateKeys } from '../../runtime/keys/signing_keys.ts'
import { actorOf, type Operator, type OperatorContext } from './operator.ts'

/** Lets the next keys sign now. Throws WrongRootSecret: a key sealed under a wrong secret would be one that no server can open. */
export async function rotateSigningKeys(
  context: OperatorContext & Pick<Context, 'keyring'>,
  by: Operator,
  options: RotationOptions,
): Promise<readonly Rotation[]> {
  const { storage, keyring, clock } = context
  await requireSameSecrets(storage, keyring)
  return rotateKeys(storage, keyring, clock.now(), { ...options, by: actorOf(by) })
}
