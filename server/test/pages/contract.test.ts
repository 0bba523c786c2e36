/** The page contract: element ids, names and words that browser automation holds on to. */
import { describe, expect, test } from 'vitest'
import { account } from '../../src/pages/account/account_view.tsx'
import { developer } from '../../src/pages/developer/developer_view.tsx'
import { requestLog } from '../../src/pages/developer/requests/requests_view.tsx'
import { oauthError } from '../../src/pages/problem/oauth_error_view.tsx'
import { problem, problemStatus } from '../../src/pages/problem/problem_view.tsx'
import { type ConsentProps, consent } from '../../src/pages/sign_in/consent/consent_view.tsx'
import { setUp } from '../../src/pages/sign_in/set_up_view.tsx'
import { signIn } from '../../src/pages/sign_in/sign_in_view.tsx'
import { signedOut, signOut } from '../../src/pages/sign_in/sign_out_view.tsx'
import { signUp } from '../../src/pages/sign_in/sign_up_view.tsx'
import { start } from '../../src/pages/start/start_view.tsx'
import { scopeMeaning } from '../../src/protocol/scope.ts'
import type { Page } from '../../src/words/index.ts'
import { at, entry, everyPage, problemKinds, secrets, signInProblems } from './every_page.ts'
import { all, byId, type Element, inEnglish, named, read, textOf } from './markup.ts'

const heading = (page: Element) => named(page, 'h1').map(textOf)
const hidden = (form: Element) =>
  Object.fromEntries(
    named(form, 'input')
      .filter((input) => input.attributes.type === 'hidden')
      .map((input) => [input.attributes.name, input.attributes.value]),
  )

describe('sign-in', () => {
  const page = read(signIn({ ...secrets(), login: 'alice', clientName: 'Meadow', signUpHref: '/signup' }))

  test('has its form, its two fields and its two buttons under their ids', () => {
    expect(inEnglish(signIn(secrets()))).toContain('<form id="login-form" method="post"')
    expect(heading(page)).toEqual(['Sign in'])
    expect(hidden(byId(page, 'login-form'))).toEqual({ csrf: 'token', request: 'sealed' })
    expect(byId(page, 'username').attributes).toMatchObject({
      name: 'username',
      type: 'text',
      autocomplete: 'username',
      value: 'alice',
    })
    expect(byId(page, 'password').attributes).toMatchObject({
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
    })
    expect(byId(page, 'password').attributes).not.toHaveProperty('value')
    const submit = byId(page, 'login-submit')
    expect(submit.attributes).toMatchObject({ type: 'submit' })
    expect(submit.attributes).not.toHaveProperty('name')
    expect(textOf(submit)).toBe('Sign in')
  })

  test('can be left although nothing is filled in', () => {
    expect(byId(page, 'login-cancel').attributes).toMatchObject({
      type: 'submit',
      name: 'action',
      value: 'cancel',
      formnovalidate: '',
    })
  })

  test('has nothing to cancel where no app waits, and puts the cursor where one goes on', () => {
    const own = read(signIn({ csrf: 'token' }))
    expect(all(own).some((element) => element.attributes.id === 'login-cancel')).toBe(false)
    expect(byId(own, 'username').attributes).toHaveProperty('autofocus')
    expect(byId(page, 'password').attributes).toHaveProperty('autofocus')
    expect(textOf(byId(page, 'login-cancel'))).toBe('Cancel and return to Meadow')
  })

  test('offers the providers before the password, on the way to a new account too', () => {
    const providers = [{ id: 'google', name: 'Google' }]
    for (const [html, field] of [
      [signIn({ ...secrets(), providers }), 'password'],
      [signUp({ ...secrets(), providers, passwordMinimum: 8, signInHref: '/login' }), 'email'],
    ] as const) {
      const shown = read(html)
      const order = all(shown)
      expect(order.indexOf(byId(shown, 'login-with-google'))).toBeLessThan(order.indexOf(byId(shown, field)))
    }
  })

  test('signs in when Enter is pressed: the first button of the form is the one for it', () => {
    expect(named(byId(page, 'login-form'), 'button')[0]?.attributes.id).toBe('login-submit')
  })

  test('says that it did not match at the password, and nothing of whether the account exists', () => {
    const wrong = read(signIn({ ...secrets(), login: 'alice', problem: 'mismatch' }))
    const password = byId(wrong, 'password').attributes
    expect(password['aria-invalid']).toBe('true')
    expect(textOf(byId(wrong, password['aria-describedby'] ?? ''))).toBe('Problem: Wrong username or password.')
    expect(byId(wrong, 'username').attributes).not.toHaveProperty('aria-invalid')
  })

  test('says how long to wait', () => {
    expect(textOf(read(signIn({ ...secrets(), problem: 'too_many', retryAfter: 61 })))).toContain('in 61 seconds')
    expect(textOf(read(signIn({ ...secrets(), problem: 'too_many', retryAfter: 240 })))).toContain('in 4 minutes')
    expect(textOf(read(signIn({ ...secrets(), problem: 'busy', retryAfter: 1 })))).toContain('in 1 second.')
  })

  test.each(signInProblems)('shown again (%s), it says so in the title and in an alert or at a field', (one) => {
    const again = read(signIn({ ...secrets(), problem: one }))
    expect(textOf(named(again, 'title')[0] ?? again)).toBe('Problem: Sign in · Consentry')
    expect(
      all(again).some((element) => element.attributes.role === 'alert' || 'aria-invalid' in element.attributes),
    ).toBe(true)
  })

  test('offers an account only where one may be made', () => {
    expect(inEnglish(signIn(secrets()))).not.toContain('/signup')
    expect(inEnglish(signIn({ ...secrets(), signUpHref: '/signup?to=x' }))).toContain('href="/signup?to=x"')
  })
})

