/** The checklist that the console opens with: what is to be seen to, each with its repair, and below it what is done. */
import type { Child } from 'hono/jsx'
import { type Checked, type CheckId, repairCommands } from '../../engine/operator/checks/checks.ts'
import { sayCheck } from '../../words/say_check.ts'
import { OpenIcon } from '../kit/icons.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { useWords } from '../kit/words.tsx'

const tags = { ok: 'good', todo: 'warn', problem: 'bad' } as const

/** What is repaired on a page. */
const pages: Readonly<Partial<Record<CheckId, string>>> = {
  mail: paths.accountEmail,
  secondFactor: paths.accountSecurity,
  addresses: paths.accountEmail,
  administrators: paths.consolePeople,
  protocols: paths.protocols,
  app: paths.newApp,
}

export function Checks({ checks }: { checks: readonly Checked[] }) {
  const { checks: say } = useWords()
  const open = checks.filter(({ state }) => state !== 'ok')
  const done = checks.filter(({ state }) => state === 'ok')
  return (
    <Section id="checklist" heading={say.heading}>
      <p class="muted small">{say.done(done.length, checks.length)}</p>
      {open.length === 0 ? (
        <p class="muted">{say.allDone}</p>
      ) : (
        <ul class="card entries">
          {open.map((one) => (
            <Entry check={one}>
              <Repair id={one.id} />
            </Entry>
          ))}
        </ul>
      )}
      {done.length === 0 ? null : (
        <details class="after">
          <summary>
            <OpenIcon />
            {say.show}
          </summary>
          <ul class="card entries">
            {done.map((one) => (
              <Entry check={one} />
            ))}
          </ul>
        </details>
      )}
    </Section>
  )
}

function Entry({ check, children }: { check: Checked; children?: Child }) {
  const words = useWords()
  const { title } = words.checks.each[check.id]
  return (
    <li data-check={check.id} data-state={check.state}>
      <div>
        <h3>{title}</h3>
        <p>{sayCheck(words, check)}</p>
        {children}
      </div>
      <Tag kind={tags[check.state]}>{words.checks.states[check.state]}</Tag>
    </li>
  )
}

/** What is to be done, which leads there where it is a page. */
function Repair({ id }: { id: CheckId }) {
  const { repair } = useWords().checks.each[id]
  const page = pages[id]
  if (page !== undefined) return <a href={page}>{repair}</a>
  return (
    <>
      <p class="muted small">{repair}</p>
      {repairCommands[id] === undefined ? null : <code class="code">{repairCommands[id]}</code>}
    </>
  )
}
