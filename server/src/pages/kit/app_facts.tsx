/** Who runs an app, as far as it is known here, and what its developer has published about it. */
import type { Millis } from '../../lib/clock.ts'
import { Tag } from './note.tsx'
import { Day, Month } from './time.tsx'
import { Say, useWords } from './words.tsx'

export interface AppFacts {
  readonly name: string
  /** When the operator has verified the app as it is now. */
  readonly verifiedAt?: Millis | undefined
  /** Null where the app is not registered here but describes itself at its own address. */
  readonly registeredAt: Millis | null
  /** Who makes the app, in its developer's words. */
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly policy?: string | undefined
  readonly terms?: string | undefined
  /** Whether only its developer's own circle can use it yet. */
  readonly inDevelopment?: boolean | undefined
  /** Whether nobody has registered it but itself. */
  readonly registeredItself?: boolean | undefined
  /** The username of the developer of an app in development. */
  readonly developer?: string | undefined
}

export function WhoRuns({ app }: { app: AppFacts }) {
  const say = useWords().kit
  const known = app.verifiedAt !== undefined
  const { developer } = app
  const publisher = <bdi>{app.publisher}</bdi>
  return (
    <div class="small muted by">
      {app.inDevelopment ? (
        <Tag kind="warn">{say.states.pending}</Tag>
      ) : known ? (
        <Tag kind="good">{say.verified}</Tag>
      ) : (
        <Tag kind="warn">{say.unverified}</Tag>
      )}{' '}
      {app.publisher === undefined ? null : (
        <span>
          <Say it={known ? say.by : say.saysBy} name={publisher} />
        </span>
      )}{' '}
      <p>
        {app.registeredAt === null ? (
          say.notRegistered
        ) : app.inDevelopment && developer !== undefined ? (
          <Say it={say.registeredBy} developer={<bdi>{developer}</bdi>} month={<Month at={app.registeredAt} />} />
        ) : (
          <Say it={say.registered} month={<Month at={app.registeredAt} />} />
        )}
      </p>
    </div>
  )
}

/** What the developer has published, and who here has looked at the app. `server` is the name of this server. */
export function AboutApp({ app, server }: { app: AppFacts; server: string }) {
  const say = useWords().kit
  const { website, policy, terms, verifiedAt } = app
  const verified = verifiedAt !== undefined && !app.inDevelopment
  if (website === undefined && policy === undefined && terms === undefined && !verified) return null
  return (
    <div class="part small muted">
      <Published label={say.about(app.name)} website={website} policy={policy} terms={terms} />
      {verified ? (
        <p id="verified-by">
          <Say it={say.verifiedBy} server={<bdi>{server}</bdi>} day={<Day at={verifiedAt} />} />
        </p>
      ) : null}
    </div>
  )
}

/** Links to what somebody has published, each in a window of its own: what is being decided here stays open. */
export function Published(props: {
  label: string
  website?: string | undefined
  policy?: string | undefined
  terms?: string | undefined
  openapi?: string | undefined
}) {
  const say = useWords().kit
  const { website, policy, terms, openapi } = props
  const links = [
    { href: website, text: website === undefined ? '' : hostOf(website) },
    { href: policy, text: say.privacyPolicy },
    { href: terms, text: say.terms },
    { href: openapi, text: say.openapi },
  ].filter((link): link is { href: string; text: string } => link.href !== undefined)
  if (links.length === 0) return null
  return (
    <ul class="links" aria-label={props.label}>
      {links.map(({ href, text }) => (
        <li>
          <a href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        </li>
      ))}
    </ul>
  )
}

/** The host of an address; the address itself where it has none. */
export function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).host : uri
}
