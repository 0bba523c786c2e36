/** What is asked of a provider: every call goes out guarded, for a purpose. */
import type { CustomFetchOptions } from 'openid-client'
import { FetchRefused } from '../../lib/guarded_fetch.ts'
import { callOut, type Outbound, type OutboundPurpose } from '../outbound.ts'
import { ProviderFailed } from './failure.ts'

export type ProviderCalls = ReturnType<typeof createProviderCalls>

export function createProviderCalls(outbound: Outbound) {
  async function call(
    purpose: OutboundPurpose,
    uri: string,
    options: Partial<CustomFetchOptions> = {},
  ): Promise<Response> {
    const { method = 'GET', headers = {}, body } = options
    const sent = body instanceof URLSearchParams ? body.toString() : body
    if (sent !== undefined && sent !== null && typeof sent !== 'string') throw new FetchRefused('the body is no text')
    const request = { method, headers, ...(typeof sent === 'string' && { body: sent }) }
    const answer = await callOut(purpose, uri, request, outbound)
    // A provider that is broken is as good as out of reach: it says nothing about whoever came from it.
    if (answer.status >= 500) throw new FetchRefused(`the answer has status ${answer.status}`)
    return answer
  }

  async function getJson(
    purpose: OutboundPurpose,
    uri: string,
    accessToken?: string,
  ): Promise<Record<string, unknown>> {
    const headers = {
      accept: 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    }
    const answer = await call(purpose, uri, { headers })
    if (answer.status !== 200) throw new ProviderFailed(`${new URL(uri).pathname} answered ${answer.status}`)
    const body: unknown = await answer.json().catch(() => undefined)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ProviderFailed(`${new URL(uri).pathname} answered no JSON object`)
    }
    return body as Record<string, unknown>
  }

  return { call, getJson }
}
