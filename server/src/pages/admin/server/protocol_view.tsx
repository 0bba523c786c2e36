/** The plan for the end of one legacy protocol: who would notice, who was told, and the steps of the plan as forms. */
import type { ProtocolPlan } from '../../../engine/operator/protocol_plans.ts'
import type { BrownoutProblem } from '../../../engine/operator/protocols.ts'
import { may } from '../../../engine/operator/ranks.ts'
import { dayOf } from '../../../lib/clock.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { Button, Field, Form, type FormSecrets } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { protocolPath } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'
import { ProtocolState } from './protocols_view.tsx'

/** What may be wrong with the form of a plan. */
export type PlanProblem = BrownoutProblem | 'date' | 'link' | 'time' | 'minutes'

export interface ProtocolPlanProps extends FormSecrets, ProtocolPlan {
  readonly viewer: Viewer
  readonly notice?: string | undefined
  readonly problem?: PlanProblem | undefined
  /** What was typed into a form that was not taken. */
  readonly typed?: Readonly<Record<string, string>> | undefined
}

export const protocolPlan = view((props: ProtocolPlanProps) => {
  const { protocols: say } = useWords()
  const name = say.name(props.protocol)
  return (
    <ConsolePage
      title={name}
      heading={name}
      about={<ProtocolState state={props.state} inSettings={props.inSettings} />}
      viewer={props.viewer}
      here="protocols"
      below
      failed={props.problem !== undefined}
      notice={props.notice}
    >
      {props.problem === undefined ? null : (
        <Note kind="bad">
          <p>{say.problems[props.problem]}</p>
        </Note>
      )}
      <SafeToClose {...props} />
      <Keys {...props} />
      <Told {...props} />
      {may(props.viewer.role, 'run_server') ? (
        <>
          <Announcement {...props} />
          <Brownouts {...props} />
          <Ending {...props} />
        </>
      ) : null}
    </ConsolePage>
  )
})

function SafeToClose(props: ProtocolPlanProps) {
  const { protocols: say, number } = useWords()
  const { apps, keys } = props
  return (
    <Section id="safe" heading={say.safe}>
      {apps.length + keys.length === 0 ? (
        <Note kind="good">
          <p>{say.nobody}</p>
        </Note>
      ) : (
        <Note kind="warning">
          <p>{say.wouldBreak(apps.length)}</p>
        </Note>
      )}
      {apps.length === 0 ? null : (
        <ConsoleTable
          id="seen-apps"
          caption={say.seen}
          none=""
          columns={[{ name: say.app }, { name: say.uses, figure: true }, { name: say.lastUse }]}
          rows={apps.map(({ clientId, name, count, lastAt }) => ({
            data: { 'data-client': clientId },
            cells: [
              <>
                <bdi>{name ?? say.goneApp}</bdi> <code class="small">{clientId}</code>
              </>,
              number(count),
              <Minute at={lastAt} />,
            ],
          }))}
        />
      )}
    </Section>
  )
}

function Keys({ keys }: ProtocolPlanProps) {
  const { protocols: say } = useWords()
  if (keys.length === 0) return null
  return (
    <Section id="keys" heading={say.keys}>
      <p class="muted">{say.keysText}</p>
      <ConsoleTable
        id="seen-keys"
        caption={say.keys}
        none=""
        columns={[{ name: say.key }, { name: say.owner }, { name: say.lastUse }]}
        rows={keys.map((key) => ({
          cells: [
            <>
              <bdi>{key.name}</bdi> <code class="small">{key.start}…</code>
            </>,
            <bdi>{key.owner}</bdi>,
            <Minute at={key.lastAt} />,
          ],
        }))}
      />
    </Section>
  )
}

