/**
 * Every page in a real browser, on phone and desk, light and dark: axe finds nothing against WCAG 2.2 AA, and no page is
 * wider than its window. First the pages as the server shows them on a walk through it, then every state a view has.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axeCore from 'axe-core'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stylesheet, stylesheetPath } from '../../src/pages/style/stylesheet.ts'
import { wordsFor } from '../../src/words/index.ts'
import { findPseudo } from '../../src/words/pseudo.ts'
import { authorizeUrl } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { freePort } from '../support/command.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'
import { takingTurns, whole } from '../support/rounds.ts'
import { everyPage } from './every_page.ts'

declare const axe: typeof axeCore

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Sight {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

const across: readonly Sight[] = [
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
]
const sights: readonly Sight[] = whole
  ? [...across, { width: 390, colorScheme: 'light' }, { width: 1280, colorScheme: 'dark' }]
  : across

/**
 * What is wrong with the page as it is shown just now, one line each; nothing where all is well. Axe is told that it need
 * not load the stylesheet again: no rule that is asked for reads it.
 */
async function complaints(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    // What passed is much, and stays there.
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'], preload: false })
    const found = violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, any }) => `${id} (${impact}): ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
    )
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} pixels wider than the window`)
    for (const tag of document.querySelectorAll('.tag')) {
      const edge = tag.parentElement?.getBoundingClientRect().right ?? 0
      if (tag.getBoundingClientRect().right > Math.ceil(edge)) found.push(`leaves its place: ${tag.textContent}`)
    }
    return found
  })
}

async function show(page: Page, { width, colorScheme }: Sight): Promise<void> {
  await page.setViewportSize({ width, height: 800 })
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
}

/** Looks at the page that is shown, in each of the sights. */
async function inspect(page: Page): Promise<void> {
  for (const sight of sights) {
    await show(page, sight)
    expect(await complaints(page), `${page.url()} ${sight.width} ${sight.colorScheme}`).toEqual([])
  }
}

inChromium('in a browser', { timeout: 300_000 }, () => {
  let browser: TestChromium
  let context: BrowserContext
  /** One page for all views in each sight, because a new one is a new process, and loads axe. */
  const views: { readonly sight: Sight; readonly page: Page }[] = []
  beforeAll(async () => {
    browser = await launchChromium()
    context = await browser.newContext()
    await context.addInitScript({ content: axeSource })
    for (const sight of across) {
      const page = await context.newPage()
      await page.route('http://consentry.test/**', (route) => {
        const { pathname } = new URL(route.request().url())
        if (pathname === stylesheetPath) return route.fulfill({ contentType: 'text/css', body: stylesheet })
        if (pathname !== '/') return route.abort()
        return route.fulfill({ contentType: 'text/html; charset=utf-8', body: '<!doctype html><title>Views</title>' })
      })
      await show(page, sight)
      await page.goto('http://consentry.test/')
      views.push({ sight, page })
    }
  })
  afterAll(() => browser.close())

  test('every page on the way through the server can be used by everybody', async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const h = await harness({ settings: { issuer: origin } })
    const page = await context.newPage()
    try {
      await addAccount(h)
      const meadow = await addClient(h)
      await h.app.listen({ host: 'localhost', port })
      await walk(h, page, origin, meadow)
    } finally {
      await page.close()
      await h.close()
    }
  })

  test('the inspection itself finds a text that is too pale, a field without a label, and what is too wide', async () => {
    const page = await context.newPage()
    try {
      await page.setContent(
        '<!doctype html><html lang="en"><title>Pale</title><main><h1>Pale</h1>' +
          '<p style="color: #999; background: #fff">Who can read this?</p><input>' +
          '<div style="width: 5000px"><p style="width: 9px"><span class="tag">outside</span></p></div></main></html>',
      )
      const found = (await complaints(page)).join('\n')
      expect(found).toContain('color-contrast (serious)')
      expect(found).toContain('label (critical)')
      expect(found).toContain('pixels wider than the window')
      expect(found).toContain('leaves its place: outside')
    } finally {
      await page.close()
    }
  })

  const drawn = Object.entries(everyPage((usual) => usual)).map(([name, html], at) => ({ name, html, at }))

  test.each(['en-XA', 'ar-XB', 'de'])('every page in %s fits a phone, and cuts off none of its texts', async (tag) => {
    const words = findPseudo([tag]) ?? wordsFor(tag)
    const { page } = views[0] as (typeof views)[number]
    const found: string[] = []
    for (const [name, html] of Object.entries(everyPage((usual) => usual, words))) {
      await page.evaluate(put, html)
      found.push(...(await page.evaluate(misfits)).map((what) => `${name}: ${what}`))
    }
    expect(found).toEqual([])
  })

  test.each(drawn)('$name can be used by everybody', async ({ html, at }) => {
    // The parts of these have been seen in all sights on the walk.
    for (const { sight, page } of takingTurns(views, at)) {
      await page.evaluate(put, html)
      expect(await complaints(page), `${sight.width} ${sight.colorScheme}`).toEqual([])
    }
  })
})

