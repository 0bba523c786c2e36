/**
 * What keeps the scopes of the admin API by themselves: they are asked for, alone with that resource, in the standard
 * protocol, by apps that the operator lets use it.
 */

import { type Dialect, isLegacy } from '../../protocol/dialects.ts'
import { adminApi } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { isAdminScope, openidScopes } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'

/** What is asked for, and for whom. */
export interface Asked {
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  /** For a person who agrees, in the same browser or on a device elsewhere, or for the app itself. */
  readonly for: 'person' | 'device' | 'app'
  readonly dialect: Dialect
  /** Whether an access token would stand in the redirect. */
  readonly inRedirect?: boolean
}

/** Why a request may not have what it asks for of the admin API; undefined where it asks for nothing of it. */
export function whyNotAdmin(
  { settings }: Pick<Context, 'settings'>,
  { metadata, status }: Pick<Client, 'metadata' | 'status'>,
  asked: Asked,
): Refusal | undefined {
  const own = adminApi(settings.issuer)
  const scopes = asked.scope.filter(isAdminScope)
  if (scopes.length === 0 && !asked.resources.includes(own)) return undefined
  const got = asked.scope.join(' ')
  const others = asked.scope.filter((name) => !isAdminScope(name) && !isAboutSignIn(name))
  if (scopes.length === 0 || others.length > 0) {
    const cause =
      'The resource of the admin API goes with admin.read and admin.write alone, and they are never given unasked.'
    return new Refusal('scope_not_registered', { cause, expected: 'admin.read admin.write', got })
  }
  if (asked.resources.length !== 1 || asked.resources[0] !== own) {
    const cause =
      'The scopes admin.read and admin.write need the resource of the admin API, and no other one beside it.'
    return new Refusal('target_invalid', { cause, expected: own, got: asked.resources.join(' ') || 'no resource' })
  }
  const byPerson = asked.for !== 'app'
  const allowed = byPerson ? metadata.admin_api === true : metadata.admin_role !== undefined
  if (!allowed || status !== 'enabled') {
    const member = byPerson ? 'admin_api' : 'admin_role'
    const cause = `The operator has not let this app use the admin API (${member}).`
    return new Refusal('scope_reserved', { cause, got })
  }
  if (!isLegacy(asked.dialect) && asked.inRedirect !== true && asked.for !== 'device') return undefined
  const cause = 'The scopes of the admin API are for the authorization code and client_credentials alone.'
  return new Refusal('scope_reserved', { cause, got })
}

function isAboutSignIn(name: string): boolean {
  return openidScopes.some((one) => one === name)
}
