/** What the operator does with requests for access: approve them, which registers the app and invites its developer, or refuse. */
import { encodeBase62 } from '../../lib/base62.ts'
import { randomBytes } from '../../lib/random.ts'
import type { ClientId } from '../../protocol/names.ts'
import { builtInScopesOf } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { AccessPlace, AccessRequest, Acting } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { newInvitation } from '../account/account_invitations.ts'
import { linkToken } from '../account/mailed_links.ts'
import { registerClient } from '../client/register_client.ts'
import { accessKept } from '../developer/access_requests.ts'
import { newMetadata } from '../developer/developer_apps.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** The settings that decide what becomes of an approved request. */
export type AccessSettings = Pick<Context['settings'], 'issuer' | 'appRegistration' | 'dataApi'>

export type AccessApproved =
  | {
      readonly outcome: 'approved' | 'invited_again'
      readonly clientId: ClientId
      readonly email: string
      /** The invitation, for the operator to hand over, where this server sends no mail. */
      readonly href: string | undefined
    }
  | { readonly outcome: 'unknown' }

/** How many requests are listed at once. */
const accessListed = 100

/** Requests that wait, then those whose invitation was not taken up; from behind one on. */
export function listAccess(
  { storage }: Pick<OperatorContext, 'storage'>,
  { limit = accessListed, after }: { readonly limit?: number; readonly after?: AccessPlace | undefined } = {},
): Promise<readonly AccessRequest[]> {
  return storage.accessRequests.list(limit, after)
}

/**
 * Registers the app of a request and invites its developer, both or neither. The app has no owner and no secret before the
 * invitation is taken up; where apps need an approval it is in development then. One that was approved is invited again.
 */
export function approveAccess(
  context: OperatorContext & Pick<Context, 'keyring'>,
  by: Operator,
  id: string,
  settings: AccessSettings,
): Promise<AccessApproved> {
  const expiresAt = context.clock.now() + accessKept
  return operate(
    context,
    by,
    async (acting, record): Promise<AccessApproved> => {
      const clientId = encodeBase62(randomBytes(15))
      const approved = await acting.accessRequests.approve(id, clientId, expiresAt)
      const request = approved ?? (await acting.accessRequests.find(id))
      if (request === undefined || request.clientId === null) return { outcome: 'unknown' }
      if (approved === undefined) await acting.accessRequests.extend(id, expiresAt)
      else {
        const made = await registerClient(acting, registrationOf(approved, clientId, settings), context.clock.now())
        if (typeof made === 'string') throw new Error('access: a random client id was taken')
      }
      const href = await invite(context, acting, request, settings)
      await record('access_approved', {
        clientId: request.clientId,
        detail: { request: id },
      })
      const outcome = approved === undefined ? 'invited_again' : 'approved'
      return { outcome, clientId: request.clientId, email: request.email, href }
    },
    'apps',
  )
}

/** An app that acts for itself until its developer says where people come back to (`addRedirectUri`). */
function registrationOf(
  { appName, website }: AccessRequest,
  clientId: ClientId,
  { appRegistration, dataApi }: AccessSettings,
) {
  const scope = ['openid', 'basic'].filter((name) => builtInScopesOf({ dataApi }).some((one) => one.name === name))
  const details = { publisher: '', website: website ?? '', policy: '', terms: '', logo: '' }
  const kind = 'machine'
  return {
    clientId,
    ownerId: null,
    status: appRegistration === 'open' ? 'enabled' : 'pending',
    metadata: newMetadata({ name: appName, kind, redirectUris: [], scope, details }, kind, 'any'),
    withoutSecret: true,
  } as const
}

async function invite(
  context: OperatorContext & Pick<Context, 'keyring'>,
  acting: Acting,
  { id, email, language }: AccessRequest,
  { issuer }: AccessSettings,
): Promise<string | undefined> {
  const mailed = context.mailer.way !== 'none'
  const link = newInvitation(context, { email, mailed, access: { id, language } })
  await acting.mailedLinks.put(link)
  if (mailed) await sendMail(context, acting, 'access_approved', { ids: { linkId: link.id } })
  return mailed ? undefined : `${issuer}/invitation?token=${linkToken(context, link.id)}`
}

const longestReason = 1000

/** What is wrong with a reason that the developer is to read; expects no space around it. */
export function reasonProblem(reason: string): FormProblem | undefined {
  if (reason === '') return 'reason_empty'
  return reason.length > longestReason ? { key: 'reason_long', longest: longestReason } : undefined
}

/** Takes a request that waits out of the queue and mails why. False where none waits under that ID. */
export function refuseAccess(context: OperatorContext, by: Operator, id: string, reason: string): Promise<boolean> {
  return operate(
    context,
    by,
    async (acting, record) => {
      const request = await acting.accessRequests.takeWaiting(id)
      if (request === undefined) return false
      await record('access_refused', { detail: { request: id } })
      const { email: to, appName: app, language } = request
      const secret = JSON.stringify({ to, app, language, reason })
      await sendMail(context, acting, 'access_refused', { ids: {}, secret })
      return true
    },
    'apps',
  )
}
