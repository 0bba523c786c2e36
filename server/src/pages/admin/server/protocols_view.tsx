/** Legacy protocols: which are there, how far their ends are planned, and who still comes by them. */
import type { ListedProtocol } from '../../../engine/operator/protocol_plans.ts'
import type { DialectState } from '../../../runtime/kept/legacy_dialects.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { protocolPath } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

export const protocolList = view(
  (props: { readonly viewer: Viewer; readonly protocols: readonly ListedProtocol[] }) => {
    const { protocols: say, number } = useWords()
    const columns = [
      { name: say.protocol },
      { name: say.state },
      { name: say.ends },
      { name: say.apps, figure: true },
      { name: say.uses, figure: true },
      { name: say.lastUse },
    ]
    return (
      <ConsolePage title={say.title} heading={say.title} about={say.lead} viewer={props.viewer} here="protocols">
        <ConsoleTable
          id="protocols"
          caption={say.title}
          columns={columns}
          none={say.none}
          rows={props.protocols.map((one) => ({
            data: { 'data-protocol': one.protocol, 'data-state': one.state },
            cells: [
              <a href={protocolPath(one.protocol)}>{say.name(one.protocol)}</a>,
              <ProtocolState state={one.state} inSettings={one.inSettings} />,
              <>
                {one.sunset === undefined ? null : <Day at={one.sunset} />}
                {one.nextBrownout === undefined ? null : (
                  <div class="small muted">
                    {say.nextBrownout} <Minute at={one.nextBrownout} />
                  </div>
                )}
              </>,
              number(one.apps),
              number(one.uses),
              one.lastAt === undefined ? <span class="muted">{say.never}</span> : <Day at={one.lastAt} />,
            ],
          }))}
        />
      </ConsolePage>
    )
  },
)

const looks = { open: 'good', announced: 'warn', brown_out: 'bad', closed: 'bad' } as const

/** A sign, a colour and a word. */
export function ProtocolState({ state, inSettings }: { state: DialectState; inSettings: boolean }) {
  const say = useWords().protocols
  if (!inSettings && state !== 'closed') return <span class="state muted">{say.notInSettings}</span>
  return <span class={`state ${looks[state]}`}>{say.states[state]}</span>
}
