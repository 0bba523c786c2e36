/** The outbox of a server in development: the last mails, in its memory, for a page that shows them. */
import { layOut, type Sender } from './layout.ts'
import type { KeptMail, Mailer } from './mailer.ts'

const kept = 100

export function createOutbox(sender: Sender): Mailer {
  const outbox: KeptMail[] = []
  return {
    way: 'outbox',
    outbox,
    async send({ id, to, language, words }) {
      outbox.unshift({ id, to, ...layOut(language, words, sender) })
      outbox.splice(kept)
    },
  }
}
