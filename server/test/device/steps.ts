/** The steps of signing in on a device that cannot show a browser. */
import { expect } from 'vitest'
import { deviceGrantType } from '../../src/protocol/names.ts'
import {
  hiddenFields,
  type Page,
  post,
  signInOn,
  type TestBrowser,
  type TokenAnswer,
  testBrowser,
} from '../support/browser.ts'
import { addClient, type Harness, issuer } from '../support/harness.ts'

export type Device = { readonly id: string; readonly secret?: string }

/** An app on televisions: public, as the portal registers it. */
export async function addDevice(h: Harness, more: Record<string, unknown> = {}): Promise<{ readonly id: string }> {
  const { id } = await addClient(h, {
    client_name: 'Meadow on TV',
    redirect_uris: [],
    grant_types: [deviceGrantType, 'refresh_token'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    scope: 'openid profile offline_access basic readmeasurements writemeasurements',
    ...more,
  })
  return { id }
}

export function ask(h: Harness, device: Device, more: Record<string, string> | string = {}): Promise<TokenAnswer> {
  return post(h.app, '/oauth/device_authorization', device, more)
}

export async function asked(h: Harness, device: Device, more: Record<string, string> = {}) {
  const { status, body } = await ask(h, device, { scope: 'basic readmeasurements', ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return { code: body.device_code ?? '', userCode: body.user_code ?? '', body }
}

export function poll(
  h: Harness,
  device: Device,
  code: string,
  more: Record<string, string> = {},
): Promise<TokenAnswer> {
  return post(h.app, '/oauth/token', device, { grant_type: deviceGrantType, device_code: code, ...more })
}

/** A browser in which somebody is signed in. */
export async function signedIn(h: Harness, username = 'alice'): Promise<TestBrowser> {
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), username)
  return browser
}

/** The page that a typed code leads to. */
export async function type(browser: TestBrowser, userCode: string): Promise<Page> {
  const fields = hiddenFields(await browser.get('/device'))
  return browser.follow(await browser.post('/device', { ...fields, user_code: userCode }))
}

/** Decides on the page that is showing. */
export async function decide(browser: TestBrowser, page: Page, decision: 'allow' | 'deny'): Promise<Page> {
  return browser.follow(await browser.post('/device/decision', { ...hiddenFields(page), decision }))
}

/** Types the code and allows. */
export async function allow(browser: TestBrowser, userCode: string): Promise<void> {
  const done = await decide(browser, await type(browser, userCode), 'allow')
  expect(done.body, done.body.slice(0, 500)).toContain('id="device-allowed"')
}

export const pathOf = (uri: string | undefined) => (uri ?? '').slice(issuer.length)
