/** Mail over TLS to a real server: by STARTTLS and by smtps, to a certificate that is trusted, and to none that is not. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SmtpOptions, smtpProblem } from '../../src/runtime/mailer/smtp.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

const ways = ['starttls', 'tls'] as const

/** Sends a mail by each of the options: a process of its own, because whom a process trusts is settled when it starts. */
const program = `
  const { createSmtpMailer } = await import(process.argv[1])
  for (const [id, options] of Object.entries(JSON.parse(process.argv[2]))) {
    const mailer = createSmtpMailer(options, { operator: 'Meadow', issuer: 'http://localhost' })
    const words = { subject: 'By ' + id, paragraphs: ['Hello.'], reason: 'A test.' }
    await mailer.send({ id, to: 'alice@example.com', language: 'en', words }, new AbortController().signal)
  }
`
const smtp = fileURLToPath(new URL('../../dist/runtime/mailer/smtp.js', import.meta.url))

let folder: string
const heard: { readonly secure: boolean; readonly user: string | undefined }[] = []
const mailboxes = new Map<'starttls' | 'tls', Mailbox>()

/** How to reach the server: by the name or address of the certificate, or by another one. */
function optionsOf(way: 'starttls' | 'tls', host = 'localhost'): SmtpOptions {
  const mailbox = mailboxes.get(way)
  if (mailbox === undefined) throw new Error(`no mail server for ${way}`)
  return { ...mailbox.options, host, security: way, auth: { user: 'meadow', pass: 'a secret' } }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-smtp-'))
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject]
  execFileSync('openssl', [...made, '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')], { stdio: 'ignore' })
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'))
  for (const way of ways) {
    const mailbox = await openMailbox({
      key,
      cert,
      secure: way === 'tls',
      authOptional: false,
      onAuth({ username }, { secure }, done) {
        heard.push({ secure, user: username })
        done(null, { user: username })
      },
    })
    mailboxes.set(way, mailbox)
  }
})
beforeEach(() => {
  heard.length = 0
})
afterAll(async () => {
  for (const mailbox of mailboxes.values()) await mailbox.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a mail server with a certificate', () => {
  test.each(ways)('that nobody vouches for gets neither mail nor password (%s)', async (way) => {
    const before = mailboxes.get(way)?.mails.length
    expect((await smtpProblem(optionsOf(way)))?.reason).toBe('smtp_certificate')
    expect(heard).toEqual([])
    expect(mailboxes.get(way)?.mails).toHaveLength(before ?? 0)
  })

  test('that is trusted gets the login and the mail, both under TLS', async () => {
    const options = Object.fromEntries(ways.map((way) => [way, optionsOf(way)]))
    const args = ['--input-type=module', '--eval', program, smtp, JSON.stringify(options)]
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: join(folder, 'cert') }
    await promisify(execFile)(process.execPath, args, { env })
    expect(heard).toEqual(ways.map(() => ({ secure: true, user: 'meadow' })))
    for (const way of ways) expect(mailboxes.get(way)?.mails.map(({ subject }) => subject)).toEqual([`By ${way}`])
  })

  test('of another name is refused although it is trusted', async () => {
    const args = ['--input-type=module', '--eval', program, smtp, JSON.stringify({ a: optionsOf('tls', '127.0.0.1') })]
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: join(folder, 'cert') }
    const before = mailboxes.get('tls')?.mails.length
    await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toThrow(/smtp_certificate/)
    expect(mailboxes.get('tls')?.mails).toHaveLength(before ?? 0)
  })
})
