/** A real mail server on loopback, and what has come to it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Mailer } from '../../src/runtime/mailer/mailer.ts'
import { createSmtpMailer, type SmtpOptions } from '../../src/runtime/mailer/smtp.ts'
import { doJobs, type Harness, issuer } from './harness.ts'

export interface ReceivedMail {
  /** The recipient of the envelope. */
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  /** The first six digits that stand by themselves. */
  readonly code: string | undefined
  /** Addresses in the text. */
  readonly links: readonly string[]
  readonly headers: ParsedMail['headers']
  /** As it came over the wire. */
  readonly source: string
}

export interface Mailbox {
  readonly port: number
  /** All that has come, the oldest first. */
  readonly mails: readonly ReceivedMail[]
  readonly options: SmtpOptions
  /** What sends to this server. */
  mailer(more?: Partial<SmtpOptions>): Mailer
  /** Answers to the recipient with this line from now on, as `550 5.1.1 No such user`; without one it is taken again. */
  answer(to: string, line?: string): void
  /** Does the jobs that are due, and answers the newest mail to this address that no `next` has answered yet. */
  next(h: Pick<Harness, 'context'>, to: string): Promise<ReceivedMail>
  close(): Promise<void>
}

export async function openMailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const answered = new Set<ReceivedMail>()
  const answers = new Map<string, string>()
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    ...options,
    onRcptTo({ address }, _session, done) {
      const line = answers.get(address)
      if (line === undefined) return done()
      const [code = '', ...words] = line.split(' ')
      done(Object.assign(new Error(words.join(' ')), { responseCode: Number(code) }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.on('end', () => {
        const source = Buffer.concat(chunks).toString()
        const { rcptTo, mailFrom } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        received(source, rcptTo[0]?.address ?? '', from).then((mail) => {
          mails.push(mail)
          done()
        }, done)
      })
    },
  })
  // A client that goes away in the middle is no fault of the server's.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const smtp: SmtpOptions = {
    host: '127.0.0.1',
    port,
    security: 'plain',
    from: { name: 'Meadow', address: 'no-reply@mail.example' },
  }
  return {
    port,
    mails,
    options: smtp,
    mailer: (more = {}) => createSmtpMailer({ ...smtp, ...more }, { operator: 'Meadow', issuer }),
    answer: (to, line) => void (line === undefined ? answers.delete(to) : answers.set(to, line)),
    async next(h, to) {
      await doJobs(h)
      const mail = mails.findLast((one) => one.to === to && !answered.has(one))
      if (mail === undefined) {
        throw new Error(`no mail came to ${to}; there came ${mails.map((one) => `${one.subject} to ${one.to}`)}`)
      }
      for (const one of mails) if (one.to === to) answered.add(one)
      return mail
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function received(source: string, to: string, from: string): Promise<ReceivedMail> {
  const { subject = '', text = '', html, messageId = '', headers } = await simpleParser(source)
  return {
    to,
    from,
    subject,
    text,
    html: html || '',
    messageId,
    code: /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0],
    links: text.match(/https?:\/\/\S+/g) ?? [],
    headers,
    source,
  }
}

/** A server that speaks SMTP as a test has it: told of each line, it answers one, or nothing. */
export async function crookedServer(
  answer: (line: string, socket: Socket) => string | undefined,
  greeting: string | undefined = '220 mail.example ESMTP',
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (greeting !== undefined) socket.write(`${greeting}\r\n`)
    let rest = ''
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const said = answer(line, socket)
        if (said !== undefined && !socket.destroyed) socket.write(`${said}\r\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
