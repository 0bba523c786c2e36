/** What stands on the consent page, as text: for the page itself, and for the receipt of who agrees to it. */
import type { ConsentRead } from '../../../engine/account/receipts.ts'
import { lastingName } from '../../../engine/authorize/destination.ts'
import { sha256 } from '../../../lib/hash.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import type { Words } from '../../../words/index.ts'
import type { AppFacts } from '../../kit/app_facts.tsx'
import { scopeInWords } from '../../kit/permissions.tsx'
import type { Service } from '../../kit/services.tsx'

export interface AskedScope extends ScopeMeaning {
  /** Whether the person may leave it out; it then comes back as `scope` only while it is ticked. */
  readonly optional?: boolean | undefined
}

/** Who asks, what for, for how long, and where it goes. */
export interface Asked {
  readonly client: AppFacts
  readonly scopes: readonly AskedScope[]
  /** The APIs of others at which the app wants to use what it asks for. */
  readonly services?: readonly Service[] | undefined
  /**
   * Where the browser goes next: a site's host, the scheme of an app on the device, or this very machine. Undefined where it
   * goes nowhere, as the app waits on another device.
   */
  readonly redirect: { readonly kind: 'web' | 'app' | 'loopback'; readonly host: string } | undefined
  /** What the operator has in force. */
  readonly policies?: ConsentRead['policies']
  /** How long the app stays connected, in seconds: without use, and at most. */
  readonly stay?: { readonly unused: number; readonly longest: number } | undefined
  /** When access ends, where the app does not stay connected: after so long, or with the sign-in in this browser. */
  readonly ends?: { readonly seconds: number; readonly withSession: boolean } | undefined
}

/** How long an app stays connected; empty where it does not. */
export function staysInWords({ consent: say, time: { lasting } }: Words, stay: Asked['stay']): string {
  if (stay === undefined) return ''
  return say.stays(lasting(stay.longest), stay.unused < stay.longest ? lasting(stay.unused) : undefined)
}

/** When the access of an app that does not stay connected ends. */
export function endsInWords(
  { consent: say, time }: Words,
  { seconds, withSession }: NonNullable<Asked['ends']>,
): string {
  return (withSession ? say.endsWithSession : say.ends)(time.lasting(seconds))
}

/** What a person reads who is asked for this. `scope` is all that is asked for. */
export function consentRead(words: Words, scope: readonly string[], asked: Asked): ConsentRead {
  const { client, redirect, scopes, services = [], policies = [], stay, ends } = asked
  const { name, publisher, verifiedAt, website, policy, terms, inDevelopment = false } = client
  const stays = staysInWords(words, stay)
  return {
    language: words.language,
    app: { name, publisher, verified: verifiedAt !== undefined, inDevelopment, website, policy, terms },
    destination: redirect === undefined ? words.device.destination : lastingName(redirect),
    scope,
    permissions: scopes
      .filter((one) => one.shown)
      .map((one) => {
        const { sentence, detail } = scopeInWords(words, one)
        return { scope: one.name, sentence, detail: one.kind === 'stay' ? `${detail}${stays}` : detail }
      }),
    services: services.map((one) => ({
      name: one.name,
      publisher: one.publisher,
      website: one.website,
      terms: one.terms,
      permissions: one.permissions.map((permission) => scopeInWords(words, permission).sentence),
    })),
    lasts: ends === undefined ? stays.trim() : endsInWords(words, ends),
    policies,
  }
}

/** By what a form says which text stood above it. */
export function readDigest(read: ConsentRead): string {
  return sha256(JSON.stringify(read)).toString('base64url')
}
