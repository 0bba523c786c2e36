/** The consent page: who asks, for which account, what for, for how long, where it goes, and how to take it back. */
import type { ScopeKind } from '../../../protocol/scope.ts'
import { initials } from '../../kit/app_card.tsx'
import { AboutApp, WhoRuns } from '../../kit/app_facts.tsx'
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import { OpenIcon } from '../../kit/icons.tsx'
import { NarrowPage } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Meaning, Permission, PermissionGroup } from '../../kit/permissions.tsx'
import { Services } from '../../kit/services.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { type Asked, type AskedScope, endsInWords, staysInWords } from './consent_read.ts'

export interface ConsentProps extends FormSecrets, Asked {
  readonly redirect: NonNullable<Asked['redirect']>
  /** By which the form says what was read. */
  readonly read: string
  /** The name of this server: the host of its issuer. */
  readonly server: string
  /** The e-mail or username of the account that is asked for. */
  readonly account: string
  /** The name of its holder, or what else tells the account from others. */
  readonly accountName?: string | undefined
  /** The path of the person's picture. */
  readonly accountPicture?: string | undefined
  /** What the person has allowed the app already, and the name and the destination it had then, where they differ. */
  readonly before?:
    | {
        readonly scope: readonly string[]
        readonly name?: string | undefined
        readonly destination?: string | undefined
      }
    | undefined
  /** Who is signed in in this browser, where the app brought somebody else, and where to go on as they. */
  readonly signedInAs?: { readonly account: string; readonly href: string } | undefined
  /** Where to sign in as somebody else. */
  readonly switchHref?: string | undefined
  /** True where the yes holds for this once and is not remembered. */
  readonly once?: boolean | undefined
}