describe('sign-up and first run', () => {
  test('sign-up has its form and fields under their ids', () => {
    const page = read(signUp({ ...secrets(), passwordMinimum: 8, signInHref: '/login' }))
    expect(hidden(byId(page, 'signup-form'))).toEqual({ csrf: 'token', request: 'sealed' })
    expect(byId(page, 'email').attributes).toMatchObject({ name: 'email', type: 'email', autocomplete: 'email' })
    expect(byId(page, 'username').attributes).toMatchObject({ name: 'username', autocomplete: 'username' })
    expect(byId(page, 'password').attributes).toMatchObject({ name: 'password', autocomplete: 'new-password' })
    expect(textOf(byId(page, 'signup-submit'))).toBe('Create account')
  })

  test('problems stand beside their field and in a summary that leads to it', () => {
    const page = read(
      signUp({ ...secrets(), passwordMinimum: 8, signInHref: '/login', problems: { username: 'username_taken' } }),
    )
    const username = byId(page, 'username').attributes
    expect(username['aria-invalid']).toBe('true')
    expect(username['aria-describedby']).toBe('username-problem username-hint')
    expect(textOf(byId(page, 'username-problem'))).toContain('That username is taken.')
    const alert = all(page).find((element) => element.attributes.role === 'alert')
    expect(alert && named(alert, 'a').map((link) => link.attributes.href)).toEqual(['#username'])
    expect(byId(page, 'email').attributes).not.toHaveProperty('aria-invalid')
  })

  test('the first run takes the secret of its link along', () => {
    const page = read(setUp({ csrf: 'token', token: 'one-time', passwordMinimum: 15 }))
    expect(hidden(byId(page, 'setup-form'))).toEqual({ csrf: 'token', token: 'one-time' })
    for (const id of ['email', 'username', 'password', 'setup-submit']) byId(page, id)
  })
})

