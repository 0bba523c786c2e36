/** What an app did with a person's data, by day and kind of data. */
import { daysTold } from '../../../engine/account/apps/app_uses.ts'
import { Section } from '../../kit/layout.tsx'
import { UtcDay } from '../../kit/time.tsx'
import { useWords } from '../../kit/words.tsx'

/** What it did to one kind of data on one day. */
export interface DayOfUse {
  /** YYYY-MM-DD, UTC. */
  readonly day: string
  /** The resource of the API by its name in the reference. */
  readonly resource: string
  readonly reads: number
  readonly writes: number
  readonly records: number
}

export function AppUses({ uses }: { uses: readonly DayOfUse[] }) {
  const { appHistory: say } = useWords()
  return (
    <Section id="uses" heading={say.did}>
      {uses.length === 0 ? (
        <p class="muted">{say.didNothing(daysTold)}</p>
      ) : (
        <>
          <p class="muted">{say.didLead(daysTold)}</p>
          <div class="card table">
            <table id="app-uses">
              <caption class="unseen">{say.caption}</caption>
              <thead>
                <tr>
                  <th scope="col">{say.day}</th>
                  <th scope="col">{say.resource}</th>
                  {[say.reads, say.writes, say.records].map((name) => (
                    <th scope="col" class="figure">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {uses.map((use) => (
                  <tr data-resource={use.resource}>
                    <td>
                      <UtcDay day={use.day} />
                    </td>
                    <td>{say.resources[use.resource] ?? use.resource}</td>
                    <Figure name={say.reads} of={use.reads} />
                    <Figure name={say.writes} of={use.writes} />
                    <Figure name={say.records} of={use.records} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Section>
  )
}

function Figure(props: { name: string; of: number }) {
  return (
    <td class="figure" data-label={props.name}>
      {useWords().appHistory.times(props.of)}
    </td>
  )
}
