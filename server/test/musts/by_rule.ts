/**
 * For the rules of each list, requests that they refuse: the same at every list that has the rule. Which rule it was is seen
 * while they run.
 */
import { accessTokenType, deviceGrantType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { addDevice, allow, asked, ask as askForDevice, signedIn } from '../device/steps.ts'
import { newCode, newTokens } from '../support/answers.ts'
import { authorizeUrl, post, type TokenAnswer, token, verifier } from '../support/browser.ts'
import { newSenderKey } from '../support/dpop.ts'
import { addClient, callback } from '../support/harness.ts'
import { addExchange } from '../token/exchange_steps.ts'
import { push, senderKey, type World } from './provoked.ts'
import { call, change, refused, turnedDown } from './steps.ts'
import type { Killer } from './trying.ts'

type Form = Readonly<Record<string, string>>
type App = { readonly id: string; readonly secret?: string }

/** A good request of a grant type: who sends it, and what. `more` is said of the app. */
const good: Readonly<Record<string, (w: World) => Promise<{ readonly app: App; readonly form: Form }>>> = {
  authorization_code: async (w) => {
    const app = await addClient(w.h)
    const code = await newCode(w.h, app, {}, w.browser)
    return { app, form: { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier } }
  },
  refresh_token: async (w) => {
    const app = await addClient(w.h)
    const { refresh } = await newTokens(w.h, app, {}, w.browser)
    return { app, form: { grant_type: 'refresh_token', refresh_token: refresh } }
  },
  client_credentials: async (w) => ({
    app: await addClient(w.h),
    form: { grant_type: 'client_credentials', scope: 'basic' },
  }),
  [deviceGrantType]: async (w) => {
    const { id } = await addDevice(w.h)
    const { code, userCode } = await asked(w.h, { id })
    await allow(await signedIn(w.h), userCode)
    return { app: { id }, form: { grant_type: deviceGrantType, device_code: code } }
  },
  [tokenExchangeGrantType]: async (w) => {
    const { exchanger, subjectToken } = await addExchange(w.h)
    return {
      app: exchanger,
      form: {
        grant_type: tokenExchangeGrantType,
        subject_token: await subjectToken(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        resource: 'http://localhost:3000/api',
      },
    }
  },
}

type Sent = {
  readonly app: App
  readonly form: Form
  readonly send: (headers?: Form, more?: Form) => Promise<TokenAnswer>
}

/** Gives an app a plan that allows nothing. */
async function withoutPlan(w: World, app: string): Promise<void> {
  await w.h.storage.plans.put({ name: 'none', per_day: 0 })
  await w.h.storage.planHolders.put({ holder: `client:${app}`, plan: 'none' })
  await w.h.context.quotas.refresh()
}

/** What goes wrong with each of them. */
const wrong: Readonly<Record<string, (w: World, sent: Sent) => Promise<unknown>>> = {
  'by nobody': (w, { form }) =>
    refused(token(w.h.app, { id: 'nobody', secret: 'x' }, { ...form }), 'invalid_client', 401),
  'without a protection': async (w, { app, send }) => {
    await change(w, app.id, { tls_client_certificate_bound_access_tokens: true })
    await refused(send(), 'invalid_client', 400).catch(() => refused(send(), 'unauthorized_client'))
  },
  'without the grant type': async (w, { app, send }) => {
    await change(w, app.id, { grant_types: ['implicit'] })
    await refused(send(), 'unauthorized_client')
  },
  'with a proof that is none': (_w, { send }) => refused(send({ dpop: 'x' }), 'invalid_dpop_proof'),
  'with a proof twice': async (w, { send }) => {
    const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
    await token(w.h.app, w.client, { grant_type: 'client_credentials', scope: 'basic' }, proof)
    await refused(send(proof), 'invalid_dpop_proof')
  },
  'for an unknown resource': (_w, { send }) =>
    refused(send({}, { resource: 'https://nobody.example/' }), 'invalid_target'),
  'beyond its plan': async (w, { app, send }) => {
    await withoutPlan(w, app.id)
    await refused(send(), 'temporarily_unavailable', 429)
  },
  'by an account that asks too much': async (w, { form, send }) => {
    if (form.grant_type === 'client_credentials') return
    for (let i = 0; i < 60; i++) w.h.context.tokenRequests.count(w.alice.id)
    try {
      await refused(send(), 'temporarily_unavailable', 429)
    } finally {
      w.h.clock.move(86_400_000)
    }
  },
  'after its grants were ended': async (w, { app, form, send }) => {
    // What an app has of its own begins anew.
    if (form.grant_type === 'client_credentials' || form.grant_type === tokenExchangeGrantType) return
    w.h.clock.move(1)
    await w.h.storage.clients.amend(app.id, () => ({ invalidate: true }))
    await refused(send(), 'invalid_grant')
  },
  'a second time': async (w, { form, send }) => {
    if (form.grant_type === 'client_credentials' || form.grant_type === tokenExchangeGrantType) return
    await send()
    w.h.clock.move(5000)
    await w.h.storage.grants.endAll({ userId: w.alice.id }, 'revoked_by_user')
    await refused(send(), 'invalid_grant')
  },
  'with another key': async (w, { form }) => {
    if (form.grant_type !== 'refresh_token' && form.grant_type !== 'authorization_code') return
    const app = { id: (await addClient(w.h, { token_endpoint_auth_method: 'none' })).id }
    const code = await newCode(w.h, { ...app, secret: '' }, { dpop_jkt: senderKey.jkt }, w.browser)
    const other = async () => ({ ...(await (await newSenderKey()).proof(w.h, 'POST /oauth/token')) })
    const redeem = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    if (form.grant_type === 'authorization_code')
      return refused(token(w.h.app, app, redeem, await other()), 'invalid_grant')
    const own = { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
    const { body } = await token(w.h.app, app, redeem, own)
    const again = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }
    return refused(token(w.h.app, app, again, await other()), 'invalid_grant')
  },
}

const ofGrantTypes: readonly Killer[] = Object.entries(good).flatMap(([grantType, make]) =>
  Object.entries(wrong).map(([what, goesWrong]) => ({
    name: `a token request of ${grantType} ${what}`,
    shows: async (w) => {
      const { app, form } = await make(w)
      const send = (headers: Form = {}, more: Form = {}) => token(w.h.app, app, { ...form, ...more }, { ...headers })
      await goesWrong(w, { app, form, send })
    },
  })),
)

/** A request that is pushed, with what is wrong with it and the error that answers it. */
const pushes: Readonly<Record<string, readonly [more: Form, error: string]>> = {
  redirect_uri: [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
  response_type: [{ response_type: 'x' }, 'unsupported_response_type'],
  scope: [{ scope: 'admin' }, 'invalid_scope'],
  resource: [{ resource: 'https://nobody.example/' }, 'invalid_target'],
  code_challenge: [{ code_challenge: 'x' }, 'invalid_request'],
  dpop_jkt: [{ dpop_jkt: 'x' }, 'invalid_request'],
  claims: [{ claims: '[]' }, 'invalid_request'],
  prompt: [{ prompt: 'x' }, 'invalid_request'],
  id_token_hint: [{ id_token_hint: 'x' }, 'invalid_request'],
}

const killer = (name: string, shows: Killer['shows']): Killer => ({ name, shows })

const ofPushes: readonly Killer[] = [
  ...Object.entries(pushes).map(([what, [more, error]]) =>
    killer(`a pushed request with a wrong ${what}`, (w) => refused(push(w, w.client, more), error)),
  ),
  killer('a pushed request of nobody', (w) =>
    refused(
      post(w.h.app, '/oauth/par', { id: w.client.id, secret: 'x' }, { response_type: 'code' }),
      'invalid_client',
      401,
    ),
  ),
  killer('a pushed request with a query', (w) => {
    const form = authorizeUrl(w.client).split('?')[1] ?? ''
    return refused(post(w.h.app, '/oauth/par?client_secret=x', w.client, form), 'invalid_request')
  }),
  killer('a pushed request without a protection', async (w) => {
    const app = await addClient(w.h, { tls_client_certificate_bound_access_tokens: true })
    const { status } = await push(w, app)
    if (status < 400) throw new Error('it was kept')
  }),
  killer('a pushed request with a proof that is none', (w) =>
    refused(push(w, w.client, {}, { dpop: 'x' }), 'invalid_dpop_proof'),
  ),
  killer('a pushed request with a proof twice', async (w) => {
    const proof = { ...(await senderKey.proof(w.h, 'POST /oauth/par')) }
    await push(w, w.client, {}, proof)
    await refused(push(w, w.client, {}, proof), 'invalid_dpop_proof')
  }),
]

const ofDevices: readonly Killer[] = [
  killer('a device of nobody', (w) =>
    refused(askForDevice(w.h, { id: 'nobody' }, { scope: 'basic' }), 'invalid_client', 401),
  ),
  killer('a device with a query', (w) =>
    refused(post(w.h.app, '/oauth/device_authorization?client_secret=x', w.client, {}), 'invalid_request'),
  ),
  killer('a device without a protection', async (w) => {
    const { id } = await addDevice(w.h, { tls_client_certificate_bound_access_tokens: true })
    const { status } = await askForDevice(w.h, { id }, { scope: 'basic' })
    if (status < 400) throw new Error('it was kept')
  }),
  killer('a device of an app of another kind', async (w) =>
    refused(askForDevice(w.h, await addClient(w.h), { scope: 'basic' }), 'unauthorized_client'),
  ),
  killer('a device with a wrong scope', async (w) =>
    refused(askForDevice(w.h, await addDevice(w.h), { scope: 'admin' }), 'invalid_scope'),
  ),
  killer('a device with a wrong resource', async (w) =>
    refused(
      askForDevice(w.h, await addDevice(w.h), { scope: 'basic', resource: 'https://nobody.example/' }),
      'invalid_target',
    ),
  ),
]

const tide = 'https://tide.example/'

/** What the proxy says of the request. */
const forwarded = {
  'x-forwarded-method': 'GET',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'tide.example',
  'x-forwarded-uri': '/x',
}

interface Through {
  readonly scope: string
  readonly query?: string
  /** Of the app, before it comes. */
  readonly prepare?: (app: string) => Promise<unknown>
  /** The token is bound to this key, which is proved so. */
  readonly proved?: (access: string) => Promise<Form>
  readonly authorization?: string
}

/** A proxy asks whether to let a request through. */
async function through(w: World, { scope, query = '', prepare, proved, authorization }: Through): Promise<TokenAnswer> {
  await w.h.storage.resources.put({ resource: tide, scopes: ['tides', 'storms'], proxy: 'tide' })
  w.h.clock.move(6000)
  const app = await addClient(w.h, { scope: 'basic tides' })
  const proof = proved === undefined ? {} : { ...(await senderKey.proof(w.h, 'POST /oauth/token')) }
  const { body } = await token(w.h.app, app, { grant_type: 'client_credentials', scope }, proof)
  await prepare?.(app.id)
  const access = body.access_token ?? ''
  const headers = { ...forwarded, ...(await proved?.(access)) }
  return call(w, proved === undefined ? (authorization ?? `Bearer ${access}`) : undefined, {
    url: `/oauth/forward-auth/tide${query}`,
    headers,
  })
}

const ofProxies: readonly Killer[] = [
  killer('a proxy with another scheme', (w) =>
    refused(through(w, { scope: 'tides', authorization: 'Basic x' }), 'invalid_token', 401),
  ),
  killer('a proxy with a token that is none', (w) =>
    refused(through(w, { scope: 'tides', authorization: 'Bearer x' }), 'invalid_token', 401),
  ),
  killer('a proxy with a token for something else', (w) =>
    refused(through(w, { scope: 'basic' }), 'invalid_token', 401),
  ),
  killer('a proxy with too little scope', (w) =>
    refused(through(w, { scope: 'tides', query: '?scope=storms' }), 'insufficient_scope', 403),
  ),
  killer('a proxy beyond a plan', async (w) => {
    await turnedDown(through(w, { scope: 'tides', prepare: (app) => withoutPlan(w, app) }))
  }),
  killer('a proxy with a proof that is none', async (w) => {
    const proved = async (access: string) => ({ authorization: `DPoP ${access}`, dpop: 'x' })
    await refused(through(w, { scope: 'tides', proved }), 'invalid_dpop_proof', 401)
  }),
  killer('a proxy with a proof twice', async (w) => {
    const at = `GET ${tide}x`
    let first: Record<string, string> | undefined
    const proved = async (access: string) => {
      first ??= await senderKey.bearing(w.h, at, access)
      return first
    }
    const answer = await through(w, { scope: 'tides', proved })
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    await refused(
      call(w, undefined, { url: '/oauth/forward-auth/tide', headers: { ...forwarded, ...first } }),
      'invalid_dpop_proof',
      401,
    )
  }),
]

const bound: readonly Killer[] = [
  killer('a refresh token as a device code', async (w) => {
    const { id } = await addDevice(w.h, {
      grant_types: [deviceGrantType, 'refresh_token', 'authorization_code'],
      redirect_uris: [callback],
    })
    const { refresh } = await newTokens(w.h, { id }, {}, w.browser)
    await refused(token(w.h.app, { id }, { grant_type: deviceGrantType, device_code: refresh }), 'invalid_grant')
  }),
  killer('a scope of an app’s own that it has not', async (w) => {
    const app = await addClient(w.h, { scope: 'basic' })
    await refused(token(w.h.app, app, { grant_type: 'client_credentials', scope: 'readmeasurements' }), 'invalid_scope')
  }),
  killer('an exchange for an API that is gone', async (w) => {
    const resource = 'https://gone.example/'
    const rule = {
      subject_token_type: accessTokenType,
      subject_audience: 'http://localhost:3000/api',
      resource,
      scope: 'basic',
    }
    const { exchange } = await addExchange(w.h, { token_exchanges: [rule] })
    await refused(exchange({ resource }), 'invalid_target')
  }),
]

export const byRule: readonly Killer[] = [...bound, ...ofGrantTypes, ...ofPushes, ...ofDevices, ...ofProxies]