describe('consent', () => {
  const props: ConsentProps = {
    ...secrets(),
    read: 'd1gest',
    server: 'accounts.example',
    client: { name: 'Meadow Journal', registeredAt: at },
    account: 'alice@example.com',
    scopes: [scopeMeaning('readmeasurements'), { ...scopeMeaning('writemeasurements'), optional: true }],
    redirect: { kind: 'web', host: 'meadow.example' },
    ends: { seconds: 7200, withSession: false },
  }
  const page = read(consent(props))
  const words = (more: Partial<ConsentProps>) => textOf(read(consent({ ...props, ...more })))

  test('says who asks, for which account, since when it is registered, and where one will go', () => {
    expect(heading(page)).toEqual(['Meadow Journal wants to use your account'])
    const [h1] = named(page, 'h1')
    expect(h1 && textOf(byId(h1, 'client-name'))).toBe('Meadow Journal')
    expect(textOf(named(page, 'title')[0] ?? page)).toMatch(/^Authorize Meadow Journal/)
    for (const part of [
      'alice@example.com',
      'Registered in March 2026.',
      'This app has not been reviewed. Only continue if you trust its developer.',
      'You will be sent to meadow.example either way.',
      'You can remove access at any time under Connected apps',
    ]) {
      expect(words({})).toContain(part)
    }
  })

  test('names publisher, site, policy and terms, and tells the app nothing of who follows them', () => {
    const client = {
      ...props.client,
      publisher: 'Meadow Studio',
      website: 'https://www.meadow.example/about',
      policy: 'https://meadow.example/privacy',
      terms: 'https://meadow.example/terms',
    }
    const full = read(consent({ ...props, client }))
    expect(textOf(full)).toContain('says it is by Meadow Studio')
    expect(words({ client: { ...client, verifiedAt: at } })).toContain('Verified by Meadow Studio')
    const links = named(full, 'a').filter((link) => link.attributes.href?.startsWith('https://'))
    expect(links.map(textOf)).toEqual(['www.meadow.example', 'Privacy policy', 'Terms'])
    for (const link of links) expect(link.attributes.rel).toContain('noreferrer')
  })

  test('says that the app was verified, by which server and when, or that it is in development', () => {
    const client = { ...props.client, verifiedAt: at }
    expect(words({ client })).toContain('Verified by accounts.example on 3 March 2026.')
    expect(words({ client })).not.toContain('has not been reviewed')
    const early = words({ client: { ...client, inDevelopment: true, developer: 'bob' } })
    expect(early).toContain('In development')
    expect(early).toContain('Registered by bob, a developer on this server, in March 2026.')
    expect(early).not.toContain('Verified by')
  })

  test('has one item per scope with its sentence, and a ticked box where it may be left out', () => {
    const items = named(page, 'li')
    expect(items.map((item) => item.attributes['data-scope'])).toEqual(['readmeasurements', 'writemeasurements'])
    expect(items.map((item) => textOf(item))).toEqual([
      expect.stringContaining('Read your measurements'),
      expect.stringContaining('Add, change and delete measurements'),
    ])
    const boxes = named(page, 'input').filter((input) => input.attributes.type === 'checkbox')
    expect(boxes.map((box) => box.attributes)).toEqual([
      { type: 'checkbox', name: 'scope', value: 'writemeasurements', checked: '' },
    ])
  })

  test('sets apart what the app will see, what it can change, and that it stays connected', () => {
    const scopes = ['writemeasurements', 'offline_access', 'email', 'sleep.write', 'sleep'].map(scopeMeaning)
    const full = read(consent({ ...props, scopes, ends: undefined }))
    const groups = named(full, 'section').map((section) => [
      named(section, 'h2').map(textOf).join(),
      ...named(section, 'li').map((item) => item.attributes['data-scope']),
    ])
    expect(groups).toEqual([
      ['It will see', 'email', 'sleep'],
      ['It will be able to change', 'writemeasurements', 'sleep.write'],
      ['It will stay connected', 'offline_access'],
    ])
    expect(textOf(full)).toContain('It keeps this access until you remove the app.')
  })

  test('says when access ends where the app does not stay connected', () => {
    expect(words({})).toContain('Access ends after 2 hours. Then the app has to send you here again.')
    const signIn = words({ ends: { seconds: 7200, withSession: true } })
    expect(signIn).toContain('Access ends after 2 hours, or as soon as you sign out here.')
  })

  test('marks what is new since the last yes, and folds what was allowed before', () => {
    const scopes = ['basic', 'email', 'writemeasurements'].map(scopeMeaning)
    const more = read(consent({ ...props, scopes, before: { scope: ['basic', 'email'] } }))
    const [folded] = named(more, 'details')
    expect(folded && named(folded, 'li').map((item) => item.attributes['data-scope'])).toEqual(['basic', 'email'])
    expect(folded && textOf(folded)).toContain('You already allowed 2 things')
    expect(
      named(more, 'li')
        .filter((item) => textOf(item).endsWith('New'))
        .map((item) => item.attributes['data-scope']),
    ).toEqual(['writemeasurements'])
    const again = read(consent({ ...props, scopes, before: { scope: scopes.map(({ name }) => name) } }))
    expect(named(again, 'details')).toEqual([])
    expect(textOf(again)).toContain('You have allowed all of this before.')
    expect(words({ scopes })).not.toContain('New')
  })

  test('says that name or destination has changed since the last yes', () => {
    const before = { scope: ['basic'], name: 'Orchard', destination: 'old.example' }
    expect(words({ before })).toContain('It was called Orchard when you allowed it.')
    expect(words({ before })).toContain('When you allowed it, that was old.example; now it is meadow.example.')
    expect(words({ before: { scope: ['basic'] } })).not.toContain('when you allowed it')
  })

  test('leaves out scopes that are not to be listed', () => {
    const quiet = consent({ ...props, scopes: [{ ...scopeMeaning('openid'), shown: false }] })
    expect(named(read(quiet), 'li')).toEqual([])
  })

  test('has two buttons of equal rank after the heading, and Enter presses neither', () => {
    expect(byId(page, 'consent-allow').attributes).toMatchObject({ name: 'decision', value: 'allow', type: 'submit' })
    expect(byId(page, 'consent-deny').attributes).toMatchObject({ name: 'decision', value: 'deny', type: 'submit' })
    const order = all(page)
    const places = ['client-name', 'consent-allow', 'consent-deny'].map((id) => order.indexOf(byId(page, id)))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(named(byId(page, 'consent-form'), 'button')[0]?.attributes).toMatchObject({ disabled: '', hidden: '' })
    for (const id of ['consent-allow', 'consent-deny']) {
      expect(byId(page, id).attributes).not.toHaveProperty('autofocus')
    }
  })

  test('carries the sealed request and what was read, and no other word about it', () => {
    expect(hidden(byId(page, 'consent-form'))).toEqual({ csrf: 'token', request: 'sealed', read: 'd1gest' })
  })

  test('warns where the answer goes to a program on this machine', () => {
    const native = consent({ ...props, redirect: { kind: 'loopback', host: '127.0.0.1:4000' } })
    expect(textOf(read(native))).toContain('Allow it only if you have just started it yourself.')
    expect(inEnglish(consent(props))).not.toContain('started it yourself')
  })
})

