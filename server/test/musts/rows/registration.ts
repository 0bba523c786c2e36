import { expect } from 'vitest'
import { addInitialToken } from '../../../src/engine/operator/registrations/initial_tokens.ts'
import { randomText } from '../../../src/lib/random.ts'
import type { TokenAnswer } from '../../support/browser.ts'
import { byCommand, callback, harness, issuer } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import type { World } from '../provoked.ts'
import { expectProvoked } from '../provoked.ts'
import { refused, register } from '../steps.ts'

const at = 'engine/developer/registration/'
const web = () => ({ client_name: `Diary ${randomText(4).replace(/[^a-z]/gi, 'x')}`, redirect_uris: [callback] })

interface Managed {
  readonly id: string
  readonly url: string
  readonly with: string
  readonly secret: string
}

/** An app that has registered itself, and how it manages that. */
async function managed(w: World, more: object = {}): Promise<Managed> {
  const { body, status } = await register(w, { ...web(), ...more })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const url = (body.registration_client_uri ?? '').slice(issuer.length)
  return { id: body.client_id ?? '', url, with: body.registration_access_token ?? '', secret: body.client_secret ?? '' }
}

/** The app says something else of itself. */
const changed = (w: World, of: Managed, body: object): Promise<TokenAnswer> =>
  register(w, { ...web(), client_id: of.id, ...body }, { url: of.url, method: 'PUT', with: of.with })

async function bare(w: Pick<World, 'h'>, body: object, headers: Record<string, string> = {}): Promise<TokenAnswer> {
  const response = await w.h.app.inject({ method: 'POST', url: '/oauth/register', headers, payload: body })
  return { status: response.statusCode, headers: response.headers, body: response.json() } as TokenAnswer
}

export const rfc7591: Musts = {
  spec: 'RFC 7591 and RFC 7592',
  title: 'Dynamic Client Registration, and its management',
  page: 'rfc7591',
  file: 'registration.ts',
  rows: [
    must(
      '2',
      'MUST',
      'An app that is sent to a redirect URI registers it.',
      `${at}metadata: registered_redirect_uri_invalid`,
      (w) =>
        refused(register(w, { ...web(), redirect_uris: [] }), 'invalid_redirect_uri').then(({ body }) =>
          expect(body.error_description).toBe('redirect_uris: must name at least one address.'),
        ),
    ),
    must(
      '3.2.2',
      'says',
      'Metadata that the server will not take are `invalid_client_metadata`.',
      `${at}metadata: client_metadata_invalid`,
      (w) => refused(register(w, { ...web(), scope: 'x' }), 'invalid_client_metadata'),
    ),
    must('3.2.2', 'says', 'Each member has the form that is said of it.', `${at}metadata: reason`, (w) =>
      refused(register(w, { ...web(), redirect_uris: ['x'] }), 'invalid_redirect_uri'),
    ),
    must(
      '2.3',
      'own',
      'A software statement is of somebody who is trusted; nobody is.',
      `${at}metadata: software_statement_untrusted`,
      (w) => refused(register(w, { ...web(), software_statement: 'a.b.c' }), 'unapproved_software_statement'),
    ),
    must(
      '3',
      'says',
      'Where registration is protected, an initial access token comes along.',
      `${at}register: initial_token_missing`,
      (w) => refused(bare(w, web()), 'invalid_token', 401),
    ),
    must(
      '3',
      'says',
      'It is one that the operator has given out, which is asked before anything else.',
      `${at}register: initial_token_invalid`,
      (w) => refused(register(w, { ...web(), redirect_uris: [] }, { with: 'iat_x' }), 'invalid_token', 401),
    ),
    must(
      '3',
      'own',
      'And one that is not used up, also by two at once.',
      `${at}register: initial_token_invalid (2)`,
      async (w) => {
        const { token } = await addInitialToken(w.h.context, byCommand, { name: 'once', uses: 1 })
        const both = await w.h.storage.initialTokens.list()
        const { list } = w.h.storage.initialTokens
        // Each sees what was there before the other came.
        Object.assign(w.h.storage.initialTokens, { list: async () => both })
        try {
          const answers = [await register(w, web(), { with: token }), await register(w, web(), { with: token })]
          expect(answers.map(({ status }) => status)).toEqual([201, 401])
        } finally {
          Object.assign(w.h.storage.initialTokens, { list })
        }
      },
    ),
    must(
      '3',
      'own',
      'Where the operator has closed it, nobody registers.',
      `${at}register: registration_closed`,
      async () => {
        const h = await harness({ settings: { dynamicRegistration: 'off' } })
        try {
          await refused(register({ h }, web()), 'access_denied', 403)
        } finally {
          await h.close()
        }
      },
    ),
    must(
      '3',
      'own',
      'A bearer token comes as one, not with the scheme DPoP.',
      'dialects/oauth/register: token_unbound',
      async (w) => {
        const { token } = await addInitialToken(w.h.context, byCommand, { name: 'x' })
        await refused(bare(w, web(), { authorization: `DPoP ${token}` }), 'invalid_token', 401)
      },
    ),
    must(
      '5',
      'own',
      'What many apps share is gone for all where the operator disables it.',
      `${at}register: registration_disabled`,
      (w) => expectProvoked(w, 'registration_disabled'),
    ),
    must(
      '7592 2',
      'MUST',
      'Whoever reads or changes a registration shows its registration access token.',
      `${at}manage: registration_token_invalid`,
      async (w) => {
        const app = await managed(w)
        await refused(register(w, {}, { url: app.url, method: 'PUT', with: 'reg_x' }), 'invalid_token', 401)
      },
    ),
    must(
      '7592 2.2',
      'MUST',
      'A change names the client_id, and the right one.',
      `${at}manage: client_metadata_invalid (3)`,
      async (w) => refused(changed(w, await managed(w), { client_id: 'x' }), 'invalid_client_metadata'),
    ),
    must(
      '7592 2.2',
      'MUST NOT',
      'It does not say what only the server says.',
      `${at}manage: client_metadata_invalid (2)`,
      async (w) => refused(changed(w, await managed(w), { client_id_issued_at: 1 }), 'invalid_client_metadata'),
    ),
    must(
      '7592 2.2',
      'MUST NOT',
      'It does not choose a secret.',
      `${at}manage: client_metadata_invalid (4)`,
      async (w) => refused(changed(w, await managed(w), { client_secret: 'mine' }), 'invalid_client_metadata'),
    ),
    must(
      '7592 2.2',
      'own',
      'An app that has a secret does not give it up.',
      `${at}manage: client_metadata_invalid`,
      async (w) =>
        refused(changed(w, await managed(w), { token_endpoint_auth_method: 'none' }), 'invalid_client_metadata'),
    ),
  ],
}
