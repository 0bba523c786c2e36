/** Mail by SMTP: what leaves, to whom, and what becomes of a mail that the server does not take. */
import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hour } from '../../src/lib/clock.ts'
import type { UserId } from '../../src/protocol/names.ts'
import { sendMail } from '../../src/runtime/jobs/queue.ts'
import { smtpProblem } from '../../src/runtime/mailer/smtp.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, doJobs, type Harness, harness } from '../support/harness.ts'
import { crookedServer, type Mailbox, openMailbox } from '../support/mailbox.ts'

let mailbox: Mailbox
let h: Harness

beforeEach(async () => {
  mailbox = await openMailbox()
})
afterEach(async () => {
  await h?.close()
  h = undefined as unknown as Harness
  await mailbox.close()
})

/** Queues the notice of a changed password, as the change does. */
function queueNotice(userId: UserId): Promise<void> {
  return h.storage.act((acting) => sendMail(h.context, acting, 'password_changed', { ids: { userId } }))
}

/** The jobs of mails, by what became of them. */
async function jobs(state: 'waiting' | 'done' | 'given_up') {
  return (await h.storage.jobs.list({ state, limit: 100 })).map(({ target, attempts, error }) => ({
    target,
    attempts,
    error,
  }))
}

describe('a mail that leaves', () => {
  test('is text and HTML of one content, says that a machine wrote it, and bears the operator’s name', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    await queueNotice(id)
    const mail = await mailbox.next(h, 'alice@example.com')
    expect(mail.from).toBe('no-reply@mail.example')
    expect(mail.subject).toBe('Your password was changed')
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail.headers.get('from')).toMatchObject({ value: [{ address: 'no-reply@mail.example', name: 'Meadow' }] })
    expect(mail.links).toContain(`${h.context.settings.issuer}/account/security`)
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain('alice')
      expect(body).toContain('If this was not you')
      expect(body).toContain('Sent by Meadow')
    }
    expect(mail.html).toContain('lang="en"')
    expect(mail.html).not.toMatch(/<img|<script|<link|url\(|src=/i)
    // A colour stands on a ground of its own, so that it can be read in a dark mail program, too.
    const coloured = [...mail.html.matchAll(/style="([^"]*)"/g)].filter(([, style = '']) =>
      /(?:^|;)color:#/.test(style),
    )
    expect(coloured.length).toBeGreaterThan(0)
    for (const [, style] of coloured) expect(style).toContain('background:#')
    expect(mail.html).toMatch(/<div style="[^"]*overflow-wrap:break-word/)
    expect(await jobs('done')).toEqual([{ target: id, attempts: 1, error: null }])
  })

  test('has the same Message-ID when it is sent again, and another mail has another one', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    mailbox.answer('alice@example.com', '451 4.3.0 Later')
    await queueNotice(id)
    await doJobs(h)
    expect(mailbox.mails).toEqual([])
    // It arrived, and nobody lived to write that down: the job is there as it was.
    mailbox.answer('alice@example.com')
    const mailer = mailbox.mailer()
    h.clock.move(hour)
    const twice = { ...h.context, mailer: { ...mailer, send: sendTwice(mailer.send) } }
    await doJobs({ context: twice })
    expect(mailbox.mails).toHaveLength(2)
    expect(mailbox.mails[0]?.messageId).toMatch(/^<job_[\w-]+\.\w+@mail\.example>$/)
    expect(mailbox.mails[1]?.messageId).toBe(mailbox.mails[0]?.messageId)
    await queueNotice(id)
    expect((await mailbox.next(h, 'alice@example.com')).messageId).not.toBe(mailbox.mails[0]?.messageId)
  })

  test('is signed by the DKIM key of the settings, its headers and its body', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const dkim = {
      domainName: 'mail.example',
      keySelector: 'spring',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }
    h = await harness({ mailer: mailbox.mailer({ dkim }) })
    await queueNotice((await addAccount(h)).id)
    const { source } = await mailbox.next(h, 'alice@example.com')
    const { tags, headers, signed } = dkimOf(source)
    expect(tags).toMatchObject({ d: 'mail.example', s: 'spring', a: 'rsa-sha256' })
    expect(headers).toEqual(expect.arrayContaining(['from', 'to', 'subject', 'message-id']))
    const digest = createHash('sha256').update(relaxedBody(source)).digest('base64')
    expect(tags.bh).toBe(digest)
    const signature = Buffer.from(tags.b ?? '', 'base64')
    expect(verify('sha256', Buffer.from(signed), publicKey, signature)).toBe(true)
  })

  test('goes to one recipient, whatever once was let in as an address', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    for (const [i, address] of [
      'a@example.com\r\nBcc: b@example.com',
      'a@example.com, b@example.com',
      'A <a@example.com>',
      'a@b@example.com',
      'a@example.com>',
      '"a b"@example.com',
    ].entries()) {
      const { id } = await addAccount(h, `name${i}`)
      // Past the rules of addresses, as an import of another system might have left it.
      await h.storage.accounts.update(id, { email: address, emailVerified: true })
      await queueNotice(id)
    }
    await doJobs(h)
    expect(mailbox.mails).toEqual([])
    expect(new Set((await jobs('given_up')).map(({ error }) => error))).toEqual(new Set(['address_refused']))
  })

  test('keeps what people are called out of its headers and its markup', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    await h.storage.accounts.update(id, { username: '<b>x</b>\r\nBcc: b@example.com' })
    await queueNotice(id)
    const mail = await mailbox.next(h, 'alice@example.com')
    expect(mail.headers.has('bcc')).toBe(false)
    expect(mail.text).toContain('<b>x</b> Bcc: b@example.com')
    expect(mail.html).toContain('&lt;b&gt;x&lt;/b&gt; Bcc')
    expect(mail.html).not.toContain('<b>')
  })
})

