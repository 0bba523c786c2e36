/** Signing keys and health as those who run the server see them. */

import { may } from '../../../engine/operator/ranks.ts'
import type { KeyState, ServerHealth } from '../../../engine/operator/server_state.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

const keyLooks = { next: 'warn', signing: 'good', retired: 'muted' } as const

export const keyList = view((props: KeyState & FormSecrets & { viewer: Viewer; notice?: string | undefined }) => {
  const { serverState: say, list } = useWords()
  return (
    <ConsolePage
      title={say.keys}
      heading={say.keys}
      about={say.keysLead}
      viewer={props.viewer}
      here="keys"
      notice={props.notice}
    >
      <ConsoleTable
        id="keys"
        caption={say.keys}
        none={say.none}
        columns={[
          { name: say.key },
          { name: say.state },
          { name: say.made },
          { name: say.signsSince },
          { name: say.turns },
        ]}
        rows={props.keys.map((key) => ({
          data: { 'data-kid': key.kid, 'data-state': key.state },
          cells: [
            <>
              <code>{key.alg}</code> <code class="small">{key.kid}</code>
            </>,
            <span class={`state ${keyLooks[key.state]}`}>{say.keyStates[key.state]}</span>,
            <Minute at={key.createdAt} />,
            key.activatedAt === null ? '' : <Minute at={key.activatedAt} />,
            key.turnsAt === null ? '' : <Minute at={key.turnsAt} />,
          ],
        }))}
      />
      {may(props.viewer.role, 'run_server') ? (
        <Section id="turn" heading={say.turnHeading} class="lines-short">
          <p class="muted">{say.turnText}</p>
          <Form id="turn-form" secrets={{ csrf: props.csrf }} action={paths.signingKeys}>
            <Button id="turn-keys" name="act" value="turn" look="plain">
              {say.turn}
            </Button>
          </Form>
        </Section>
      ) : null}
      <Section id="root-secret" heading={say.rootSecret} class="lines-short">
        <dl class="facts-list">
          <Fact name={say.generationInUse}>{String(props.generation)}</Fact>
          <Fact name={say.generationsSeen}>{list(props.generations.map(String))}</Fact>
        </dl>
      </Section>
    </ConsolePage>
  )
})

export const healthPage = view((props: ServerHealth & { viewer: Viewer }) => {
  const { serverState: say, number } = useWords()
  const { restored, alarms } = props
  const well = alarms.length === 0 && restored?.unacknowledged !== true && restored?.paused !== true
  return (
    <ConsolePage title={say.health} heading={say.health} about={say.healthLead} viewer={props.viewer} here="health">
      {well ? (
        <Note kind="good">
          <p>{say.well}</p>
        </Note>
      ) : null}
      {alarms.map((alarm) => (
        <Note kind="bad">
          <p>
            {say.alarm} <code>{alarm}</code>
          </p>
        </Note>
      ))}
      {restored?.unacknowledged === true ? (
        <Note kind="bad">
          <p>{say.unacknowledged}</p>
        </Note>
      ) : null}
      {restored?.paused === true ? (
        <Note kind="warning">
          <p>{say.paused}</p>
        </Note>
      ) : null}
      <Section id="nodes" heading={say.nodes}>
        <ConsoleTable
          id="node-list"
          caption={say.nodes}
          none={say.noNodes}
          columns={[{ name: say.node }, { name: say.release }, { name: say.started }, { name: say.seen }]}
          rows={props.nodes.map((node) => ({
            data: { 'data-node': node.id },
            cells: [
              <code class="small">{node.id}</code>,
              node.release,
              <Minute at={node.startedAt} />,
              <Minute at={node.seenAt} />,
            ],
          }))}
        />
      </Section>
      <Section id="facts" heading={say.more} class="lines-short">
        <dl class="facts-list">
          <Fact name={say.database}>{say.databases[props.database]}</Fact>
          <Fact name={say.failing}>
            <a href={paths.jobs}>{number(props.failing)}</a>
          </Fact>
          <Fact name={say.lostAudit}>{number(props.lost.audit)}</Fact>
          <Fact name={say.lostRequests}>{number(props.lost.requests)}</Fact>
          {restored === undefined ? null : (
            <Fact name={say.restored}>
              <Minute at={restored.restoredAt} />
            </Fact>
          )}
        </dl>
      </Section>
    </ConsolePage>
  )
})
