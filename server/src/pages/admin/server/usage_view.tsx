/** Usage by day: a chart, and the table that it is drawn from. */
import type { ServerUsage } from '../../../engine/operator/usage.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { Section, type Viewer } from '../../kit/layout.tsx'
import { Day, Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

const height = 100

export const usageList = view(({ viewer, days, protocols }: ServerUsage & { viewer: Viewer }) => {
  const { usagePage: say, number } = useWords()
  return (
    <ConsolePage title={say.title} heading={say.title} about={say.lead} viewer={viewer} here="usage">
      <Chart days={days} />
      <Section id="days" heading={say.byDay}>
        <ConsoleTable
          id="usage"
          caption={say.byDay}
          none={say.none}
          columns={[
            { name: say.day },
            { name: say.signIns, figure: true },
            { name: say.failed, figure: true },
            { name: say.tokenRequests, figure: true },
          ]}
          rows={[...days].reverse().map((use) => ({
            data: { 'data-day': use.day },
            cells: [
              <Day at={Date.parse(use.day)} />,
              number(use.signIns),
              number(use.failedSignIns),
              number(use.tokenRequests),
            ],
          }))}
        />
      </Section>
      <Section id="protocols" heading={say.byProtocol}>
        <ConsoleTable
          id="usage-protocols"
          caption={say.byProtocol}
          none={say.none}
          columns={[{ name: say.protocol }, { name: say.app }, { name: say.uses, figure: true }, { name: say.last }]}
          rows={protocols.map(({ dialect, clientId, count, lastAt }) => ({
            data: { 'data-protocol': dialect, 'data-client': clientId },
            cells: [
              <code class="small">{dialect}</code>,
              <code class="small">{clientId}</code>,
              number(count),
              <Minute at={lastAt} />,
            ],
          }))}
        />
      </Section>
    </ConsolePage>
  )
})

/** Token requests of each day as a line. */
function Chart({ days }: Pick<ServerUsage, 'days'>) {
  const { usagePage: say, number } = useWords()
  const most = Math.max(1, ...days.map(({ tokenRequests }) => tokenRequests))
  const points = days.map(({ tokenRequests }, i) => {
    return `${i + 0.5} ${Math.round((1 - tokenRequests / most) * height * 100) / 100}`
  })
  const [first, last] = [days[0], days.at(-1)]
  return (
    <figure class="chart">
      <figcaption>
        <strong>{say.tokenRequests}</strong>
      </figcaption>
      <div class="plot">
        <div class="scale small muted" aria-hidden="true">
          <span>{number(most)}</span>
          <span>{number(0)}</span>
        </div>
        <svg viewBox={`0 0 ${days.length} ${height}`} preserveAspectRatio="none" role="img" aria-label={say.chart}>
          <path class="grid" d={`M0 0H${days.length}M0 ${height / 2}H${days.length}M0 ${height}H${days.length}`} />
          <path class="line" d={`M${points.join('L')}`} />
        </svg>
        <div class="scale days small muted">
          {first === undefined ? null : <Day at={Date.parse(first.day)} />}
          {last === undefined ? null : <Day at={Date.parse(last.day)} />}
        </div>
      </div>
    </figure>
  )
}
