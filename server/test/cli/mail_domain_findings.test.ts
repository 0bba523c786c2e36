/** What `doctor` reads in DNS of the domain that mails come from. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { lookAtMailDomain } from '../../src/cli/findings/mail_domain.ts'

const from = { name: '', address: 'login@mail.example.com' }
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const dkim = { domainName: 'example.com', keySelector: 's1', privateKey }
const key = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`

async function look(zone: Readonly<Record<string, readonly string[]>>, signs = true) {
  const found = await lookAtMailDomain({ from, dkim: signs ? dkim : undefined }, async (name) => zone[name] ?? [])
  return Object.fromEntries(found.map((one) => [one.check, one]))
}

const sound = {
  'mail.example.com': ['google-site-verification=1', 'v=spf1 mx -all'],
  's1._domainkey.example.com': [key],
  '_dmarc.example.com': ['v=DMARC1; p=reject'],
}

describe('doctor reads of the domain that mails come from', () => {
  test('that servers, key and policy are named', async () => {
    const { spf, dkim, dmarc } = await look(sound)
    expect([spf?.state, dkim?.state, dmarc?.state]).toEqual(['ok', 'ok', 'ok'])
    expect(dmarc?.text).toContain('_dmarc.example.com')
  })

  test('what is missing, each with the record that repairs it', async () => {
    const { spf, dkim, dmarc } = await look({})
    expect(spf).toMatchObject({ state: 'warning', repair: expect.stringContaining('v=spf1') })
    expect(dkim).toMatchObject({ state: 'problem', repair: expect.stringContaining(key) })
    expect(dmarc).toMatchObject({ state: 'warning', repair: expect.stringContaining('v=DMARC1; p=none') })
    expect((await look({}, false)).dkim).toMatchObject({ state: 'warning', text: 'mails are not signed here' })
  })

  test.each([
    ['spf', { 'mail.example.com': ['v=spf1 +all'] }, 'lets every server'],
    ['spf', { 'mail.example.com': ['v=spf1 mx -all', 'v=spf1 a -all'] }, '2 SPF records'],
    ['dkim', { 's1._domainkey.example.com': ['v=DKIM1; p='] }, 'has no key'],
    ['dkim', { 's1._domainkey.example.com': ['v=DKIM1; p=AAAA'] }, 'another key'],
    ['dmarc', { '_dmarc.mail.example.com': ['v=DMARC1; rua=mailto:a@example.com'] }, 'names no policy'],
  ])('what is wrong of %s: %j', async (check, zone, text) => {
    const found = (await look({ ...sound, ...zone }))[check]
    expect(found?.state).not.toBe('ok')
    expect(found?.text).toContain(text)
  })

  test('that nobody answers, which says nothing against the domain', async () => {
    const found = await lookAtMailDomain({ from, dkim }, async () => {
      throw Object.assign(new Error('queryTxt ETIMEOUT'), { code: 'ETIMEOUT' })
    })
    expect(found).toMatchObject([
      { check: 'mail domain', state: 'warning', text: expect.stringContaining('(ETIMEOUT)') },
    ])
  })
})