function Told({ told, mail }: ProtocolPlanProps) {
  const { protocols: say } = useWords()
  return (
    <Section id="tellings" heading={say.told}>
      <ConsoleTable
        id="told"
        caption={say.told}
        none={mail ? say.nobodyTold : say.noMail}
        columns={[{ name: say.whom }, { name: say.app }, { name: say.toldOf }, { name: say.toldAt }]}
        rows={told.map(({ app, username, sunset, at }) => ({
          cells: [<bdi>{username}</bdi>, <bdi>{app}</bdi>, <Day at={sunset} />, <Minute at={at} />],
        }))}
      />
    </Section>
  )
}

function Announcement(props: ProtocolPlanProps) {
  const { protocols: say } = useWords()
  const { decision, typed } = props
  const sunset = decision.sunset === undefined ? '' : dayOf(decision.sunset)
  return (
    <Section id="announce" heading={say.announce} class="lines-short">
      <p class="muted">{say.announceText}</p>
      {decision.since === undefined ? null : (
        <dl class="facts-list">
          <Fact name={say.since}>
            <Day at={decision.since} />
          </Fact>
          {decision.sunset === undefined ? null : (
            <Fact name={say.ends}>
              <Day at={decision.sunset} />
            </Fact>
          )}
        </dl>
      )}
      <Form id="announce-form" class="card after" secrets={props} action={protocolPath(props.protocol)}>
        <Field name="sunset" type="date" label={say.sunset} hint={say.sunsetHint} value={typed?.sunset ?? sunset} />
        <Field name="link" label={say.link} hint={say.linkHint} value={typed?.link ?? decision.link ?? ''} optional />
        <div class="row">
          <Button id="announce-submit" name="act" value="announce">
            {decision.sunset === undefined ? say.announceSubmit : say.announceAgain}
          </Button>
          {decision.sunset === undefined ? null : (
            <Button name="act" value="take-back" look="plain" unchecked>
              {say.takeBack}
            </Button>
          )}
        </div>
      </Form>
    </Section>
  )
}

function Brownouts(props: ProtocolPlanProps) {
  const { protocols: say } = useWords()
  const { decision, typed, now } = props
  const { brownouts = [] } = decision
  return (
    <Section id="brown-outs" heading={say.brownouts} class="lines-short">
      <p class="muted">{say.brownoutsText}</p>
      {brownouts.length === 0 ? null : (
        <ul class="card entries">
          {brownouts.map(({ from, until }) => (
            <li data-from={new Date(from).toISOString()}>
              <div>
                <Minute at={from} /> – <Minute at={until} />
                <div class="small muted">{now >= until ? say.over : now >= from ? say.underWay : say.ahead}</div>
              </div>
              <Form secrets={props} action={protocolPath(props.protocol)}>
                <input type="hidden" name="from" value={String(from)} />
                <Button name="act" value="remove-brown-out" look="plain">
                  {say.remove}
                </Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
      <Form id="brown-out-form" class="card after" secrets={props} action={protocolPath(props.protocol)}>
        <Field name="date" type="date" label={say.day} value={typed?.date} />
        <Field name="time" type="time" label={say.time} hint={say.timeHint} value={typed?.time} />
        <Field name="minutes" digits label={say.minutes} value={typed?.minutes ?? '15'} />
        <Button id="brown-out-submit" name="act" value="brown-out">
          {say.schedule}
        </Button>
      </Form>
    </Section>
  )
}

function Ending(props: ProtocolPlanProps) {
  const { protocols: say } = useWords()
  const { closed, since } = props.decision
  return (
    <Section id="ending" heading={say.end} class="lines-short">
      <p class="muted">{closed ? say.closedText : say.closeText}</p>
      <Form id="end-form" secrets={props} action={protocolPath(props.protocol)}>
        <div class="row">
          {closed ? (
            <Button id="open-protocol" name="act" value="open">
              {say.open}
            </Button>
          ) : (
            <Button id="close-protocol" name="act" value="close" look="danger">
              {say.close}
            </Button>
          )}
          {since === undefined ? null : (
            <Button id="undo-plan" name="act" value="undo" look="plain">
              {say.undo}
            </Button>
          )}
        </div>
      </Form>
    </Section>
  )
}
