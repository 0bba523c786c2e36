import { chromium } from 'playwright-core'
import { test } from 'vitest'
import { createHost } from './host.ts'
test('try', async () => {
  const { app } = await createHost()
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await browser.newPage()
  page.on('console', (m) => console.log(m.type(), m.text().slice(0, 1500), JSON.stringify(m.location())))
  await page.addInitScript(() => { document.addEventListener('securitypolicyviolation', (e) => { console.log('VIOL', e.violatedDirective, e.effectiveDirective, e.sourceFile, e.lineNumber, e.columnNumber, e.sample, (e.target as Element).outerHTML?.slice(0, 600)) }) })
  await page.goto(`${address}/docs/api`)
  await page.locator('.opblock-summary', { hasText: 'List measurements' }).click()
  await page.getByText('earliestMeasurementTime', { exact: true }).first().waitFor()
  await page.waitForTimeout(300)
  await page.screenshot({ path: '/tmp/docs.png' })
  await browser.close()
})
