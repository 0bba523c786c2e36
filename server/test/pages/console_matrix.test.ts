/** Every route of the console, for everybody who may come: a route without a row here fails. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { routesOf } from '../support/routes.ts'

const visitors = ['nobody', 'person', 'support', 'admin', 'owner'] as const
type Visitor = (typeof visitors)[number]

/** What each is answered, in the order of `visitors`; a number alone is for all who are signed in and have a role. */
type Row = readonly [nobody: number, person: number, support: number, admin: number, owner: number]

/** Who has no role is refused, and who is not signed in is sent to sign in; so it is for every page. */
const outside = { GET: [303, 403], POST: [403, 403] } as const
function row(method: 'GET' | 'POST', support: number, admin: number, owner: number): Row {
  return [...outside[method], support, admin, owner]
}
const everybody = (method: 'GET' | 'POST', status: number) => row(method, status, status, status)

/**
 * By method and route. A form is posted without any field of its own, so that whoever may send it is told that it says
 * nothing (400), gets the question before it (200), or the answer for something that is not there (404).
 */
const rows: Readonly<Record<string, Row>> = {
  'GET /admin': everybody('GET', 200),
  'GET /admin/checklist': everybody('GET', 303),
  'GET /admin/access': row('GET', 403, 200, 200),
  'POST /admin/access': row('POST', 403, 400, 400),
  'GET /admin/apps': everybody('GET', 200),
  'GET /admin/apps/:id': everybody('GET', 200),
  'POST /admin/apps/:id': everybody('POST', 400),
  'GET /admin/apps/:id/disable': row('GET', 403, 200, 200),
  'POST /admin/apps/:id/disable': row('POST', 403, 200, 200),
  'GET /admin/people': everybody('GET', 200),
  'GET /admin/people/:id': everybody('GET', 200),
  'POST /admin/people/:id': everybody('POST', 400),
  'GET /admin/people/:id/disable': row('GET', 403, 200, 200),
  'POST /admin/people/:id/disable': row('POST', 403, 200, 200),
  'GET /admin/people/:id/end': everybody('GET', 200),
  'POST /admin/people/:id/end': everybody('POST', 200),
  'GET /admin/people/:id/factor': everybody('GET', 200),
  'POST /admin/people/:id/factor': everybody('POST', 200),
  // Without a role one is led back to where it is chosen.
  'GET /admin/people/:id/roles': row('GET', 403, 403, 303),
  'POST /admin/people/:id/roles': row('POST', 403, 403, 303),
  'GET /admin/audit': everybody('GET', 200),
  'GET /admin/keys': everybody('GET', 200),
  'POST /admin/keys': row('POST', 403, 400, 400),
  'GET /admin/jobs': everybody('GET', 200),
  'POST /admin/jobs': row('POST', 403, 400, 400),
  'GET /admin/apis': everybody('GET', 200),
  'GET /admin/providers': everybody('GET', 200),
  'GET /admin/health': everybody('GET', 200),
  'GET /admin/usage': everybody('GET', 200),
  'GET /admin/settings': everybody('GET', 200),
  'GET /admin/protocols': everybody('GET', 200),
  'GET /admin/protocols/:protocol': everybody('GET', 200),
  'POST /admin/protocols/:protocol': row('POST', 403, 400, 400),
  'GET /admin/webhooks': row('GET', 403, 200, 200),
  'POST /admin/webhooks': row('POST', 403, 400, 400),
  'GET /admin/webhooks/secret': row('GET', 403, 303, 303),
  'GET /admin/webhooks/:webhook': row('GET', 403, 404, 404),
  'POST /admin/webhooks/:webhook': row('POST', 403, 404, 404),
  'GET /admin/webhooks/:webhook/remove': row('GET', 403, 404, 404),
  'POST /admin/webhooks/:webhook/remove': row('POST', 403, 404, 404),
}

/** What stands in a route for a part that it leaves open, by its name or by what is before it. */
const parts: Record<string, string> = { protocol: 'jwt_login.v1' }

let h: Harness
const browsers = new Map<Visitor, { readonly browser: TestBrowser; readonly csrf: string }>()

beforeAll(async () => {
  h = await harness()
  parts.apps = (await addClient(h)).id
  parts.people = (await addAccount(h, 'somebody')).id
  for (const name of visitors) {
    const browser = testBrowser(h.app)
    if (name !== 'nobody') {
      await addAccount(h, name, { roles: name === 'person' ? [] : [name] })
      await signInOn(browser, await browser.get('/login'), name)
    }
    const form = await browser.get(name === 'nobody' ? '/login' : '/account/profile')
    browsers.set(name, { browser, csrf: hiddenFields(form).csrf ?? '' })
  }
})
afterAll(() => h.close())

function consoleRoutes(): string[] {
  return routesOf(h.app)
    .filter(({ path }) => /^\/admin(?!\/api(\/|$))(\/|$)/.test(path))
    .flatMap(({ path, methods }) => methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`))
}

test('every route of the console has its row, and every row a route', () => {
  expect(consoleRoutes().sort()).toEqual(Object.keys(rows).sort())
})

test('each visitor gets from each route what its row says', async () => {
  const answered: Record<string, readonly number[]> = {}
  for (const route of Object.keys(rows)) {
    const [method, template = ''] = route.split(' ')
    const path = template.replace(/([a-z_]+)\/:(\w+)/g, (_, before: string, part: string) => {
      return `${before}/${parts[part] ?? parts[before] ?? 'unknown'}`
    })
    const statuses: number[] = []
    for (const name of visitors) {
      const { browser, csrf } = browsers.get(name) ?? {}
      const answer = method === 'GET' ? await browser?.get(path) : await browser?.post(path, { csrf: csrf ?? '' })
      statuses.push(answer?.status ?? 0)
    }
    answered[route] = statuses
  }
  expect(answered).toEqual(rows)
})

test('who signs in on the way to a page of the console comes back to it', async () => {
  const answer = await testBrowser(h.app).get('/admin')
  expect(answer.location).toBe('/login?next=%2Fadmin')
})
