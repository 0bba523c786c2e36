/** Settings of mail, and the one line that stops the start where one is wrong. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSettings } from '../../src/settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const from = { MAIL_FROM: 'no-reply@mail.example' }

function mail(env: Record<string, string>) {
  const secret = 'a root secret of the tests, long enough'
  return loadSettings({ env: { CONSENTRY_DATA: folder, CONSENTRY_SECRET: secret, ...env } }).mail
}

test('no mail is sent where no mail server is named', () => {
  expect(mail({})).toBeUndefined()
  expect(mail(from)).toBeUndefined()
})

test.each([
  ['smtp://mail.example', { host: 'mail.example', port: 587, security: 'starttls', auth: undefined }],
  ['smtps://mail.example', { host: 'mail.example', port: 465, security: 'tls' }],
  ['smtp://mail.example:2525', { port: 2525, security: 'starttls' }],
  ['smtp://u%40x:p%2Fw@mail.example', { auth: { user: 'u@x', pass: 'p/w' } }],
  ['smtp://localhost:1025', { host: 'localhost', port: 1025, security: 'plain' }],
  ['smtp://[::1]:1025', { host: '::1', security: 'plain' }],
])('%s', (address, options) => {
  expect(mail({ SMTP_URL: address, ...from })).toMatchObject(options)
})

test('a mail server is spoken to without TLS where it is on this machine, or where the operator names it', () => {
  const allowed = { CONSENTRY_OUTBOUND_ALLOW: 'smtp://relay:1025' }
  expect(mail({ SMTP_URL: 'smtp://relay:1025', ...from })?.security).toBe('starttls')
  expect(mail({ SMTP_URL: 'smtp://relay:1025', ...from, ...allowed })?.security).toBe('plain')
  expect(mail({ SMTP_URL: 'smtp://relay:2525', ...from, ...allowed })?.security).toBe('starttls')
})

test('mails come from an address, with the operator’s name where it is given', () => {
  const of = (text: string) => mail({ SMTP_URL: 'smtp://localhost', MAIL_FROM: text })?.from
  expect(of('a@mail.example')).toEqual({ name: '', address: 'a@mail.example' })
  expect(of('Meadow <a@mail.example>')).toEqual({ name: 'Meadow', address: 'a@mail.example' })
  expect(of('"Meadow, Inc." <a@mail.example>')).toEqual({ name: 'Meadow, Inc.', address: 'a@mail.example' })
})

test.each([
  [{ SMTP_URL: 'mail.example', ...from }, 'SMTP_URL must be smtp://HOST or smtps://HOST'],
  [{ SMTP_URL: 'http://mail.example', ...from }, 'SMTP_URL must be smtp://HOST or smtps://HOST'],
  [{ SMTP_URL: 'smtp://u:%zz@mail.example', ...from }, 'SMTP_URL has a user or password that is not percent-encoded'],
  [{ SMTP_URL: 'smtp://mail.example/?secure=no', ...from }, 'SMTP_URL must have no path, query or fragment'],
  [{ SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM must be set where SMTP_URL is'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@b@c' }, 'MAIL_FROM must be an address'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@x.example, b@x.example' }, 'MAIL_FROM must be an address'],
  [{ CONSENTRY_DKIM_SELECTOR: 's' }, 'CONSENTRY_DKIM_KEY goes together with'],
])('%o stops the start', (env, message) => {
  expect(() => mail(env as unknown as Record<string, string>)).toThrow(message)
  expect(() => mail(env as unknown as Record<string, string>)).not.toThrow('zz')
})

test('a DKIM key is an RSA key in a file, with its selector and domain', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  const file = join(folder, 'dkim.pem')
  const dkim = { CONSENTRY_DKIM_KEY: file, CONSENTRY_DKIM_SELECTOR: 'spring', CONSENTRY_DKIM_DOMAIN: 'mail.example' }
  const all = { SMTP_URL: 'smtp://localhost', ...from, ...dkim }
  writeFileSync(file, 'no key')
  expect(() => mail(all)).toThrow('CONSENTRY_DKIM_KEY must name a file with a private key')
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(() => mail(all)).toThrow('CONSENTRY_DKIM_KEY must name a file with a private key')
  writeFileSync(file, `${pem}\n`)
  expect(mail(all)?.dkim).toEqual({ domainName: 'mail.example', keySelector: 'spring', privateKey: pem })
  expect(() => mail({ ...all, CONSENTRY_DKIM_SELECTOR: 'a b' })).toThrow('CONSENTRY_DKIM_SELECTOR must be a name')
  expect(() => mail(dkim)).toThrow('CONSENTRY_DKIM_KEY needs SMTP_URL')
})