export const consent = view((props: ConsentProps) => {
  const say = useWords().consent
  const { client } = props
  const choice = props.scopes.some((scope) => scope.shown && scope.optional)
  return (
    <NarrowPage title={say.title(client.name)}>
      <Form id="consent-form" class="card parts" secrets={props} action={paths.consent}>
        <input type="hidden" name="read" value={props.read} />
        {/* Without a button that does nothing in front, Enter in a checkbox would press Allow. */}
        {choice ? <button type="submit" disabled hidden /> : null}
        <div class="part">
          <div class="tile" aria-hidden="true">
            {initials(client.name)}
          </div>
          <h1>
            <Say
              it={say.heading}
              name={
                <span id="client-name" dir="auto">
                  {client.name}
                </span>
              }
            />
          </h1>
          <WhoRuns app={client} />
          <AccountChip {...props} />
          <Warnings {...props} />
        </div>
        <Permissions {...props} />
        <Services title={say.services} services={props.services ?? []} />
        <AboutApp app={client} server={props.server} />
        <div class="part decide">
          <div class="pair">
            <Button id="consent-allow" name="decision" value="allow">
              {say.allow}
            </Button>
            <Button id="consent-deny" name="decision" value="deny" look="plain" unchecked>
              {say.deny}
            </Button>
          </div>
          <p class="small muted">
            <Say
              it={say.destinations[props.redirect.kind]}
              host={
                <strong class="host" dir="ltr">
                  {props.redirect.host}
                </strong>
              }
            />{' '}
            {props.once ? say.once : ''}
            <Say
              it={say.removable}
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

/** What the page says of the account that is asked for. */
export type AskedAccount = Pick<ConsentProps, 'account' | 'accountName' | 'accountPicture' | 'switchHref'>

/** For which account; no button of the app's choosing can change it. */
export function AccountChip(props: AskedAccount) {
  const say = useWords().consent
  return (
    <div class="chip">
      {props.accountPicture === undefined ? (
        <span class="face" aria-hidden="true">
          {initials(props.accountName ?? props.account).slice(0, 1)}
        </span>
      ) : (
        <img class="face" src={props.accountPicture} alt="" width="32" height="32" />
      )}
      <span class="who">
        <span class="unseen">{say.yourAccount}</span>
        {props.accountName === undefined ? null : (
          <>
            <span class="strong" dir="auto">
              {props.accountName}
            </span>
            <br />
          </>
        )}
        <bdi class={props.accountName === undefined ? 'strong' : 'small muted'}>{props.account}</bdi>
      </span>
      {props.switchHref === undefined ? null : (
        <a class="small press" href={props.switchHref} rel="noreferrer">
          <Say it={say.switchAccount} unseen={(text) => <span class="unseen">{text}</span>} />
        </a>
      )}
    </div>
  )
}

/** What a person has to know before they read on, the strangest first. */
function Warnings(props: ConsentProps) {
  const say = useWords().consent
  const { client, redirect, signedInAs, before } = props
  return (
    <>
      {signedInAs === undefined ? null : (
        <Note kind="warning">
          <p>
            <Say
              it={say.otherSignedIn}
              account={<strong dir="auto">{props.account}</strong>}
              other={<strong dir="auto">{signedInAs.account}</strong>}
            />
          </p>
          <p>
            <a id="consent-switch" href={signedInAs.href} rel="noreferrer">
              <Say it={say.continueAs} account={<bdi>{signedInAs.account}</bdi>} />
            </a>
          </p>
        </Note>
      )}
      {before?.name === undefined && before?.destination === undefined ? null : (
        <Note kind="warning">
          {before.name === undefined ? null : (
            <p id="name-changed">
              <Say it={say.renamed} name={<strong dir="auto">{before.name}</strong>} />
            </p>
          )}
          {before.destination === undefined ? null : (
            <p id="destination-changed">
              <Say
                it={say.moved}
                before={<strong dir="ltr">{before.destination}</strong>}
                now={<strong dir="ltr">{redirect.host}</strong>}
              />
            </p>
          )}
        </Note>
      )}
      {redirect.kind === 'loopback' ? (
        <Note kind="warning">
          <p>
            <Say it={say.toProgram} host={<bdi>{redirect.host}</bdi>} />
          </p>
        </Note>
      ) : null}
      {redirect.kind === 'app' ? (
        <Note kind="warning">
          <p>{say.toApp}</p>
        </Note>
      ) : null}
      <Unreviewed client={client} host={redirect.host} />
    </>
  )
}

/** That nobody here has looked at the app. `host` is where the answer goes. */
export function Unreviewed({ client, host }: Pick<Asked, 'client'> & { host?: string }) {
  const say = useWords().consent
  if (client.verifiedAt !== undefined && !client.inDevelopment) return null
  if (client.registeredItself === true && host !== undefined) {
    return (
      <Note kind="warning">
        <p id="registered-itself">
          <Say
            it={say.registeredItself}
            host={
              <strong class="host" dir="ltr">
                {host}
              </strong>
            }
          />
        </p>
      </Note>
    )
  }
  return (
    <Note kind="warning">
      {client.inDevelopment ? (
        <p id="in-development">
          <Say it={say.inDevelopment} />
        </p>
      ) : (
        <p>
          <Say it={say.unreviewed} />
        </p>
      )}
    </Note>
  )
}

const kinds = ['see', 'change', 'stay'] as const satisfies readonly ScopeKind[]

/** What is asked for, by what it lets the app do; what was allowed before is folded where something new stands beside. */
export function Permissions(props: Pick<ConsentProps, 'scopes' | 'before' | 'stay' | 'ends'>) {
  const words = useWords()
  const { consent: say } = words
  const { before, stay } = props
  const stays = staysInWords(words, stay)
  const asked = props.scopes.filter((scope) => scope.shown)
  const isKnown = ({ name }: AskedScope) => before?.scope.includes(name) === true
  const fresh = asked.filter((scope) => !isKnown(scope))
  // Where nothing is new there is nothing to set apart: the whole is asked for once more.
  const known = fresh.length === 0 ? [] : asked.filter((scope) => isKnown(scope) && scope.kind !== 'stay')
  const open = fresh.length === 0 ? asked : asked.filter((scope) => !known.includes(scope))
  const isNew = (scope: AskedScope) => before !== undefined && fresh.includes(scope)
  return (
    <>
      {asked.length === 0 ? <p class="part muted">{say.nothing}</p> : null}
      {asked.some((scope) => scope.optional) ? <p class="part small muted">{say.choice}</p> : null}
      {before !== undefined && asked.length > 0 && fresh.length === 0 ? (
        <p class="part small muted">{say.allowedBefore}</p>
      ) : null}
      {kinds.map((kind) => {
        const scopes = open.filter((scope) => scope.kind === kind)
        return scopes.length === 0 ? null : (
          <PermissionGroup kind={kind} title={say.kinds[kind]}>
            {scopes.map((scope) => (
              <Scope scope={scope} fresh={isNew(scope)} more={scope.kind === 'stay' ? stays : ''} />
            ))}
          </PermissionGroup>
        )
      })}
      {props.ends === undefined ? null : (
        <p class="part small muted" id="access-ends">
          {endsInWords(words, props.ends)}
        </p>
      )}
      {known.length === 0 ? null : (
        <details class="part">
          <summary>
            <OpenIcon />
            <span>{say.alreadyAllowed(known.length)}</span>
          </summary>
          <ul class="scopes">
            {known.map((scope) => (
              <Scope scope={scope} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Scope({ scope, ...more }: { scope: AskedScope; fresh?: boolean; more?: string }) {
  if (!scope.optional) return <Permission scope={scope} {...more} />
  return (
    <li data-scope={scope.name}>
      <label class="line">
        <input type="checkbox" name="scope" value={scope.name} checked />
        <Meaning scope={scope} {...more} />
      </label>
    </li>
  )
}