describe('sign-out', () => {
  test('asks first', () => {
    const page = read(signOut({ ...secrets(), account: 'alice', told: [] }))
    expect(byId(page, 'logout-confirm').attributes.type).toBe('submit')
    expect(byId(page, 'logout-cancel').attributes).toMatchObject({ name: 'action', value: 'cancel' })
    expect(hidden(byId(page, 'logout-form'))).toEqual({ csrf: 'token', request: 'sealed' })
  })

  test('says when it is done', () => {
    expect(heading(read(signedOut()))).toEqual(['You are signed out'])
  })
})

describe('errors', () => {
  test('an OAuth error shows its code, its public text and the reference', () => {
    const page = read(
      oauthError({ code: 'invalid_request', text: 'The redirect_uri is not registered.', requestId: '01JNE4Q8S5' }),
    )
    const words = textOf(byId(page, 'oauth-error'))
    expect(words).toContain('OAuth error: invalid_request')
    expect(words).toContain('The redirect_uri is not registered.')
    expect(textOf(page)).toContain('X-Request-Id 01JNE4Q8S5')
    const [folded] = named(page, 'details')
    expect(folded?.attributes).not.toHaveProperty('open')
    expect(folded && byId(folded, 'oauth-error')).toBeDefined()
    expect(textOf(page).split('For the developer')[0]).not.toContain('invalid_request')
  })

  test.each(problemKinds)('the problem page for %s has a heading, a way on and a status of its kind', (kind) => {
    const page = read(problem({ kind }))
    expect(heading(page)).toHaveLength(1)
    expect(named(page, 'a').map((link) => link.attributes.href)).toContain('/')
    expect(problemStatus(kind)).toBeGreaterThanOrEqual(400)
  })
})

