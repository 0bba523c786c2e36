/** Whether mail leaves, and which jobs were given up, as `doctor` says it. */
import { minute } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import { messageOf } from '../../lib/text/reason.ts'
import { smtpProblem } from '../../runtime/mailer/smtp.ts'
import { mailWay, type Settings } from '../../settings.ts'
import type { Storage } from '../../storage/contract.ts'
import { moment } from '../command.ts'
import type { Finding } from './providers.ts'

const check = 'mail'

const serverRepair = 'Check host, port, user and password in SMTP_URL, and whether this machine may connect there.'
const certificateRepair =
  'SMTP_URL must name the host as its certificate does. If an authority of your own has signed it, name its file in NODE_EXTRA_CA_CERTS.'
const noMailRepair = 'Set SMTP_URL and MAIL_FROM. Until then nobody can prove an address or reset a password.'

export async function lookAtMail(settings: Settings): Promise<Finding> {
  const { mail } = settings
  if (mail === undefined) {
    if (mailWay(settings) === 'outbox') return { check, state: 'ok', text: `kept at ${settings.issuer}/dev/mail` }
    return { check, state: 'warning', text: 'this server sends no mail', repair: noMailRepair }
  }
  const server = `${mail.host}:${mail.port}`
  const problem = await smtpProblem(mail)
  if (problem === undefined) return { check, state: 'ok', text: `${server} takes mail` }
  const why = problem.cause instanceof Error ? ` (${problem.cause.message})` : ''
  const repair = problem.reason === 'smtp_certificate' ? certificateRepair : serverRepair
  return { check, state: 'problem', text: `${server} takes no mail: ${problem.reason}${why}`, repair }
}

/** Sends a real mail there: whether it arrives, and where, only its reader can say. */
export async function sendTestMail(settings: Settings, to: string): Promise<Finding> {
  const name = 'test mail'
  if (settings.mail === undefined) return { check: name, state: 'problem', text: 'not sent', repair: noMailRepair }
  const { mailerOf } = await import('../../open_mailer.ts')
  const words = {
    subject: 'Test mail',
    paragraphs: [
      `${settings.issuer} sends mail.`,
      'Look at the headers of this mail for SPF, DKIM and DMARC: each should say pass.',
    ],
    reason: 'Somebody who runs the server has asked for it.',
  }
  try {
    const id = `test-${randomText(12)}`
    await mailerOf(settings).send({ id, to, language: 'en', words }, AbortSignal.timeout(minute))
    const text = `${settings.mail.host} took a mail to ${to}; look there whether it arrived, and not among the junk`
    return { check: name, state: 'ok', text }
  } catch (error) {
    return { check: name, state: 'problem', text: `not sent to ${to}: ${messageOf(error)}`, repair: serverRepair }
  }
}

const most = 5

/** Jobs that were given up within the last month, the newest. An address that refuses mail is its holder's to mend. */
export async function lookAtJobs(storage: Storage): Promise<Finding[]> {
  const given = (await storage.jobs.list({ state: 'given_up', limit: 100 })).filter(
    ({ error }) => error !== 'address_refused',
  )
  return given.slice(0, most).map(({ kind, target, attempts, error, endedAt }) => ({
    check: 'jobs',
    state: 'warning',
    text: `${kind}${target === null ? '' : ` for ${target}`} was given up after ${attempts} attempts: ${error}, ${moment(endedAt ?? 0)}`,
    repair: 'The log of that time says more. It is not tried again.',
  }))
}
