/** The pages for devices that cannot show a browser: where a code is typed, where it is decided, and what came of it. */
import type { Millis } from '../../../lib/clock.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { initials } from '../../kit/app_card.tsx'
import { AboutApp, WhoRuns } from '../../kit/app_facts.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { CheckIcon } from '../../kit/icons.tsx'
import { NarrowPage } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Services } from '../../kit/services.tsx'
import { Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import type { Asked } from '../consent/consent_read.ts'
import { AccountChip, type AskedAccount, type ConsentProps, Permissions, Unreviewed } from '../consent/consent_view.tsx'

export interface DeviceEntryProps extends FormSecrets {
  /** What is filled in. */
  readonly code?: string | undefined
  readonly problem?: FormProblem | undefined
}

export const deviceEntry = view((props: DeviceEntryProps) => {
  const { kit, device: say } = useWords()
  const { code, problem } = props
  return (
    <NarrowPage title={problem === undefined ? say.heading : kit.problemTitle(say.heading)}>
      <section class="card">
        <h1>{say.heading}</h1>
        <p class="muted">{say.lead}</p>
        <Form id="device-form" secrets={props} action={paths.device}>
          <Field
            id="user-code"
            name="user_code"
            label={say.code}
            value={code}
            hint={say.hint}
            problem={problem}
            focus={code === undefined}
            alerts
          />
          <Button id="device-continue">{say.goOn}</Button>
        </Form>
        <p class="small muted last">{say.warning}</p>
      </section>
    </NarrowPage>
  )
})

export interface DeviceProps
  extends FormSecrets,
    Asked,
    AskedAccount,
    Pick<ConsentProps, 'before' | 'read' | 'server'> {
  /** The code, for comparing. */
  readonly code: string
  readonly askedAt: Millis
  /** The network that the device asked from, where that is another one than the person's. */
  readonly network: string | undefined
}

export const device = view((props: DeviceProps) => {
  const { consent, device: say } = useWords()
  const { client } = props
  return (
    <NarrowPage title={consent.title(client.name)}>
      <Form id="consent-form" class="card parts" secrets={props} action={paths.deviceDecision}>
        <input type="hidden" name="read" value={props.read} />
        <div class="part">
          <div class="tile" aria-hidden="true">
            {initials(client.name)}
          </div>
          <h1>
            <Say
              it={say.asks}
              name={
                <span id="client-name" dir="auto">
                  {client.name}
                </span>
              }
            />
          </h1>
          <WhoRuns app={client} />
          <AccountChip {...props} />
          <Unreviewed client={client} />
        </div>
        <div class="part">
          <h2>{say.compare}</h2>
          <p class="code device-code" id="device-code">
            {props.code}
          </p>
          <dl class="facts-list">
            <dt>{say.askedAt}</dt>
            <dd>
              <Minute at={props.askedAt} />
            </dd>
            <dt>{say.askedFrom}</dt>
            <dd id="device-network">
              {props.network === undefined ? (
                say.yourNetwork
              ) : (
                <Say it={say.otherNetwork} network={<bdi dir="ltr">{props.network || say.unknownNetwork}</bdi>} />
              )}
            </dd>
          </dl>
          <Note kind="warning">
            <p>{say.yourself}</p>
          </Note>
        </div>
        <Permissions {...props} />
        <Services title={consent.services} services={props.services ?? []} />
        <AboutApp app={client} server={props.server} />
        <div class="part decide">
          <div class="pair">
            <Button id="consent-allow" name="decision" value="allow">
              {consent.allow}
            </Button>
            <Button id="consent-deny" name="decision" value="deny" look="plain" unchecked>
              {consent.deny}
            </Button>
          </div>
          <p class="small muted">
            <Say
              it={consent.removable}
              a={(text) => (
                <a href={paths.accountApps} target="_blank" rel="noopener noreferrer">
                  {text}
                </a>
              )}
            />
          </p>
        </div>
      </Form>
    </NarrowPage>
  )
})

export const deviceDone = view(({ done }: { readonly done: 'allowed' | 'denied' }) => {
  const say = useWords().device
  const { heading, text } = say.done[done]
  return (
    <NarrowPage title={heading}>
      <section class="card" id={`device-${done}`}>
        {done === 'allowed' ? (
          <div class="sign">
            <CheckIcon />
          </div>
        ) : null}
        <h1>{heading}</h1>
        <p>{text}</p>
        <div class="row">
          <LinkButton href={paths.accountApps} look="plain">
            {say.toApps}
          </LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})
