/** What the operator does with the signing keys. */
import type { Context } from '../../runtime/context.ts'
import { requireSameSecrets } from '../../runtime/keys/keyring.ts'
import { type Rotation, rotateKeys } from '../../runtime/keys/signing_keys.ts'
import { type Operator, type OperatorContext, recordAct } from './operator.ts'

/** Lets the next keys sign now. Throws WrongRootSecret: a key sealed under a wrong secret would be one that no server can open. */
export async function rotateSigningKeys(
  context: OperatorContext & Pick<Context, 'keyring'>,
  by: Operator,
  options: Parameters<typeof rotateKeys>[3],
): Promise<readonly Rotation[]> {
  const { storage, keyring, clock } = context
  await requireSameSecrets(storage, keyring)
  const rotations = await rotateKeys(storage, keyring, clock.now(), options)
  for (const { alg, kid, outcome } of rotations) {
    if (outcome === 'rotated') await recordAct(context, by, { type: 'signing_key_rotated', detail: { alg, kid } })
  }
  return rotations
}
