/**
 * Which rules an authorization request passes at which endpoint, in order. A check knows no endpoint: another endpoint is
 * another list over the same checks, which begins with what is known there already.
 */
import type { Client } from '../../runtime/kept/clients.ts'
import type { AuthorizeRuleset, RuleName } from '../../runtime/log/rules.ts'
import { Checks } from './checks/checks.ts'
import { findClaims } from './checks/claims.ts'
import { checkDeviceGrant, checkProtections, findClient } from './checks/client.ts'
import { findDpopJkt } from './checks/dpop_jkt.ts'
import { findHint } from './checks/id_token_hint.ts'
import { checkParameters } from './checks/parameters.ts'
import { findCodeChallenge } from './checks/pkce.ts'
import { findPrompt } from './checks/prompt.ts'
import { checkPushed } from './checks/pushed.ts'
import { findReturnPath } from './checks/redirect_uri.ts'
import { findFrontChannel } from './checks/response_type.ts'
import { findAudience, findScope } from './checks/scope.ts'

export const checksAt = {
  authorize: new Checks()
    .rule('client', findClient)
    .rule('redirect_uri', findReturnPath)
    .rule('protections', checkProtections)
    .rule('pushed', checkPushed)
    .rule('parameters', checkParameters)
    .rule('response_type', findFrontChannel)
    .rule('scope', findScope)
    .rule('resource', findAudience)
    .rule('pkce', findCodeChallenge)
    .rule('dpop_jkt', findDpopJkt)
    .rule('claims', findClaims)
    .rule('prompt', findPrompt)
    .rule('id_token_hint', findHint),
  /** Of a request that is pushed, whose client has authenticated as at the token endpoint (RFC 9126 §2.1). */
  pushed: new Checks<{ readonly client: Client }>()
    .rule('redirect_uri', findReturnPath)
    .rule('protections', checkProtections)
    .rule('parameters', checkParameters)
    .rule('response_type', findFrontChannel)
    .rule('scope', findScope)
    .rule('resource', findAudience)
    .rule('pkce', findCodeChallenge)
    .rule('dpop_jkt', findDpopJkt)
    .rule('claims', findClaims)
    .rule('prompt', findPrompt)
    .rule('id_token_hint', findHint),
  /** Of a device, which is sent nowhere and gets its answer at the token endpoint (RFC 8628 §3.1). */
  device: new Checks<{ readonly client: Client; readonly frontChannel: undefined; readonly for: 'device' }>()
    .rule('protections', checkProtections)
    .rule('grant_type', checkDeviceGrant)
    .rule('scope', findScope)
    .rule('resource', findAudience),
} as const

const asked: readonly RuleName[] = ['request', ...checksAt.authorize.names]

/** The rules of authorize in the order in which they are run, by the names under which the log keeps them. */
export const authorizeRulesets: Readonly<Record<AuthorizeRuleset, readonly RuleName[]>> = {
  authorize: [...asked, 'sign_in', 'consent'],
  'authorize:sign_in': asked,
  'authorize:consent': [...asked, 'sign_in'],
  pushed: ['request', 'client_authentication', 'dpop_proof', ...checksAt.pushed.names, 'push_limit', 'dpop_once'],
  device: ['request', 'client_authentication', ...checksAt.device.names, 'device_limit'],
  /** On the page for devices, by the person. */
  'device:decided': ['request', 'sign_in', 'consent'],
}
