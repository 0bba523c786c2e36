/** What the operator does with the secrets of apps: adds one, in place of another or beside it, and removes one. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'
import { canonicalName } from '../../protocol/visible_name.ts'
import { toClient } from '../../runtime/kept/clients.ts'
import { newClientSecret } from '../client/register_client.ts'
import { canRemoveSecret, secretLimit, usesSecrets } from '../developer/developer_apps.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** Why a secret was not added or removed. */
export type SecretBar =
  | 'unknown_app'
  | 'unknown_secret'
  | 'no_secrets'
  | 'name_taken'
  | 'replaced_already'
  | 'full'
  | 'last'

export interface NewSecret {
  readonly name: string
  /** The secret that it replaces, and how long that one still works; left out where it replaces none. */
  readonly replaces?: { readonly id: string; readonly overlap: Millis } | undefined
}

/** Adds a secret; its text is answered here and never again. One that is replaced at once ends what the app got by itself. */
export async function addAppSecret(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  { name, replaces }: NewSecret,
): Promise<{ readonly id: string; readonly text: string } | SecretBar> {
  const now = context.clock.now()
  const { text, secret } = newClientSecret(canonicalName(name), now)
  const oldEnds = now + (replaces?.overlap ?? 0)
  return operate(
    context,
    by,
    async ({ clients, grants }, record) => {
      let bar: SecretBar | undefined = 'unknown_app'
      await clients.amend(clientId, (present) => {
        const old = present.secrets.find(({ id }) => id === replaces?.id)
        if (!usesSecrets(toClient(present))) bar = 'no_secrets'
        else if (replaces !== undefined && old === undefined) bar = 'unknown_secret'
        else if (old !== undefined && old.expiresAt !== null) bar = 'replaced_already'
        else if (present.secrets.some((one) => one.name === secret.name)) bar = 'name_taken'
        else if (present.secrets.length >= secretLimit) bar = 'full'
        else bar = undefined
        if (bar !== undefined) return undefined
        return { addSecret: secret, ...(replaces && { expireSecret: { id: replaces.id, at: oldEnds } }) }
      })
      if (bar !== undefined) return bar
      const detail = { secret: secret.id, name: secret.name }
      if (replaces === undefined) await record('client_secret_added', { clientId, detail })
      else {
        if (replaces.overlap === 0) await grants.moveOwn(clientId)
        const more = { replaces: replaces.id, oldEnds: new Date(oldEnds).toISOString() }
        await record('client_secret_replaced', { clientId, detail: { ...detail, ...more } })
      }
      return { id: secret.id, text }
    },
    'apps',
  )
}

/** Removes a secret, and with it what the app got by itself. Never the last that works. Undefined where that is done. */
export async function removeAppSecret(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  secretId: string,
): Promise<SecretBar | undefined> {
  return operate(
    context,
    by,
    async ({ clients, grants }, record) => {
      let bar: SecretBar | undefined = 'unknown_app'
      await clients.amend(clientId, ({ secrets }) => {
        if (!secrets.some(({ id }) => id === secretId)) bar = 'unknown_secret'
        else bar = canRemoveSecret(secrets, secretId, context.clock.now()) ? undefined : 'last'
        return bar === undefined ? { removeSecrets: [secretId] } : undefined
      })
      if (bar !== undefined) return bar
      await grants.moveOwn(clientId)
      await record('client_secret_removed', { clientId, detail: { secret: secretId } })
      return undefined
    },
    'apps',
  )
}
