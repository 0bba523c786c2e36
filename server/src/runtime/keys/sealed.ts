/**
 * Values that travel sealed through a browser and come back by it. Each is bound to one place (a browser's cookie, say)
 * and opens nowhere else; one made under an older root secret still opens. They are deflated first, because
 * they travel in addresses.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { seal, unseal } from '../../lib/seal.ts'
import type { Keyring, Purpose } from './keyring.ts'

interface Keys {
  readonly keyring: Keyring
}

export interface Opened {
  readonly text: string
  /** The place that it was bound to. */
  readonly bound: string
}

/** Seals a text; the result is base64url and different each time. */
export function sealText({ keyring }: Keys, purpose: Purpose, text: string, bound: string): string {
  return seal(keyring.current(purpose), deflateRawSync(text), bound).toString('base64url')
}

/** The text of a sealed value that is bound to one of these places; undefined where it is bound to none of them. */
export function openText(
  { keyring }: Keys,
  purpose: Purpose,
  sealed: string,
  places: readonly string[],
): Opened | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  // The last character may hold bits that say nothing: each value has one spelling.
  if (bytes.toString('base64url') !== sealed) return undefined
  for (const key of keyring.all(purpose)) {
    for (const bound of places) {
      const opened = unseal(key, bytes, bound)
      if (opened !== undefined) return { text: inflateRawSync(opened).toString(), bound }
    }
  }
  return undefined
}