test('a problem page keeps the ways to the other pages for who is signed in, and offers to try again where that helps', () => {
  const hrefs = (html: Page) => named(read(html), 'a').map((link) => link.attributes.href)
  expect(hrefs(problem({ kind: 'not_found', signedIn: true }))).toContain('/account')
  expect(hrefs(problem({ kind: 'not_found', againHref: '' }))).toEqual(['/'])
  expect(hrefs(problem({ kind: 'unavailable', againHref: '' }))).toEqual(['', '/'])
  expect(hrefs(problem({ kind: 'unavailable' }))).toEqual(['/'])
})

describe('the start, account and developer pages', () => {
  test('a visitor is shown the ways in, a signed-in person the ways on', () => {
    const may = { maySignUp: true, mayRegister: true }
    const about = { server: 'localhost:3000', issuer: 'http://localhost:3000', version: '1.0.0', ...may }
    expect(inEnglish(start({ ...about, visitor: 'stranger' }))).toContain('href="/signup"')
    const page = inEnglish(start({ ...about, visitor: 'person', viewer: { username: 'alice' } }))
    expect(page).toContain('href="/account"')
    expect(page).not.toContain('href="/login"')
  })

  test('each connected app can be removed by a form of its own, whose button asks first', () => {
    const scopes = [scopeMeaning('basic')]
    const page = read(
      account({
        csrf: 'token',
        lastSignIn: { at, userAgent: null },
        account: {
          username: 'alice',
          email: null,
          emailVerified: false,
          emailRefusedAt: null,
          roles: [],
          createdAt: at,
        },
        apps: [
          { clientId: 'a', name: 'First', scopes, since: at },
          { clientId: 'b', name: 'Second', scopes, since: at, lastUsed: at },
        ],
      }),
    )
    const forms = named(page, 'form')
    expect(forms.map((form) => form.attributes.action)).toEqual(['/account/apps/remove', '/account/apps/remove'])
    expect(forms.map(hidden)).toEqual([
      { csrf: 'token', client_id: 'a' },
      { csrf: 'token', client_id: 'b' },
    ])
    expect(forms.map((form) => textOf(form))).toEqual(['Remove First', 'Remove Second'])
    const buttons = forms.flatMap((form) => named(form, 'button'))
    expect(buttons.map(({ attributes }) => attributes.name)).toEqual(['ask', 'ask'])
    expect(textOf(byId(page, 'account-username'))).toBe('alice')
    expect(all(page).some((element) => element.attributes.href === '/logout')).toBe(true)
  })

  test('an app is listed as a plain link by its name, its id encoded', () => {
    const html = inEnglish(
      developer({
        csrf: '',
        viewer: { username: 'alice' },
        apps: [
          { clientId: 'meadow', name: 'Meadow Journal', status: 'enabled', createdAt: at },
          { clientId: 'https://a.example/b', name: 'Remote', status: 'enabled', createdAt: at },
        ],
      }),
    )
    expect(html).toContain('<a href="/developer/apps/meadow">Meadow Journal</a>')
    expect(html).toContain('<a href="/developer/apps/https%3A%2F%2Fa.example%2Fb">Remote</a>')
  })

  test('empty lists say what comes here and what to do', () => {
    const viewer = { username: 'alice' }
    expect(inEnglish(developer({ csrf: '', viewer, apps: [] }))).toContain('You have no app yet')
    expect(inEnglish(developer({ csrf: '', viewer, apps: [], newAppHref: '/developer/new' }))).toContain(
      'href="/developer/new"',
    )
    expect(
      inEnglish(requestLog({ viewer, app: { clientId: 'a', name: 'A' }, entries: [], retentionDays: 14 })),
    ).toContain('No requests yet')
  })
})

