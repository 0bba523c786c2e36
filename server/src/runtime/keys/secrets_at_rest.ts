/** Secrets that we must be able to read again (a provider's, say), sealed before they are stored. */
import { seal, unseal } from '../../lib/seal.ts'
import type { Keyring } from './keyring.ts'

const purpose = 'secrets at rest'

/** A sealed secret as it stands in a stored document; `generation` is that of the key. */
export interface SealedSecret {
  readonly generation: number
  readonly sealed: string
}

/** Seals a secret for one place: it opens nowhere else, so that swapped rows do not swap secrets. */
export function sealSecret(keyring: Keyring, secret: string, place: string): SealedSecret {
  return {
    generation: keyring.generation,
    sealed: seal(keyring.current(purpose), secret, place).toString('base64url'),
  }
}

/** The secret, or undefined where it is none, was sealed for another place, or its key is not ours. */
export function openSecret(keyring: Keyring, stored: unknown, place: string): string | undefined {
  if (typeof stored !== 'object' || stored === null || !('generation' in stored) || !('sealed' in stored))
    return undefined
  if (typeof stored.generation !== 'number' || typeof stored.sealed !== 'string') return undefined
  const key = keyring.key(purpose, stored.generation)
  return key && unseal(key, Buffer.from(stored.sealed, 'base64url'), place)?.toString()
}

/** The secret sealed anew, or undefined where it does not lie under an older generation than the present one. */
export function resealSecret(keyring: Keyring, stored: unknown, place: string): SealedSecret | undefined {
  const secret = openSecret(keyring, stored, place)
  if (secret === undefined || (stored as SealedSecret).generation >= keyring.generation) return undefined
  return sealSecret(keyring, secret, place)
}

/** The secret sealed under the keys of another installation, or undefined where it does not open here. */
export function movedSecret(from: Keyring, to: Keyring, stored: unknown, place: string): SealedSecret | undefined {
  const secret = openSecret(from, stored, place)
  return secret === undefined ? undefined : sealSecret(to, secret, place)
}