/** What is wider than the window, reaches out of it, or is cut off, of the page that is shown. */
function misfits(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  const found = scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} pixels wider than the window`] : []
  for (const element of document.querySelectorAll('main, main *, .top *')) {
    // The places of the console and its tables are pushed sideways where there is no room for all.
    if (element.closest('.unseen, pre, textarea, input, select, svg, .places.console, .card.table') !== null) continue
    const { left, right, width } = element.getBoundingClientRect()
    if (width === 0) continue
    const cut = getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1
    if (cut || left < -1 || right > clientWidth + 1) found.push(element.outerHTML.slice(0, 120))
  }
  return found
}

/**
 * Makes the document say this, with all that can be opened open. The stylesheet that it links to is read once for all pages
 * that come one after another.
 */
async function put(html: string): Promise<void> {
  const { documentElement } = new DOMParser().parseFromString(html, 'text/html')
  const link = documentElement.querySelector<HTMLLinkElement>('link[rel=stylesheet]')
  const path = link?.getAttribute('href') ?? ''
  if (document.documentElement.dataset.sheet !== path) {
    const text = path === '' ? '' : await (await fetch(path)).text()
    document.adoptedStyleSheets = [await new CSSStyleSheet().replace(text)]
  }
  link?.remove()
  documentElement.dataset.sheet = path
  document.replaceChild(document.adoptNode(documentElement), document.documentElement)
  for (const details of document.querySelectorAll('details')) details.open = true
}

/** From the start page to the request log, as one person who is also a developer. */
async function walk(h: Harness, page: Page, origin: string, meadow: TestClient): Promise<void> {
  async function see(path: string): Promise<void> {
    await page.goto(`${origin}${path}`)
    await inspect(page)
  }
  async function press(button: string): Promise<void> {
    await page.click(button)
    // The click waits for the next page to come, not for its stylesheet.
    await page.waitForLoadState('load')
    await inspect(page)
  }
  const ask = (more?: Record<string, string>) => authorizeUrl(meadow, more)

  await see('/')
  await see('/nowhere')
  await see(ask({ redirect_uri: 'https://app.example/other' }))
  await see('/signup')
  await page.fill('#email', 'nobody')
  await page.fill('#username', 'alice')
  await page.fill('#password', 'short')
  await page.locator('#signup-form').evaluate((form: HTMLFormElement) => form.setAttribute('novalidate', ''))
  await press('#signup-submit')
  await see(ask({ scope: 'openid profile email basic offline_access readmeasurements writemeasurements' }))
  await page.fill('#username', 'alice')
  await page.fill('#password', 'not it')
  await press('#login-submit')
  await page.fill('#username', 'alice')
  await page.fill('#password', alicePassword)
  await press('#login-submit')
  expect(await page.locator('#consent-allow').count()).toBe(1)
  await page.route('https://app.example/**', (route) => route.fulfill({ contentType: 'text/html', body: 'Arrived.' }))
  await page.click('#consent-allow')
  await page.waitForURL('https://app.example/**')

  await see('/account')
  await see('/account/apps')
  await see(`/account/apps/${meadow.id}`)
  await see(`/account/apps/${meadow.id}/remove`)
  await see('/account/devices')
  await see('/account/security')

  await see('/developer')
  await see('/developer/apps/new')
  await page.fill('#app-name', 'Orchard')
  await page.fill('#redirect-uris', 'http://orchard.example/cb')
  await press('#app-submit')
  await page.fill('#redirect-uris', 'https://orchard.example/cb')
  await press('#app-submit')
  const id = (await page.locator('#client-id').textContent())?.trim() ?? ''
  expect(await page.locator('#client-secret').count()).toBe(1)
  await see(authorizeUrl(id, { redirect_uri: 'https://orchard.example/cb/' }))
  const app = `/developer/apps/${id}`
  await see('/developer')
  await see(app)
  await see(`${app}/secrets`)
  await press('a[href$="/replace"]')
  await press('#secret-replace-submit')
  await see(`${app}/secrets`)
  await press('a[href$="/remove"]')
  await see(`${app}/redirect-uris`)
  await page.fill('#redirect-uri', 'https://orchard.example/*')
  await press('#redirect-uri-submit')
  await see(`${app}/older`)
  await page.fill('#replay-window', 'soon')
  await press('#older-submit')
  await page.check('#quantimodo')
  await page.fill('#replay-window', '0')
  await press('#older-submit')
  await see(app)
  await page.goto(`${origin}${app}/requests`)
  await page.click('[data-reason="redirect_uri_not_registered"] summary')
  await inspect(page)
  await see(`${app}/delete`)
  await press('#app-delete-confirm')
  await see('/logout')
  await press('#logout-confirm')
  expect(h.logged.filter((line) => line.includes('"level":50'))).toEqual([])
}
