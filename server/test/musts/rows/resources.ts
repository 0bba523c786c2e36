import { randomText } from '../../../src/lib/random.ts'
import { addDevice, ask as askForDevice } from '../../device/steps.ts'
import { newTokens } from '../../support/answers.ts'
import { refresh, token } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { elsewhere, expectProvoked, type World } from '../provoked.ts'
import { ask, own, refused, sentBack } from '../steps.ts'

const at = 'engine/grant/resources: '
const scopes = 'engine/grant/scopes: '
const admin = 'engine/grant/admin_scopes: '

/** An API of the operator, and its address. */
async function api(w: World, more: Record<string, unknown> = {}): Promise<string> {
  const resource = `https://${randomText(9)
    .replace(/[^a-z]/g, 'x')
    .toLowerCase()}.example/`
  await w.h.storage.resources.put({ resource, scopes: ['basic'], ...more } as never)
  w.h.clock.move(6000)
  return resource
}

const adminApi = 'http://localhost:3000/admin/api'

export const rfc8707: Musts = {
  spec: 'RFC 8707',
  title: 'Resource Indicators',
  page: 'rfc8707',
  file: 'resources.ts',
  rows: [
    must('2', 'says', 'A resource that the server does not know is `invalid_target`.', `${at}target_invalid (2)`, (w) =>
      sentBack(ask(w, { resource: 'https://nobody.example' }), 'invalid_target'),
    ),
    must('2', 'own', 'At most eight in a request.', `${at}target_invalid`, async (w) => {
      const all = Array.from({ length: 9 }, (_, i) => `resource=https://n${i}.example/`).join('&')
      for (let i = 0; i < 9; i++)
        await w.h.storage.resources.put({ resource: `https://n${i}.example/`, scopes: ['basic'] } as never)
      w.h.clock.move(6000)
      await refused(token(w.h.app, w.client, `grant_type=client_credentials&scope=basic&${all}`), 'invalid_target')
    }),
    must(
      '2.2',
      'says',
      'A token request names none that was not granted.',
      [`${at}target_invalid (3)`, `${at}target_invalid (5)`],
      async (w) => {
        const tokens = await newTokens(w.h, w.client, { scope: 'openid offline_access' }, w.browser)
        await refused(refresh(w.h.app, w.client, tokens.refresh, { resource: elsewhere }), 'invalid_target')
      },
    ),
    must('2', 'own', 'One that the operator has taken away since is none.', `${at}target_invalid (5)`, async (w) => {
      const resource = await api(w)
      const tokens = await newTokens(w.h, w.client, { scope: 'basic', resource }, w.browser)
      await w.h.storage.resources.delete(resource)
      w.h.clock.move(6000)
      await refused(refresh(w.h.app, w.client, tokens.refresh), 'invalid_target')
    }),
    must(
      '2',
      'own',
      'Resources that read different formats get a token each.',
      `${at}target_invalid (6)`,
      async (w) => {
        const [one, other] = [await api(w), await api(w, { token_format: 'jwt' })]
        const query = `grant_type=client_credentials&scope=basic&resource=${one}&resource=${other}`
        await refused(token(w.h.app, w.client, query), 'invalid_target')
      },
    ),
    must('2', 'own', 'A token has a scope that means something at its resource.', `${at}scope_not_registered`, (w) =>
      refused(own(w, { resource: elsewhere }), 'invalid_scope'),
    ),
    must('2', 'own', 'A scope that no API has is none.', `${scopes}scope_unknown`, (w) =>
      expectProvoked(w, 'scope_unknown'),
    ),
    must('2', 'own', 'A scope for the operator’s own apps is for no other.', `${scopes}scope_reserved (2)`, (w) =>
      expectProvoked(w, 'scope_reserved'),
    ),
    must(
      '2',
      'own',
      'The scopes of the admin API are for apps that the operator has let use it.',
      [`${scopes}scope_reserved`, `${admin}scope_reserved`],
      async (w) =>
        sentBack(
          ask(w, { scope: 'admin.read', resource: adminApi }, await addClient(w.h, { scope: 'basic admin.read' })),
          'invalid_scope',
        ),
    ),
    must('2', 'own', 'They come with nothing else.', `${admin}scope_not_registered`, async (w) =>
      sentBack(
        ask(
          w,
          { scope: 'admin.read basic', resource: adminApi },
          await addClient(w.h, { scope: 'basic admin.read', admin_api: true }),
        ),
        'invalid_scope',
      ),
    ),
    must('2', 'own', 'And for that API alone.', `${admin}target_invalid`, async (w) =>
      sentBack(
        ask(w, { scope: 'admin.read' }, await addClient(w.h, { scope: 'basic admin.read', admin_api: true })),
        'invalid_target',
      ),
    ),
    must(
      '2',
      'own',
      'For a person, or for the app itself, as the operator has said.',
      `${admin}scope_reserved`,
      async (w) =>
        refused(
          own(
            w,
            { scope: 'admin.read', resource: adminApi },
            await addClient(w.h, { scope: 'basic admin.read', admin_api: true }),
          ),
          'invalid_scope',
        ),
    ),
    must('2', 'own', 'Never on a device.', `${admin}scope_reserved (2)`, async (w) => {
      const device = await addDevice(w.h, { scope: 'basic admin.read', admin_api: true })
      await refused(askForDevice(w.h, device, { scope: 'admin.read', resource: adminApi }), 'invalid_scope')
    }),
  ],
}
