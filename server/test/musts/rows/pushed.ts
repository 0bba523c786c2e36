import { expect } from 'vitest'
import { authorizeUrl, type Page, testBrowser } from '../../support/browser.ts'
import { addClient, harness } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { push, pushed, type World } from '../provoked.ts'
import { ask, codeComes, refused, sentBack, shownHere } from '../steps.ts'

const at = 'engine/authorize/sources/pushed: '

const begin = (w: World, requestUri: string, of: { readonly id: string } = w.client): Promise<Page> =>
  w.browser.get(`/oauth/authorize?${new URLSearchParams({ client_id: of.id, request_uri: requestUri })}`)

export const rfc9126: Musts = {
  spec: 'RFC 9126',
  title: 'Pushed Authorization Requests',
  page: 'rfc9126',
  file: 'pushed.ts',
  rows: [
    must('2.1', 'MUST NOT', 'No request_uri is pushed.', 'engine/authorize/push: request_uri_pushed', (w) =>
      refused(push(w, w.client, { request_uri: 'x' }), 'invalid_request'),
    ),
    must(
      '2.1',
      'MUST',
      'The client authenticates as at the token endpoint.',
      'engine/client/client_authentication: client_secret_wrong',
      (w) => refused(push(w, { id: w.client.id, secret: 'x' } as never), 'invalid_client', 401),
    ),
    must(
      '2.1',
      'MUST',
      'What is pushed is checked as at the authorization endpoint.',
      'engine/authorize/checks/scope: scope_not_registered',
      async (w) =>
        refused(push(w, await addClient(w.h, { scope: 'basic' }), { scope: 'readmeasurements' }), 'invalid_scope'),
    ),
    must(
      '2.2',
      'MUST',
      'A request_uri is of the client that has pushed it.',
      `${at}request_uri_of_other_client`,
      async (w) => shownHere(begin(w, await pushed(w), await addClient(w.h)), 'invalid_request_uri'),
    ),
    must('2.2', 'MUST', 'Nobody guesses one: what was not given out is none.', `${at}request_uri_unknown`, (w) =>
      shownHere(begin(w, 'urn:ietf:params:oauth:request_uri:x'), 'invalid_request_uri'),
    ),
    must('4', 'MUST', 'It lives shortly.', `${at}request_uri_expired`, async (w) => {
      const uri = await pushed(w)
      w.h.clock.move(90_000)
      await shownHere(begin(w, uri), 'invalid_request_uri')
    }),
    must('4', 'SHOULD', 'It is used once.', `${at}request_uri_used`, async (w) => {
      const uri = await pushed(w)
      await codeComes(begin(w, uri))
      const query = new URLSearchParams({ client_id: w.client.id, request_uri: uri })
      await shownHere(testBrowser(w.h.app).get(`/oauth/authorize?${query}`), 'invalid_request_uri')
    }),
    must(
      '4',
      'own',
      'Of two who complete it at once, one does.',
      'engine/authorize/complete: request_uri_used',
      async (w) => {
        const uri = await pushed(w)
        const both = await Promise.all([begin(w, uri), begin(w, uri)])
        expect(both.filter(({ location }) => location?.includes('code=') === true)).toHaveLength(1)
      },
    ),
    must('4', 'REQUIRED', 'The request at authorize names the client.', `${at}client_id_missing`, async (w) =>
      shownHere(w.browser.get(`/oauth/authorize?request_uri=${await pushed(w)}`), 'invalid_request'),
    ),
    must(
      '6',
      'says',
      'A client that has to push gets nothing otherwise.',
      'engine/authorize/checks/pushed: request_not_pushed',
      async (w) =>
        sentBack(ask(w, {}, await addClient(w.h, { require_pushed_authorization_requests: true })), 'invalid_request'),
    ),
    must(
      '5',
      'says',
      'Nor does anybody where the server asks it of all.',
      'engine/authorize/checks/pushed: request_not_pushed (2)',
      async () => {
        const h = await harness({ settings: { requirePushedRequests: true } })
        try {
          const app = await addClient(h)
          const { headers } = await h.app.inject(authorizeUrl(app))
          expect(new URL(String(headers.location)).searchParams.get('error')).toBe('invalid_request')
        } finally {
          await h.close()
        }
      },
    ),
  ],
}

export const rfc9207: Musts = {
  spec: 'RFC 9207',
  title: 'Authorization Server Issuer Identification',
  page: 'rfc9207',
  file: 'pushed.ts',
  rows: [
    must(
      '2',
      'MUST',
      'iss stands in the answer.',
      'engine/authorize/response/authorization_response: iss_in_response',
      async (w) => {
        const { location = 'none:' } = await ask(w)
        expect(new URL(location).searchParams.get('iss')).toBe(w.h.context.settings.issuer)
      },
    ),
    must(
      '2',
      'MUST',
      'In errors, too.',
      'engine/authorize/response/authorization_response: iss_in_response',
      async (w) => {
        const to = await sentBack(ask(w, { scope: 'admin' }), 'invalid_scope')
        expect(to.searchParams.get('iss')).toBe(w.h.context.settings.issuer)
      },
    ),
  ],
}
