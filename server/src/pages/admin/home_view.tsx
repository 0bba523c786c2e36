/** The first page of the console: what is to be seen to on the server, and what waits for somebody. */
import type { Checked } from '../../engine/operator/checks/checks.ts'
import { ConsolePage } from '../kit/console/console_page.tsx'
import { Section, type Viewer } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'
import { Checks } from './checks_view.tsx'

export interface ConsoleHomeProps {
  readonly viewer: Viewer
  /** What the server is called. */
  readonly server: string
  /** How many requests for access wait. */
  readonly accessRequests: number
  /** How many apps wait for a decision. */
  readonly waitingApps: number
  /** What there is to see to, for those who may change it. */
  readonly checks: readonly Checked[]
}

export const consoleHome = view((props: ConsoleHomeProps) => {
  const { consoleHome: say } = useWords()
  const { role } = props.viewer
  const waits = [
    ...(props.waitingApps === 0
      ? []
      : [<a href={`${paths.consoleApps}?show=waiting`}>{say.apps(props.waitingApps)}</a>]),
    ...(props.accessRequests === 0
      ? []
      : [<a href={paths.accessRequests}>{say.accessRequests(props.accessRequests)}</a>]),
  ]
  return (
    <ConsolePage
      title={say.title}
      heading={<bdi>{props.server}</bdi>}
      about={role && <Say it={say.lead} server={<bdi>{props.server}</bdi>} role={say.roles[role]} />}
      viewer={props.viewer}
      here="home"
      reading
    >
      {props.checks.length === 0 ? null : <Checks checks={props.checks} />}
      <Section id="waiting" heading={say.waiting}>
        {waits.length === 0 ? (
          <p class="muted">{say.nothingWaits}</p>
        ) : (
          <ul class="card entries">
            {waits.map((one) => (
              <li>
                <div>{one}</div>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </ConsolePage>
  )
})