describe('a mail that is not taken', () => {
  test('for good by its recipient: the address is marked, its owner is told at sign-in, and nothing more goes there', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    const bob = await addAccount(h, 'bob')
    mailbox.answer('alice@example.com', '550 5.1.1 No such user here')
    await queueNotice(id)
    await queueNotice(bob.id)
    await doJobs(h)
    expect(mailbox.mails.map(({ to }) => to)).toEqual(['bob@example.com'])
    expect(await jobs('given_up')).toEqual([{ target: id, attempts: 1, error: 'address_refused' }])
    expect(await h.storage.accounts.find(id)).toMatchObject({ emailRefusedAt: h.storage.clock.now() })
    expect(await h.storage.accounts.find(bob.id)).toMatchObject({ emailRefusedAt: null })
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.get('/login'), 'alice', alicePassword)
    expect(page.path).toBe('/login/address')
    expect(page.body).toContain('We cannot reach you by mail')
    mailbox.answer('alice@example.com')
    await queueNotice(id)
    await doJobs(h)
    expect(mailbox.mails).toHaveLength(1)
  })

  test.each([
    '451 4.7.1 Greylisted',
    '550 5.7.1 Relaying denied',
    '530 5.7.0 Authentication required',
    '421 4.3.2 Shutting down',
  ])('for now (%s): it is tried again with growing pauses, and arrives once it is', async (line) => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    mailbox.answer('alice@example.com', line)
    await queueNotice(id)
    for (const [i, pause] of [5, 20, 80, 320].entries()) {
      await doJobs(h)
      const reason = `smtp_${line.slice(0, 3)}`
      expect(await jobs('waiting')).toEqual([{ target: id, attempts: i + 1, error: reason }])
      h.clock.move(pause * 1000 - 1)
      await doJobs(h)
      expect(await jobs('waiting')).toMatchObject([{ attempts: i + 1 }])
      h.clock.move(1)
    }
    mailbox.answer('alice@example.com')
    await mailbox.next(h, 'alice@example.com')
    expect(await jobs('done')).toHaveLength(1)
    expect(await h.storage.accounts.find(id)).toMatchObject({ emailRefusedAt: null })
  })

  test('with words that name the recipient: the log does not repeat them', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    mailbox.answer('alice@example.com', '450 4.2.1 The mailbox of alice@example.com is busy')
    await queueNotice(id)
    await doJobs(h)
    expect(await jobs('waiting')).toMatchObject([{ error: 'smtp_450' }])
    expect(h.logged.join('')).toContain('mail: smtp_450')
    expect(h.logged.join('')).not.toContain('alice@example.com')
  })

  test('in all its time: it is given up, and the log says so', async () => {
    h = await harness({ mailer: mailbox.mailer() })
    const { id } = await addAccount(h)
    mailbox.answer('alice@example.com', '451 4.7.1 Never')
    await queueNotice(id)
    for (let i = 0; i < 12; i++) {
      await doJobs(h)
      h.clock.move(4 * hour)
    }
    await doJobs(h)
    expect(await jobs('waiting')).toEqual([])
    expect(await jobs('given_up')).toEqual([{ target: id, attempts: 12, error: 'smtp_451' }])
    expect(h.logged.join('')).toContain('a job was given up')
  })
})

