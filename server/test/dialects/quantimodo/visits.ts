/** Opening the older authorize in a browser as the old clients do: the address as they write it, taken literally. */
import { allowOn, type Page, signInOn, type TestBrowser, testBrowser } from '../../support/browser.ts'
import { addClient, type Harness, issuer, type TestClient } from '../../support/harness.ts'

export const phoneCallback = 'http://localhost/callback'

/** A client of the legacy protocol, confidential and with one redirect URI unless told otherwise. */
export function addOlderClient(h: Harness, more: Record<string, unknown> = {}, id?: string): Promise<TestClient> {
  const metadata = {
    dialects: ['quantimodo'],
    scope: 'basic readmeasurements writemeasurements',
    redirect_uris: [phoneCallback],
    ...more,
  }
  return addClient(h, metadata, id === undefined ? {} : { id })
}

/** Signs alice in and agrees, as far as either is asked for; answers the page or redirect at the end. */
export async function visit(h: Harness, address: string, browser: TestBrowser = testBrowser(h.app)): Promise<Page> {
  let page = await browser.follow(await browser.get(address))
  if (page.body.includes('id="login-form"')) page = await signInOn(browser, page)
  if (page.body.includes('id="consent-allow"')) page = await allowOn(browser, page)
  return page
}

/** The request log's newest record of a client. */
export async function lastRecord(h: Harness, client: TestClient) {
  await h.context.requests.flush()
  const [record] = await h.storage.requests.list(client.id, 1)
  if (record === undefined) throw new Error('there is no record')
  h.clock.move(1)
  return record
}

/** A path of ours out of an absolute address. */
export function ownPathOf(address: string): string {
  if (!address.startsWith(`${issuer}/`)) throw new Error(`${address} is not ours`)
  return address.slice(issuer.length)
}
