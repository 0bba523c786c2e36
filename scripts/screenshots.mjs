/**
 * Takes a picture of every page at phone and desk width, light and dark, into ./screenshots. The views are rendered
 * with sample props and served on loopback under the content policy of the real pages; a page that breaks the policy or
 * is wider than its window fails the run. Chromium is /usr/bin/chromium, or what $CHROMIUM names.
 *
 * node scripts/screenshots.mjs [--language=de] [BEGINNING]: in another language (also en-XA and ar-XB, which are none), and
 * only the pages whose names begin so.
 */
import { mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { samples } from './screenshot_samples.mjs'
import { brandAccent } from './screenshot_values.mjs'

const folder = new URL('../screenshots/', import.meta.url)
const { stylesheet, stylesheetPath } = await import('../server/dist/pages/style/stylesheet.js')
const { icon, iconPath } = await import('../server/dist/pages/style/icon.js')
const { passkeyScript, passkeyScriptHref } = await import('../server/dist/pages/kit/passkey/script.js')
const { onwardScript, postScript } = await import('../server/dist/pages/sign_in/response/script.js')
const { brandStyles } = await import('../server/dist/pages/style/brand.js')
const { findLanguage } = await import('../server/dist/words/index.js')
const { findPseudo } = await import('../server/dist/words/pseudo.js')
const { values, positionals } = parseArgs({
  options: { language: { type: 'string', default: 'en' } },
  allowPositionals: true,
})
const [only] = positionals
const words = findPseudo([values.language]) ?? findLanguage([values.language])
if (words === undefined) throw new Error(`There is no language ${values.language}.`)

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

const brandCss = brandStyles(brandAccent)

const portrait =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#89b"/><circle cx="4" cy="3" r="1.6" fill="#fed"/><circle cx="4" cy="8" r="3" fill="#345"/></svg>'

function answer(path) {
  if (path === stylesheetPath) return { type: 'text/css', body: stylesheet }
  if (path === iconPath) return { type: 'image/svg+xml', body: icon }
  // The real one would send the browser on before there is a picture.
  if (path === postScript.href || path === onwardScript.href) return { type: 'text/javascript', body: '' }
  if (path === passkeyScriptHref()) return { type: 'text/javascript', body: passkeyScript(null).text }
  if (path === brandCss.path) return { type: 'text/css', body: brandCss.text }
  if (path === '/pictures/sample') return { type: 'image/svg+xml', body: portrait }
  const sample = samples[path.slice(1)]
  return sample === undefined ? undefined : { type: 'text/html', body: sample.html(words) }
}

const server = createServer((request, response) => {
  const found = answer(request.url ?? '/')
  if (found === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': `${found.type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  })
  response.end(found.body)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})

const complaints = []
if (only === undefined && values.language === 'en') await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

for (const width of [390, 1280]) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      viewport: { width, height: width === 390 ? 844 : 800 },
      colorScheme,
      javaScriptEnabled: true,
    })
    const page = await context.newPage()
    for (const [name, sample] of Object.entries(samples)) {
      if (only !== undefined && !name.startsWith(only)) continue
      const picture = `${name}-${width}-${colorScheme}${values.language === 'en' ? '' : `-${values.language}`}.png`
      const listener = (message) => {
        if (message.type() === 'error') complaints.push(`${picture}: ${message.text()}`)
      }
      page.on('console', listener)
      await page.goto(`${origin}/${name}`)
      if (sample.open !== undefined) await page.click(sample.open)
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (excess > 0) complaints.push(`${picture}: ${excess} pixels wider than its window`)
      const low = await page.evaluate(() =>
        [...document.querySelectorAll('button:not([hidden]), .button, input:not([hidden]):not([type=hidden])')]
          // A box is pressed by its label.
          .map((element) => (element.matches('[type=checkbox], [type=radio]') ? element.closest('label') : element))
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML.slice(0, 80)),
      )
      const out = await page.evaluate(() =>
        [...document.querySelectorAll('.tag')]
          .filter(
            (tag) =>
              tag.getBoundingClientRect().right > Math.ceil(tag.parentElement?.getBoundingClientRect().right ?? 0),
          )
          .map((tag) => tag.outerHTML.slice(0, 80)),
      )
      for (const element of out) complaints.push(`${picture}: leaves its place: ${element}`)
      for (const element of low) complaints.push(`${picture}: lower than 44 pixels: ${element}`)
      await page.screenshot({ path: new URL(picture, folder).pathname, fullPage: true })
      page.off('console', listener)
    }
    await context.close()
  }
}
await browser.close()
server.close()

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
