/** One app: what is approved, what waits beside it, and the operator's decisions. */
import type { AppFacts } from '../../../engine/operator/app_facts.ts'
import type { PlanState } from '../../../runtime/limits/quotas.ts'
import { AppStatus } from '../../kit/app_card.tsx'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ListTable } from '../../kit/console/listing.tsx'
import { Button, Field, Form, type FormSecrets, Select } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { consoleAppPath } from '../../kit/paths.ts'
import { Used } from '../../kit/plan_facts.tsx'
import { Day } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'
import { ApproveForm } from './apps_view.tsx'

export interface ConsoleAppProps extends FormSecrets {
  readonly viewer: Viewer
  readonly app: AppFacts
  readonly plan?: PlanState | undefined
  /** The names of all plans. */
  readonly plans: readonly string[]
  readonly mayDecide: boolean
  readonly notice?: string | undefined
}

export const consoleApp = view((props: ConsoleAppProps) => {
  const { consoleApps: say } = useWords()
  const { app } = props
  const changed = app.members.some(({ proposed }) => proposed !== undefined)
  const columns = [say.member, say.now, ...(changed ? [say.proposed] : [])]
  return (
    <ConsolePage
      title={app.name}
      heading={<bdi>{app.name}</bdi>}
      about={<code>{app.clientId}</code>}
      act={<AppStatus status={app.status} />}
      viewer={props.viewer}
      here="apps"
      below
      notice={props.notice}
    >
      <div class="beside">
        <div>
          <dl class="card facts-list">
            <Fact name={say.columns.owner}>{app.owner === undefined ? '–' : <bdi>{app.owner}</bdi>}</Fact>
            <Fact name={say.collaborators}>{app.collaborators.join(', ') || '–'}</Fact>
            <Fact name={say.verified}>{app.verifiedBy ?? '–'}</Fact>
            <Fact name={say.secrets}>
              {app.secrets.length === 0
                ? '–'
                : app.secrets.map(({ name, createdAt, expiresAt }) => (
                    <div>
                      <bdi>{name}</bdi> · <Day at={createdAt} />
                      {expiresAt === null ? null : (
                        <>
                          {' – '}
                          <Day at={expiresAt} />
                        </>
                      )}
                    </div>
                  ))}
            </Fact>
            <Fact name={say.plan} id="app-plan">
              <Plan of={props.plan} />
            </Fact>
            <Fact name={say.columns.since}>
              <Day at={app.createdAt} />
            </Fact>
          </dl>
          <Section id="form" heading={changed ? say.changeWaits : say.form}>
            <ListTable id="app-form" caption={say.form} columns={columns}>
              {app.members.map(({ name, now, proposed }) => (
                <tr>
                  <td data-label={say.member}>{say.members[name] ?? name}</td>
                  <td data-label={say.now}>{shown(now)}</td>
                  {changed ? (
                    <td data-label={say.proposed}>
                      {proposed === undefined ? '' : <strong>{shown(proposed)}</strong>}
                    </td>
                  ) : null}
                </tr>
              ))}
            </ListTable>
          </Section>
        </div>
        {props.mayDecide ? <Decisions {...props} /> : null}
      </div>
    </ConsolePage>
  )
})

function shown(value: unknown) {
  if (value === undefined || value === '') return '–'
  return <bdi>{Array.isArray(value) ? value.join('\n') : String(value)}</bdi>
}

function Plan(props: { of: PlanState | undefined }) {
  const { consoleApps: say, plan: words } = useWords()
  if (props.of === undefined) return say.noPlan
  return (
    <>
      <bdi class="strong">{props.of.plan}</bdi>
      {props.of.periods.map((period) => (
        <div>
          <span class="muted">{words.periods[period.name]}</span> · <Used of={period} />
        </div>
      ))}
    </>
  )
}

function Decisions({ app, csrf, plan, plans }: ConsoleAppProps) {
  const say = useWords().consoleApps
  const page = consoleAppPath(app.clientId)
  const secrets = { csrf }
  return (
    <Section id="decisions" heading={say.decisions}>
      <ul class="card steps-plain">
        {app.waiting === undefined ? null : (
          <>
            <li>
              <ApproveForm app={app} csrf={csrf} />
            </li>
            <li>
              <Form id="refuse-app" secrets={secrets} action={page}>
                <input type="hidden" name="act" value="refuse" />
                <Field name="reason" label={say.reason} hint={say.reasonHint} optional />
                <Button look="danger">{say.refuse}</Button>
              </Form>
            </li>
          </>
        )}
        <li>
          <Form id="verify-app" secrets={secrets} action={page}>
            <input type="hidden" name="act" value={app.verified ? 'unverify' : 'verify'} />
            <Button look="plain">{app.verified ? say.unverify : say.verify}</Button>
          </Form>
        </li>
        {plans.length === 0 ? null : (
          <li>
            <Form id="plan-form" secrets={secrets} action={page}>
              <input type="hidden" name="act" value="plan" />
              <Select
                name="plan"
                label={say.plan}
                value={plan?.plan ?? ''}
                options={[{ value: '', label: say.noPlan }, ...plans.map((name) => ({ value: name, label: name }))]}
              />
              <Button look="plain">{say.changePlan}</Button>
            </Form>
          </li>
        )}
        <li>
          {app.status === 'disabled' ? (
            <Form id="enable-app" secrets={secrets} action={page}>
              <input type="hidden" name="act" value="enable" />
              <Button look="plain">{say.enable}</Button>
            </Form>
          ) : (
            <Form id="disable-app" secrets={secrets} action={consoleAppPath(app.clientId, 'disable')}>
              <Button look="danger">{say.disable}</Button>
            </Form>
          )}
        </li>
      </ul>
    </Section>
  )
}
