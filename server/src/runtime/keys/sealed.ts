/**
 * State that travels sealed through a browser or an app and comes back by it, so that strangers' requests store nothing.
 * A kind says under which key it lies, what it holds, how long it lives, and in which version it is written. Each value
 * is bound to a place (a browser's cookie, say) and opens nowhere else; one made under an older root secret still opens.
 * What was written in another version counts as expired, so that a value is never read as what it is not.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import type { Clock, Millis } from '../../lib/clock.ts'
import { seal, unseal } from '../../lib/seal.ts'
import type { Keyring, Purpose } from './keyring.ts'

interface Keys {
  readonly keyring: Keyring
  readonly clock: Clock
}

/** What a kind of sealed state is. */
interface Kind<Value> {
  readonly purpose: Purpose
  readonly schema: z.ZodType<Value>
  /** How long a value may be used, in milliseconds. */
  readonly life: Millis
  /** A whole number; another one wherever the schema changes. */
  readonly version: number
  /** How the sealed bytes are spelled; base64url where nothing is said. A value has one spelling. */
  readonly spelling?: Spelling
}

/** Bytes as text; `read` answers undefined for what `write` would not have written. */
interface Spelling {
  write(bytes: Buffer): string
  read(text: string): Buffer | undefined
}

/** What a sealed text is: open, of another version or past its life, or not ours or for another place. */
export type Opened<Value> =
  | {
      readonly outcome: 'open'
      readonly value: Value
      /** From when on its life counts. */
      readonly since: Millis
      /** The place that it was bound to. */
      readonly bound: string
    }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'unknown' }

export interface Sealed<Value> {
  /** A text that is different each time. `beside` is a text that has to come along; `since` is now where it is left out. */
  seal(
    keys: Keys,
    value: Value,
    to: { readonly place: string; readonly beside?: string; readonly since?: Millis },
  ): string
  /** Opens a text that was sealed for one of these places. */
  open(keys: Keys, text: string, from: { readonly places: readonly string[]; readonly beside?: string }): Opened<Value>
}

const base64url: Spelling = {
  write: (bytes) => bytes.toString('base64url'),
  read(text) {
    const bytes = Buffer.from(text, 'base64url')
    // The last character may hold bits that say nothing.
    return bytes.toString('base64url') === text ? bytes : undefined
  },
}

/** A kind of sealed state. Values are deflated, because they travel in addresses. */
export function sealed<Value>({ purpose, schema, life, version, spelling = base64url }: Kind<Value>): Sealed<Value> {
  const content = z.tuple([z.literal(version), z.number(), schema])
  return {
    seal({ keyring, clock }, value, { place, beside, since = clock.now() }) {
      const text = JSON.stringify([version, since, value])
      return spelling.write(seal(keyring.current(purpose), deflateRawSync(text), boundTo(place, beside)))
    },
    open({ keyring, clock }, text, { places, beside }) {
      const bytes = spelling.read(text)
      if (bytes === undefined) return { outcome: 'unknown' }
      for (const key of keyring.all(purpose)) {
        for (const bound of places) {
          const plain = unseal(key, bytes, boundTo(bound, beside))
          if (plain === undefined) continue
          const read = content.safeParse(contentOf(plain))
          if (!read.success) return { outcome: 'expired' }
          const [, since, value] = read.data
          return clock.now() - since > life ? { outcome: 'expired' } : { outcome: 'open', value, since, bound }
        }
      }
      return { outcome: 'unknown' }
    },
  }
}

function boundTo(place: string, beside: string | undefined): string {
  return beside === undefined ? place : `${place} ${beside}`
}

/** What we have sealed; undefined where another version has written it in a way of its own. */
function contentOf(plain: Buffer): unknown {
  try {
    return JSON.parse(inflateRawSync(plain).toString())
  } catch {
    return undefined
  }
}
