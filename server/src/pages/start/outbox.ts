/**
 * /dev/mail: the mails of a server in development that has no mail server, as their readers would have got them. Only a
 * browser on this machine may see them: a mail opens accounts.
 */
import { callerOf } from '../../http/caller.ts'
import type { KeptMail } from '../../runtime/mailer/mailer.ts'
import { anyone, further } from '../guards.ts'
import { outboxMailPath, paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { PageProblem, partOfPath, type Visit } from '../visit.ts'
import { outbox, outboxMail } from './outbox_view.tsx'

const here = /^(?:127\.|::1$|::ffff:127\.)/

/** Whoever works on this machine. Everybody else is told that there is no such page. */
const developerHere = further(anyone, ({ request }) => {
  if (!here.test(callerOf(request).address)) throw new PageProblem('not_found')
  return {}
})

/** The mail that the address names. Throws PageProblem. */
function mailOf(visit: Visit): KeptMail {
  const id = partOfPath(visit, 'id')
  const mail = visit.context.mailer.outbox.find((one) => one.id === id)
  if (mail === undefined) throw new PageProblem('not_found')
  return mail
}

export const outboxPages = [
  page({
    path: paths.outbox,
    guard: developerHere,
    get: ({ context }) => outbox({ mails: context.mailer.outbox }),
  }),
  page({
    path: outboxMailPath(':id'),
    guard: developerHere,
    get: (visit) => outboxMail({ mail: mailOf(visit) }),
  }),
  page({
    path: outboxMailPath(':id', 'html'),
    guard: developerHere,
    get: (visit) =>
      visit.reply
        .type('text/html; charset=utf-8')
        // As mail programs show it: its own styles, and nothing that is fetched or run.
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups")
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-store')
        .send(mailOf(visit).html),
  }),
]