describe('the request log', () => {
  const render = (entries: Parameters<typeof requestLog>[0]['entries']) =>
    read(
      requestLog({
        viewer: { username: 'alice' },
        app: { clientId: 'meadow', name: 'Meadow Journal' },
        entries,
        retentionDays: 14,
      }),
    )
  const rowsOf = (page: Element) => {
    const [body] = named(byId(page, 'request-log'), 'tbody')
    return body === undefined ? [] : named(body, 'tr').filter((row) => row.attributes['data-reason'] !== undefined)
  }

  /** What an opened row says of the request, by label. */
  const factsOf = (row: Element | undefined) => {
    const list = row && named(row, 'dl').find((dl) => dl.attributes.class === 'facts-list')
    const words = (name: string) => (list === undefined ? [] : named(list, name).map(textOf))
    const values = words('dd')
    return Object.fromEntries(words('dt').map((label, i) => [label, values[i]]))
  }

  test('the name of a day stands once above its requests', () => {
    const page = render([entry(), entry(), { ...entry(), at: entry().at - 86_400_000 }])
    const [body] = named(byId(page, 'request-log'), 'tbody')
    const rows = body === undefined ? [] : named(body, 'tr')
    expect(rows.map((row) => (row.attributes.class === 'day' ? textOf(row) : 'entry'))).toEqual([
      '3 March 2026',
      'entry',
      'entry',
      '2 March 2026',
      'entry',
    ])
  })

  test('has exactly one row per entry, named by its reason', () => {
    const rows = rowsOf(
      render([entry(), { ...entry(), reason: '', status: 200 }, { ...entry(), reason: 'code_spent' }]),
    )
    expect(rows.map((row) => row.attributes['data-reason'])).toEqual(['redirect_uri_not_registered', '', 'code_spent'])
  })

  test('a row shows time, endpoint, status, user agent and cause', () => {
    const [row] = rowsOf(render([entry()]))
    const cells = row === undefined ? [] : named(row, 'td')
    const [time, outcome, endpoint, cause] = cells.map(textOf)
    expect(time).toBe('14:02:11')
    expect(outcome).toBe('Refused')
    expect(endpoint).toBe('GET /oauth/authorize')
    expect(cause).toContain('The redirect URI ends in a slash')
    expect(factsOf(row)).toMatchObject({
      Status: '400 invalid_request',
      'User agent': expect.stringMatching(/Firefox 152/),
    })
    expect(row && named(row, 'time')[0]?.attributes.datetime).toBe('2026-03-03T14:02:11.000Z')
  })

  test('opened, it lists the checks in order and marks the first character that differs', () => {
    const [row] = rowsOf(render([entry()]))
    const [details] = row === undefined ? [] : named(row, 'details')
    if (details === undefined) throw new Error('there is nothing to open')
    expect(named(details, 'li').map(textOf)).toEqual([
      '✓the app existsPassed',
      '✗the redirect URI is registeredRefused',
      '·the scope is registeredNot reached',
    ])
    expect(named(details, 'mark').map(textOf)).toEqual(['/'])
    expect(textOf(details)).toContain('First difference at character 26: expected the end, got “/”.')
    expect(factsOf(row)['Request ID']).toBe('01JNE4Q8S5')
    expect(textOf(details)).toContain('reason    redirect_uri_not_registered')
  })
})

test('every form that does something carries the CSRF token, and is sent by POST', () => {
  const forms = Object.values(everyPage((usual) => usual)).flatMap((html) => named(read(html), 'form'))
  expect(forms.length).toBeGreaterThan(10)
  for (const form of forms) {
    if (form.attributes.class === 'filter') {
      expect(form.attributes.method, 'a filter only reads').toBe('get')
      continue
    }
    expect(form.attributes.method).toBe('post')
    // What is posted to an app is the app's answer, and nothing of ours.
    if (form.attributes.id === 'response-form') {
      expect(Object.keys(hidden(form))).toEqual(['code'])
      continue
    }
    expect(hidden(form).csrf).toBe('token')
  }
})
