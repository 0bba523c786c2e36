/** The public keys of the server (OpenID Connect Discovery 1.0 §3, RFC 7517, RFC 7518). */
import type { Check } from '../check.ts'
import type { Answer } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import type { Probe } from '../probe.ts'
import { must, NotOffered } from '../verdict.ts'

type Key = Readonly<Record<string, unknown>>

const hasKeys = (metadata: Metadata) => metadata.url('jwks_uri') !== undefined

async function keysOf(probe: Probe): Promise<{ readonly answer: Answer; readonly keys: readonly Key[] }> {
  const answer = await probe.http.ask(probe.endpoint('jwks_uri'))
  const keys = answer.json?.keys
  if (!Array.isArray(keys)) throw new NotOffered('The key set cannot be read')
  return { answer, keys: keys.filter((key): key is Key => typeof key === 'object' && key !== null) }
}

/** The kind of key that an algorithm needs. */
function kindOf(algorithm: string): string {
  if (/^(?:RS|PS)/.test(algorithm)) return 'RSA'
  return algorithm.startsWith('ES') ? 'EC' : 'OKP'
}

const shared = { sends: 'GET jwks_uri', offered: hasKeys } as const

export const keys: readonly Check[] = [
  {
    ...shared,
    id: 'keys.document',
    title: 'The key set is a JSON object with keys',
    of: 'RFC 8414 §2',
    level: 'MUST',
    expects: '200 with {"keys": […]}',
    async run(probe) {
      const answer = await probe.http.ask(probe.endpoint('jwks_uri'))
      must(answer.status === 200, `The answer is ${answer.status}.`, answer)
      must(Array.isArray(answer.json?.keys), 'The body has no list of keys.', answer)
    },
  },
  {
    ...shared,
    id: 'keys.public',
    title: 'No private and no shared key is published',
    of: 'OIDC Discovery §3',
    level: 'MUST',
    expects: 'keys without d, p, q, dp, dq, qi, oth and k',
    async run(probe) {
      const { answer, keys } = await keysOf(probe)
      const secret = keys.filter((key) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((name) => name in key))
      must(secret.length === 0, `${secret.length} of ${keys.length} keys show private members.`, answer)
    },
  },
  {
    ...shared,
    id: 'keys.for_signing',
    title: 'There is a key for the algorithms of ID tokens that are announced',
    of: 'OIDC Discovery §3',
    level: 'MUST',
    expects: 'a key of the right kind for some announced algorithm',
    offered: (metadata) =>
      hasKeys(metadata) &&
      metadata.list('id_token_signing_alg_values_supported').some((one) => /^(?:RS|PS|ES|Ed)/.test(one)),
    async run(probe) {
      const { answer, keys } = await keysOf(probe)
      const kinds = probe.metadata
        .list('id_token_signing_alg_values_supported')
        .filter((one) => /^(?:RS|PS|ES|Ed)/.test(one))
        .map(kindOf)
      const fits = keys.some((key) => key.use !== 'enc' && kinds.includes(String(key.kty)))
      must(fits, `There is no key of ${[...new Set(kinds)].join(', ')} that signs.`, answer)
    },
  },
  {
    ...shared,
    id: 'keys.use',
    title: 'Keys say what they are for, where some sign and some encrypt',
    of: 'OIDC Discovery §3',
    level: 'MUST',
    expects: 'use in every key where any has use enc',
    async run(probe) {
      const { answer, keys } = await keysOf(probe)
      const mixed = keys.some(({ use }) => use === 'enc')
      must(!mixed || keys.every(({ use }) => use !== undefined), 'Some keys say use, some do not.', answer)
    },
  },
  {
    ...shared,
    id: 'keys.distinct',
    title: 'No two keys have one kid',
    of: 'RFC 7517 §4.5',
    level: 'SHOULD',
    expects: 'distinct kid values',
    async run(probe) {
      const { answer, keys } = await keysOf(probe)
      const names = keys.map(({ kid, kty }) => `${kid} ${kty}`).filter((_, at) => keys[at]?.kid !== undefined)
      must(new Set(names).size === names.length, 'Two keys of one kind have the same kid.', answer)
    },
  },
  {
    ...shared,
    id: 'keys.rsa_size',
    title: 'RSA keys have 2048 bits or more',
    of: 'RFC 7518 §3.3',
    level: 'MUST',
    expects: 'a modulus of at least 256 bytes',
    async run(probe) {
      const { answer, keys } = await keysOf(probe)
      const small = keys.filter(({ kty, n }) => kty === 'RSA' && Buffer.from(String(n), 'base64url').length < 256)
      must(small.length === 0, `${small.length} of ${keys.length} keys are smaller.`, answer)
    },
  },
]