describe('a mail server that does not behave', () => {
  /** What is left of a mail that went to this server, after one attempt. */
  async function afterOneAttempt(port: number) {
    h = await harness({ mailer: mailbox.mailer({ port }) })
    await queueNotice((await addAccount(h)).id)
    await doJobs(h)
    return jobs('waiting')
  }

  test('dies after it has the whole mail and before it says so: the mail goes again', async () => {
    let data = false
    const server = await crookedServer((line, socket) => {
      if (line === 'DATA') {
        data = true
        return '354 Go on'
      }
      if (data && line === '.') return void socket.destroy()
      return data ? undefined : '250 mail.example'
    })
    expect(await afterOneAttempt(server.port)).toMatchObject([{ attempts: 1, error: 'smtp_connection' }])
    await server.close()
  })

  test('answers a mail with words that are no reply: the log does not repeat them, as they may name the recipient', async () => {
    const server = await crookedServer((line) => {
      if (line.startsWith('RCPT')) return 'alice@example.com? Who is that?'
      return '250 mail.example'
    })
    expect(await afterOneAttempt(server.port)).toMatchObject([{ attempts: 1, error: 'smtp_connection' }])
    expect(h.logged.join('')).toContain('mail: smtp_connection')
    expect(h.logged.join('')).not.toContain('alice@example.com')
    await server.close()
  })

  test('hangs at the greeting or in the middle, or never comes to an end: it is left, and the mail goes later', async () => {
    const silent = await crookedServer(() => undefined, undefined)
    const inTheMiddle = await crookedServer((line) => (line.startsWith('RCPT') ? undefined : '250 mail.example'))
    const endless = await crookedServer((line, socket) => {
      if (!line.startsWith('MAIL')) return '250 mail.example'
      const timer = setInterval(() => socket.write('250-more\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
      return undefined
    })
    h = await harness({ mailer: mailbox.mailer() })
    for (const server of [silent, inTheMiddle, endless]) {
      const { id } = await addAccount(h, `name${server.port}`)
      await queueNotice(id)
      await doJobs({ context: { ...h.context, mailer: mailbox.mailer({ port: server.port, patience: 200 }) } })
      expect(await jobs('waiting')).toContainEqual({ target: id, attempts: 1, error: 'smtp_timeout' })
      await server.close()
    }
  })

  test('is not there, or speaks something else', async () => {
    const server = await crookedServer(() => undefined, 'SSH-2.0-OpenSSH')
    expect(await afterOneAttempt(server.port)).toMatchObject([{ attempts: 1 }])
    await server.close()
    await h.close()
    expect(await afterOneAttempt(server.port)).toMatchObject([{ attempts: 1, error: 'smtp_connection' }])
  })

  test('offers no TLS where it has to, and gets no mail and no password', async () => {
    const heard: string[] = []
    const server = await crookedServer((line) => {
      heard.push(line)
      return line.startsWith('EHLO') ? '250 mail.example' : '502 Unknown'
    })
    const options = {
      ...mailbox.options,
      port: server.port,
      security: 'starttls',
      auth: { user: 'u', pass: 'p' },
    } as const
    expect((await smtpProblem(options))?.reason).toBe('smtp_tls')
    expect(heard.filter((line) => !/^(?:EHLO|STARTTLS)/.test(line))).toEqual([])
    await server.close()
  })

  test('wants a login that it has not been given rightly', async () => {
    const strict = await openMailbox({
      onAuth: (_auth, _session, done) => done(new Error('No')),
      allowInsecureAuth: true,
    })
    const options = { ...strict.options, auth: { user: 'u', pass: 'wrong' } }
    expect((await smtpProblem(options))?.reason).toBe('smtp_535')
    expect(await smtpProblem(mailbox.options)).toBeUndefined()
    await strict.close()
  })
})

/** Sends each mail twice, as a process does that dies before it has written down the first time. */
function sendTwice<Sent extends readonly unknown[]>(send: (...sent: Sent) => Promise<void>) {
  return async (...sent: Sent) => {
    await send(...sent)
    await send(...sent)
  }
}

/** The DKIM signature of a mail: its tags, the names of the headers that it covers, and what was signed (RFC 6376). */
function dkimOf(source: string) {
  const [head = ''] = source.split('\r\n\r\n')
  const fields = head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? ''
  const value = signature.slice(signature.indexOf(':') + 1)
  const tags: Record<string, string> = Object.fromEntries(
    value.split(';').map((tag) => {
      const [name = '', ...rest] = tag.trim().split('=')
      return [name, rest.join('=').replaceAll(/\s+/g, '')]
    }),
  )
  const headers = (tags.h ?? '').toLowerCase().split(':')
  const relaxed = (field: string) => {
    const [name = ''] = field.split(':')
    return `${name.toLowerCase().trim()}:${field
      .slice(name.length + 1)
      .replaceAll(/\s+/g, ' ')
      .trim()}`
  }
  const covered = headers.flatMap((name) =>
    fields.filter((field) => field.toLowerCase().startsWith(`${name}:`)).slice(-1),
  )
  const bare = relaxed(signature).replace(/(; ?b=)[^;]*/, '$1')
  return { tags, headers, signed: [...covered.map(relaxed), bare].join('\r\n') }
}

function relaxedBody(source: string): string {
  const body = source.slice(source.indexOf('\r\n\r\n') + 4)
  return `${body
    .replaceAll(/[ \t]+\r\n/g, '\r\n')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '')}\r\n`
}
