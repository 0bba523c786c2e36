/** Clients that register themselves (RFC 7591, RFC 7592). Whatever is registered is removed at the end. */
import { randomText } from '../../lib/random.ts'
import type { Check } from '../check.ts'
import { isJson, textOf } from '../http.ts'
import type { Metadata } from '../metadata.ts'
import { summaryOf } from '../probe.ts'
import { bearer } from '../registrar.ts'
import { must, NotChecked, NotOffered } from '../verdict.ts'

const shared = {
  level: 'MUST',
  needs: ['registration'],
  offered: (metadata: Metadata) => metadata.url('registration_endpoint') !== undefined,
} as const

export const registration: readonly Check[] = [
  {
    ...shared,
    id: 'registration.nonsense',
    title: 'What is no registration is an error',
    of: 'RFC 7591 §3.2.2',
    sends: 'redirect_uris that is no list',
    expects: '400 with an error, or 401 where a token is needed',
    needs: [],
    async run(probe) {
      const answer = await probe.http.ask(probe.endpoint('registration_endpoint'), {
        json: { redirect_uris: 42 },
        headers: bearer(probe.given.register?.token),
      })
      const closed = answer.status === 401 || answer.status === 403
      const refused = answer.status === 400 && textOf(answer, 'error') !== undefined && isJson(answer)
      must(closed || refused, `It is answered with ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'registration.answers',
    title: 'A registration is answered with a client',
    of: 'RFC 7591 §3.2.1',
    sends: 'a plain registration with one redirect URI',
    expects: '201, application/json, client_id',
    async run(probe) {
      const { answer } = await probe.registered()
      must(answer.status === 201 && isJson(answer), `It is answered with ${answer.status}.`, answer)
    },
  },
  {
    ...shared,
    id: 'registration.secret_end',
    title: 'Beside a secret stands when it ends',
    of: 'RFC 7591 §3.2.1',
    sends: 'a plain registration',
    expects: 'client_secret_expires_at, a number, where there is a client_secret',
    async run(probe) {
      const { answer, client } = await probe.registered()
      if (client.secret === undefined) throw new NotOffered('The client gets no secret')
      const ends = answer.json?.client_secret_expires_at
      must(typeof ends === 'number', `client_secret_expires_at is ${JSON.stringify(ends)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'registration.tells_all',
    title: 'The answer says what is registered',
    of: 'RFC 7591 §3.2.1',
    sends: 'a plain registration',
    expects: 'redirect_uris as they were sent',
    async run(probe) {
      const { answer } = await probe.registered()
      const told = JSON.stringify(answer.json?.redirect_uris)
      must(told === JSON.stringify([probe.given.redirectUri]), `redirect_uris is ${told ?? 'missing'}.`, answer)
    },
  },
  {
    ...shared,
    id: 'registration.fragment',
    title: 'A redirect URI with a fragment is refused',
    of: 'RFC 6749 §3.1.2',
    sends: 'a registration with a redirect URI that has a fragment',
    expects: '400 with invalid_redirect_uri',
    async run(probe) {
      const answer = await probe.http.ask(probe.endpoint('registration_endpoint'), {
        json: { client_name: 'Conformance check', redirect_uris: ['https://client.example.org/callback#part'] },
        headers: bearer(probe.given.register?.token),
      })
      if (answer.status === 401 || answer.status === 403)
        throw new NotChecked('The server wants a token.', '--initial-access-token')
      const fits = ['invalid_redirect_uri', 'invalid_client_metadata'].includes(textOf(answer, 'error') ?? '')
      must(answer.status === 400 && fits, `It is answered with ${summaryOf(answer)}.`, answer)
    },
  },
  {
    ...shared,
    id: 'registration.read',
    title: 'A registration can be read with its token, and with no other',
    of: 'RFC 7592 §2.1',
    sends: 'GET of registration_client_uri with its token, then with a made-up one',
    expects: '200, then 401',
    async run(probe) {
      const { managed, client } = await probe.registered()
      if (managed === undefined) throw new NotOffered('Registrations cannot be managed')
      const right = await probe.http.ask(managed.url, { headers: bearer(managed.token) })
      must(right.status === 200, `Its own token is answered with ${right.status}.`, right)
      must(textOf(right, 'client_id') === client.id, `client_id is ${textOf(right, 'client_id')}.`, right)
      const wrong = await probe.http.ask(managed.url, { headers: bearer(randomText(32)) })
      must(wrong.status === 401, `A made-up token is answered with ${wrong.status}.`, wrong)
    },
  },
  {
    ...shared,
    id: 'registration.remove',
    title: 'A registration can be removed, and the client is gone',
    of: 'RFC 7592 §2.3',
    sends: 'DELETE of registration_client_uri, then the client at the token endpoint',
    expects: '204, then invalid_client',
    async run(probe) {
      const { managed, client } = await probe.register()
      if (managed === undefined) throw new NotOffered('Registrations cannot be managed')
      const gone = await probe.http.ask(managed.url, { method: 'DELETE', headers: bearer(managed.token) })
      if (gone.status === 405 || gone.status === 403) throw new NotOffered('Registrations cannot be removed')
      must(gone.status === 204, `It is answered with ${gone.status}.`, gone)
      const answer = await probe.call(
        'token_endpoint',
        { grant_type: 'refresh_token', refresh_token: randomText(24) },
        { client },
      )
      must(
        textOf(answer, 'error') === 'invalid_client',
        `The client is answered with ${summaryOf(answer)}.`,
        gone,
        answer,
      )
    },
  },
]
