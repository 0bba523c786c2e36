/** The outbox of a server in development: its mails, and one of them. */
import type { KeptMail } from '../../runtime/mailer/mailer.ts'
import { WidePage } from '../kit/layout.tsx'
import { outboxMailPath, paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'

export const outbox = view((props: { mails: readonly Pick<KeptMail, 'id' | 'to' | 'subject'>[] }) => {
  const say = useWords().outbox
  return (
    <WidePage title={say.title} reading>
      <h1>{say.title}</h1>
      <p class="muted">{say.lead}</p>
      {props.mails.length === 0 ? (
        <p class="card">{say.nothing}</p>
      ) : (
        <ul class="card entries" id="outbox">
          {props.mails.map(({ id, to, subject }) => (
            <li data-to={to}>
              <div>
                <a href={outboxMailPath(id)}>
                  <strong dir="auto">{subject}</strong>
                </a>
                <div class="small muted">
                  <bdi>{to}</bdi>
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </WidePage>
  )
})

export const outboxMail = view(({ mail }: { mail: Pick<KeptMail, 'id' | 'to' | 'subject' | 'text'> }) => {
  const say = useWords().outbox
  return (
    <WidePage title={say.title} reading>
      <p class="small">
        <a href={paths.outbox}>{say.all}</a>
      </p>
      <h1 dir="auto">{mail.subject}</h1>
      <p class="muted">
        {say.to} <bdi>{mail.to}</bdi> · <a href={outboxMailPath(mail.id, 'html')}>{say.asHtml}</a>
      </p>
      <div class="card" id="mail-text">
        {mail.text
          .trim()
          .split('\n\n')
          .map((block) => (
            <p dir="auto">
              {block.split('\n').map((line, i) => (
                <>
                  {i === 0 ? null : <br />}
                  {/^https?:\/\/\S+$/.test(line) ? <a href={line}>{line}</a> : line}
                </>
              ))}
            </p>
          ))}
      </div>
    </WidePage>
  )
})
