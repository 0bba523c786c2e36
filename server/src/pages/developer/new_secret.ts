/** A client secret that was just made, on the way from the form that made it to the page that shows it. */
import type { FastifyReply } from 'fastify'
import type { Millis } from '../../lib/clock.ts'
import { showOnce } from '../flash.ts'
import { newSecretPath } from '../kit/paths.ts'
import type { SignedIn, Visit } from '../page.ts'

/** A secret on the way to the page that shows it. */
export interface NewSecret {
  readonly secret: string
  readonly name: string
  /** The one that it replaces, and when that ends; left out where it replaces none. */
  readonly replaces?: { readonly name: string; readonly ends: Millis } | undefined
}

/** Sends the browser to the page that shows a new secret, once. */
export function goShow(visit: Omit<Visit<SignedIn>, 'request'>, clientId: string, made: NewSecret): FastifyReply {
  return showOnce(visit, newSecretPath(clientId), made)
}
