/** The settings in force in the console. */
import { expect, test } from 'vitest'
import { signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, harness } from '../support/harness.ts'

test('it says what is set, from where, and for how long things are kept; of a secret only that it is set', async () => {
  const h = await harness({
    settings: {
      auditRetention: 365 * 86_400_000,
      shown: [
        { name: 'PORT', value: '3000', secret: false, from: 'flag' },
        { name: 'CONSENTRY_SECRET', value: null, secret: true, from: 'file' },
      ],
    },
  })
  try {
    await addAccount(h, 'olga', { roles: ['support'] })
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'olga')
    const { body } = await browser.get('/admin/settings')
    expect(body).toMatch(
      /data-setting="PORT" data-from="flag">.*?3000.*?Flag.*?<tr data-setting="CONSENTRY_SECRET" data-from="file">.*?Set</,
    )
    const kept = [...body.matchAll(/<dd id="kept-(\w+)">([^<]+)</g)].map(([, what, days]) => [what, days])
    expect(Object.fromEntries(kept)).toMatchObject({
      requests: '14 days',
      audit: '365 days',
      grants: '30 days',
      sessions: '90 days',
    })
  } finally {
    await h.close()
  }
})
