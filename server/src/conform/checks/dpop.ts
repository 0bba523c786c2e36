/** Tokens that are bound to a key (RFC 9449). */
import { seconds } from '../../lib/clock.ts'
import type { Check } from '../check.ts'
import { type Answer, textOf } from '../http.ts'
import { newProofKey, type ProofKey, type ProofMore } from '../jwt.ts'
import type { Metadata } from '../metadata.ts'
import { type Code, type Probe, summaryOf } from '../probe.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

const shared = {
  level: 'MUST',
  needs: ['client', 'sign_in'],
  offered: (metadata: Metadata) => metadata.list('dpop_signing_alg_values_supported').includes('ES256'),
} as const

const hasUserinfo = (metadata: Metadata) => shared.offered(metadata) && metadata.url('userinfo_endpoint') !== undefined

/** Exchanges a code with a proof; once more where the server wants a nonce of its own in it (§8). */
async function exchange(probe: Probe, code: Code, key: ProofKey, more: ProofMore = {}): Promise<Answer> {
  const url = probe.endpoint('token_endpoint')
  const send = async (nonce?: string) => {
    const dpop = await key.proof('POST', url, { ...more, nonce })
    return probe.exchange(code, {}, { headers: { dpop } })
  }
  const answer = await send()
  const nonce = answer.headers.get('dpop-nonce') ?? undefined
  return textOf(answer, 'error') === 'use_dpop_nonce' ? send(nonce) : answer
}

async function bound(
  probe: Probe,
): Promise<{ readonly access: string; readonly key: ProofKey; readonly answer: Answer }> {
  const key = await newProofKey(probe.http.clock)
  const answer = await exchange(probe, await probe.code(), key)
  const access = textOf(answer, 'access_token')
  if (access === undefined) throw new NotChecked(`A good proof is answered with ${summaryOf(answer)}.`)
  if (textOf(answer, 'token_type')?.toLowerCase() !== 'dpop') throw new NotChecked('The token is not bound to the key.')
  return { access, key, answer }
}

/** Asks UserInfo, once more where it wants a nonce. */
async function userinfo(probe: Probe, access: string, proof?: (nonce?: string) => Promise<string>): Promise<Answer> {
  const send = async (nonce?: string) =>
    probe.http.ask(probe.endpoint('userinfo_endpoint'), {
      headers: { authorization: `DPoP ${access}`, ...(proof === undefined ? {} : { dpop: await proof(nonce) }) },
    })
  const answer = await send()
  const nonce = answer.headers.get('dpop-nonce') ?? undefined
  return /use_dpop_nonce/.test(answer.headers.get('www-authenticate') ?? '') ? send(nonce) : answer
}

/** A check that sends a proof with something wrong in it to the token endpoint. */
function wrong(id: string, title: string, of: string, more: (probe: Probe) => ProofMore): Check {
  return {
    ...shared,
    id: `dpop.${id}`,
    title,
    of,
    sends: 'a good code with such a proof',
    expects: 'invalid_dpop_proof',
    async run(probe) {
      const key = await newProofKey(probe.http.clock)
      const answer = await exchange(probe, await probe.code(), key, more(probe))
      must(textOf(answer, 'access_token') === undefined, 'A token is given.', answer)
      must(textOf(answer, 'error') === 'invalid_dpop_proof', `It is answered with ${summaryOf(answer)}.`, answer)
    },
  }
}

export const dpop: readonly Check[] = [
  {
    ...shared,
    id: 'dpop.bound',
    title: 'A proof makes a token that is bound to its key',
    of: 'RFC 9449 §5',
    sends: 'a code with a proof',
    expects: 'token_type DPoP',
    async run(probe) {
      const answer = await exchange(probe, await probe.code(), await newProofKey(probe.http.clock))
      const type = textOf(answer, 'token_type')
      // A server may choose not to bind a token, and says so (§5).
      if (type?.toLowerCase() === 'bearer') throw new NotOffered('The server does not bind the tokens of this client')
      must(type?.toLowerCase() === 'dpop', `It is answered with ${summaryOf(answer)}, token_type ${type}.`, answer)
    },
  },
  wrong('method', 'A proof for another method is refused', 'RFC 9449 §4.3', () => ({ claims: { htm: 'GET' } })),
  wrong('address', 'A proof for another address is refused', 'RFC 9449 §4.3', () => ({
    claims: { htu: 'https://client.example.org/token' },
  })),
  wrong('old', 'A proof of yesterday is refused', 'RFC 9449 §4.3', ({ http }) => ({
    claims: { iat: seconds(http.clock.now()) - 86_400 },
  })),
  wrong('type', 'A JWT of another type is no proof', 'RFC 9449 §4.3', () => ({ header: { typ: 'JWT' } })),
  wrong('without_id', 'A proof without jti is refused', 'RFC 9449 §4.3', () => ({ claims: { jti: undefined } })),
  {
    ...shared,
    id: 'dpop.userinfo',
    title: 'A bound token works with a proof of its key',
    of: 'RFC 9449 §7.1',
    sends: 'GET of UserInfo with the token and a proof',
    expects: '200',
    offered: hasUserinfo,
    async run(probe) {
      const { access, key } = await bound(probe)
      const url = probe.endpoint('userinfo_endpoint')
      const answer = await userinfo(probe, access, (nonce) => key.proof('GET', url, { token: access, nonce }))
      must(answer.status === 200, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'dpop.as_bearer',
    title: 'A bound token is no Bearer token',
    of: 'RFC 9449 §7.2',
    sends: 'GET of UserInfo with the token as Bearer, without a proof',
    expects: '401',
    offered: hasUserinfo,
    async run(probe) {
      const { access } = await bound(probe)
      const headers = { authorization: `Bearer ${access}` }
      const answer = await probe.http.ask(probe.endpoint('userinfo_endpoint'), { headers })
      must(answer.status === 401, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'dpop.without_proof',
    title: 'A bound token is of no use without a proof',
    of: 'RFC 9449 §7.1',
    sends: 'GET of UserInfo with the token as DPoP, without a proof',
    expects: '401',
    offered: hasUserinfo,
    async run(probe) {
      const answer = await userinfo(probe, (await bound(probe)).access)
      must(answer.status === 401 || answer.status === 400, `The status is ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'dpop.other_key',
    title: 'A bound token is of no use with a proof of another key',
    of: 'RFC 9449 §7.1',
    sends: 'GET of UserInfo with the token and a proof of another key',
    expects: '401',
    offered: hasUserinfo,
    async run(probe) {
      const { access } = await bound(probe)
      const [other, url] = [await newProofKey(probe.http.clock), probe.endpoint('userinfo_endpoint')]
      const answer = await userinfo(probe, access, (nonce) => other.proof('GET', url, { token: access, nonce }))
      must(answer.status === 401, `The status is ${answer.status}.`, answer)
    },
  },
]
