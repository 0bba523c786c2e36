/** Sign-in on a device without a browser (RFC 8628). */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { type Answer, isJson, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { basicOf, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked } from '../verdict.ts'

const endpoint = 'device_authorization_endpoint'
const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
const shared = {
  of: 'RFC 8628 §3.2',
  level: 'MUST',
  sends: 'a device authorization request of the client',
  needs: ['client'],
  offered: (metadata: Metadata) => metadata.url(endpoint) !== undefined,
} as const

async function ask(probe: Probe): Promise<Answer> {
  const answer = await probe.call(endpoint, {
    scope: probe.given.scope ?? (probe.metadata.isOpenid ? 'openid' : undefined),
  })
  if (textOf(answer, 'error') === 'unauthorized_client' || textOf(answer, 'error') === 'invalid_scope') {
    throw new NotChecked(
      `The client may not: ${summaryOf(answer)}.`,
      '--client-id of a client that may use the device grant',
    )
  }
  return answer
}

async function deviceCode(probe: Probe): Promise<string> {
  const code = textOf(await ask(probe), 'device_code')
  if (code === undefined) throw new NotChecked('No device code comes.')
  return code
}

export const device: readonly Check[] = [
  {
    ...shared,
    id: 'device.unknown_client',
    title: 'A client that is not known gets no device code',
    of: 'RFC 8628 §3.1',
    sends: 'a device authorization request of a made-up client',
    expects: 'an error',
    needs: [],
    async run(probe) {
      const id = `unknown-${randomText(9)}`
      const headers = { authorization: basicOf({ id, secret: randomText(24) }) }
      const answer = await probe.call(endpoint, { client_id: id }, { client: 'none', headers })
      must(
        answer.status >= 400 && textOf(answer, 'device_code') === undefined,
        `It is answered with ${answer.status}.`,
        answer,
      )
    },
  },
  {
    ...shared,
    id: 'device.answers',
    title: 'A device gets a code, a code for the person, and the page for it',
    expects: '200, application/json, device_code, user_code, verification_uri, expires_in',
    async run(probe) {
      const answer = await ask(probe)
      must(answer.status === 200 && isJson(answer), `It is answered with ${summaryOf(answer)}.`, answer)
      for (const name of ['device_code', 'user_code', 'verification_uri']) {
        must(textOf(answer, name) !== undefined, `There is no ${name}.`, answer)
      }
      const lives = answer.json?.expires_in
      must(typeof lives === 'number' && lives > 0, `expires_in is ${JSON.stringify(lives)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'device.pending',
    title: 'A device that asks before anybody agreed hears authorization_pending',
    of: 'RFC 8628 §3.5',
    sends: 'the device code, at once',
    expects: 'authorization_pending (or slow_down)',
    async run(probe) {
      const answer = await probe.call('token_endpoint', { grant_type: grantType, device_code: await deviceCode(probe) })
      const fits = ['authorization_pending', 'slow_down'].includes(textOf(answer, 'error') ?? '')
      must(fits, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'device.made_up',
    title: 'A device code that was never given is an error',
    of: 'RFC 8628 §3.5',
    sends: 'a made-up device code',
    expects: 'invalid_grant or expired_token',
    async run(probe) {
      await ask(probe)
      const answer = await probe.call('token_endpoint', { grant_type: grantType, device_code: randomText(32) })
      const fits = ['invalid_grant', 'expired_token'].includes(textOf(answer, 'error') ?? '')
      must(fits, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
]
