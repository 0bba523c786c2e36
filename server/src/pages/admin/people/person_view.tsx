/** One of the people: what their account has, what happened to it, and what may be done to it. Never their data. */
import type { Child } from 'hono/jsx'
import type { Account, PersonFacts } from '../../../engine/operator/person.ts'
import { roles } from '../../../protocol/names.ts'
import { agentInWords } from '../../../words/user_agent.ts'
import { sentenceOf } from '../../account/activity_view.tsx'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { Button, Form, type FormSecrets, Select } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { paths, personPath } from '../../kit/paths.ts'
import { Day, Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { PersonStatus } from './people_view.tsx'

export interface PersonProps extends FormSecrets {
  readonly viewer: Viewer
  readonly account: Omit<Account, 'passwordHash' | 'claims'> & { readonly passwordHash: string | null }
  /** Whether it is the account of who looks at it. */
  readonly own: boolean
  readonly facts: PersonFacts
  /** Whether a mail can go to the account. */
  readonly mailed: boolean
  /** What who looks at it may do. */
  readonly may: Readonly<Record<'people' | 'endSessions' | 'clearCounters' | 'removeFactor' | 'roles', boolean>>
  readonly notice?: string | undefined
}

export const person = view((props: PersonProps) => {
  const { consolePerson: say, consolePeople } = useWords()
  const { account, facts } = props
  const { username } = account
  return (
    <ConsolePage
      title={username}
      heading={<bdi>{username}</bdi>}
      about={<code>{account.id}</code>}
      act={<PersonStatus {...account} />}
      viewer={props.viewer}
      here="people"
      below
      notice={props.notice}
    >
      <div class="beside">
        <div>
          <Section id="facts" heading={say.facts}>
            <dl class="card facts-list">
              <Fact name={say.email}>
                {account.email === null ? (
                  say.noEmail
                ) : (
                  <>
                    <bdi>{account.email}</bdi> · {account.emailVerified ? say.verified : consolePeople.unverified}
                  </>
                )}
              </Fact>
              <Fact name={say.role}>
                {account.roles.map((role) => consolePeople.roles[role]).join(', ') || say.noRole}
              </Fact>
              <Fact name={say.signsInBy}>{waysOf(props)}</Fact>
              <Fact name={say.since}>
                <Day at={account.createdAt} />
              </Fact>
            </dl>
          </Section>
          <Sessions {...facts} />
          <Apps {...facts} />
          <Activity {...facts} />
        </div>
        <div>
          <Acts {...props} />
        </div>
      </div>
    </ConsolePage>
  )
})

function waysOf({ account, facts }: PersonProps): string {
  const say = useWords().consolePerson
  const ways = [
    ...(account.passwordHash === null ? [] : [say.password]),
    ...(facts.passkeys === 0 ? [] : [say.passkeys(facts.passkeys)]),
    ...(facts.totp ? [say.totp] : []),
  ]
  return ways.join(', ') || say.noWay
}

function Sessions({ sessions }: PersonFacts) {
  const { consolePerson: say, kit } = useWords()
  const shown = sessions.slice(0, 20)
  return (
    <Section id="sessions" heading={say.sessions}>
      {shown.length === 0 ? (
        <p class="muted">{say.noSessions}</p>
      ) : (
        <ul class="card entries">
          {shown.map(({ userAgent, createdAt, lastSeenAt, address }) => (
            <li>
              <div>
                <strong>{userAgent === null ? kit.unknownDevice : agentInWords(kit, userAgent)}</strong>
                <div class="small muted">
                  <Say it={say.session} since={<Minute at={createdAt} />} seen={<Minute at={lastSeenAt} />} />
                  {address === null || address === '' ? null : (
                    <>
                      {' · '}
                      <bdi>{address}</bdi>
                    </>
                  )}
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Apps({ apps, moreApps, ownApps }: PersonFacts) {
  const say = useWords().consolePerson
  return (
    <>
      <Section id="apps" heading={say.apps}>
        {apps.length === 0 ? (
          <p class="muted">{say.noApps}</p>
        ) : (
          <ul class="card entries">
            {apps.map(({ name, lastUsed, since }) => (
              <li>
                <div>
                  <bdi class="strong">{name}</bdi>
                  <div class="small muted">
                    <Say it={say.appUsed} since={<Day at={since} />} used={<Day at={lastUsed ?? since} />} />
                  </div>
                </div>
              </li>
            ))}
          </ul>
        )}
        {moreApps ? <p class="hint">{say.moreApps}</p> : null}
      </Section>
      {ownApps.length === 0 ? null : (
        <Section id="own-apps" heading={say.ownApps}>
          <ul class="card entries">
            {ownApps.map(({ clientId, name }) => (
              <li>
                <div>
                  <bdi class="strong">{name}</bdi> <code class="small muted">{clientId}</code>
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function Activity({ activity }: PersonFacts) {
  const words = useWords()
  const say = words.consolePerson
  return (
    <Section id="person-activity" heading={say.activity}>
      <p class="muted">{say.activityLead}</p>
      {activity.length === 0 ? (
        <p class="muted">{words.activity.none}</p>
      ) : (
        <ul class="card entries">
          {activity.map((item) => (
            <li data-type={item.type}>
              <div>{sentenceOf(words, item)}</div>
              <span class="small muted">
                <Minute at={item.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** One thing that may be done: what it means, and its form. */
function Act(props: {
  id: string
  secrets: FormSecrets
  action: string
  act?: string
  text: string
  button: string
  look?: 'plain' | 'danger'
  children?: Child
}) {
  return (
    <li>
      <Form id={props.id} secrets={props.secrets} action={props.action}>
        {props.act === undefined ? null : <input type="hidden" name="act" value={props.act} />}
        <p class="small muted">{props.text}</p>
        {props.children}
        <Button look={props.look ?? 'plain'}>{props.button}</Button>
      </Form>
    </li>
  )
}

function Acts(props: PersonProps) {
  const { consolePerson: say } = useWords()
  const { account, facts, may } = props
  const secrets = { csrf: props.csrf }
  const page = personPath(account.id)
  if (props.own) {
    return (
      <p class="card small">
        <Say it={say.own} a={(text) => <a href={paths.account}>{text}</a>} />
      </p>
    )
  }
  if (!Object.values(may).some(Boolean)) return <p class="card small">{say.notYours}</p>
  const { acts } = say
  return (
    <Section id="acts" heading={say.act}>
      <ul class="card steps-plain">
        {may.endSessions ? (
          <Act id="end-all" secrets={secrets} action={personPath(account.id, 'end')} {...acts.end} look="danger" />
        ) : null}
        {may.clearCounters ? (
          <Act id="forgive-guesses" secrets={secrets} action={page} act="forgive" {...acts.forgive} />
        ) : null}
        {may.people && props.mailed && account.enabled ? (
          <Act id="reset-link" secrets={secrets} action={page} act="reset" {...acts.reset} />
        ) : null}
        {may.removeFactor && account.secondFactor && facts.removalAt === undefined && props.mailed ? (
          <Act
            id="remove-factor"
            secrets={secrets}
            action={personPath(account.id, 'factor')}
            {...acts.factor}
            look="danger"
          />
        ) : null}
        {may.removeFactor && facts.removalAt !== undefined ? (
          <Act id="keep-factor" secrets={secrets} action={page} act="keep" {...acts.keep} />
        ) : null}
        {may.roles ? (
          <Act id="roles" secrets={secrets} action={personPath(account.id, 'roles')} {...acts.roles}>
            <Roles account={account} />
          </Act>
        ) : null}
        {may.people && account.enabled ? (
          <Act
            id="disable-user"
            secrets={secrets}
            action={personPath(account.id, 'disable')}
            {...acts.disable}
            look="danger"
          />
        ) : null}
        {may.people && !account.enabled ? (
          <Act id="enable-user" secrets={secrets} action={page} act="enable" {...acts.enable} />
        ) : null}
      </ul>
    </Section>
  )
}

function Roles({ account }: Pick<PersonProps, 'account'>) {
  const { consolePerson: say, consolePeople } = useWords()
  const options = [
    { value: 'none', label: say.noRole },
    ...roles.toReversed().map((role) => ({ value: role, label: consolePeople.roles[role] })),
  ]
  return <Select name="role" label={say.role} value={account.roles[0] ?? 'none'} options={options} />
}
