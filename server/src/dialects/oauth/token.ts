/** POST /oauth/token (RFC 6749 §3.2, §5): decode → the pipeline → encode. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../../engine/context.ts'
import type { Minted } from '../../engine/mint.ts'
import type { Trace } from '../../engine/request_log.ts'
import { exchange, type TokenRequest } from '../../engine/token.ts'
import type { Form } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { parseScope } from '../../protocol/scope.ts'
import { decodeClient } from './client.ts'
import { answered, claimedClient, readForm } from './dialect.ts'
import { endpoints } from './endpoints.ts'

export function registerToken(app: FastifyInstance, context: Context): void {
  app.post(endpoints.token_endpoint, (request, reply) =>
    answered(context, request, reply, 'token', async (trace) => {
      const form = readForm(request)
      const authorization = request.headers.authorization
      try {
        const presented = decodeClient(authorization, form)
        return encode(await exchange(context, presented, decodeRequest(form, trace), trace))
      } catch (error) {
        // A request that was refused before its client was looked at still finds its owner.
        if (error instanceof Refusal) trace.clientId ??= await claimedClient(context, authorization, form)
        throw error
      }
    }),
  )
}

function decodeRequest(form: Form, trace: Trace): TokenRequest {
  const grantType = form.get('grant_type')
  if (grantType === undefined) throw missing('grant_type')
  const resources = form.all('resource')
  switch (grantType) {
    case 'authorization_code': {
      const code = form.get('code')
      if (code === undefined) throw missing('code')
      return {
        grantType,
        code,
        redirectUri: form.get('redirect_uri'),
        codeVerifier: form.get('code_verifier'),
        resources,
      }
    }
    case 'refresh_token': {
      const refreshToken = form.get('refresh_token')
      if (refreshToken === undefined) throw missing('refresh_token')
      return { grantType, refreshToken, scope: decodeScope(form), resources }
    }
    case 'client_credentials':
      return { grantType, scope: decodeScope(form), resources }
    default:
      trace.ruleset = 'token'
      throw new Refusal('grant_type_unknown')
  }
}

function decodeScope(form: Form): readonly string[] | undefined {
  const text = form.get('scope')
  if (text === undefined) return undefined
  const scope = parseScope(text)
  if (scope === undefined) throw new Refusal('scope_malformed')
  return scope.length === 0 ? undefined : scope
}

function missing(name: string): Refusal {
  return new Refusal('parameter_missing', {
    text: `The parameter ${name} is missing.`,
    cause: `The parameter ${name} is missing.`,
  })
}

/** The successful answer (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
function encode(minted: Minted): string {
  return JSON.stringify({
    access_token: minted.accessToken,
    token_type: 'Bearer',
    expires_in: minted.expiresIn,
    scope: minted.scope.join(' '),
    refresh_token: minted.refreshToken,
    id_token: minted.idToken,
  })
}
