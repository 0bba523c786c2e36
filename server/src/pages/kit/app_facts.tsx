/** Who runs an app, as far as it is known here, and what its developer has published about it. */
import type { Millis } from '../../lib/clock.ts'
import { Tag } from './note.tsx'
import { Day, Month } from './time.tsx'

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
  /** The username of the developer of an app in development. */
  readonly developer?: string | undefined
}

export function WhoRuns({ app }: { app: AppFacts }) {
  const known = app.verifiedAt !== undefined
  const { developer } = app
  return (
    <div class="small muted by">
      {app.inDevelopment ? (
        <Tag kind="warn">In development</Tag>
      ) : known ? (
        <Tag kind="good">Verified</Tag>
      ) : (
        <Tag kind="warn">Unverified</Tag>
      )}{' '}
      {app.publisher === undefined ? null : (
        <span>
          {known ? 'by' : 'says it is by'} <bdi>{app.publisher}</bdi>
        </span>
      )}{' '}
      <p>
        {app.registeredAt === null ? (
          'Not registered here.'
        ) : (
          <>
            Registered{' '}
            {app.inDevelopment && developer !== undefined ? (
              <>
                by <bdi>{developer}</bdi>, a developer on this server,{' '}
              </>
            ) : null}
            in <Month at={app.registeredAt} />.
          </>
        )}
      </p>
    </div>
  )
}

/** What the developer has published, and who here has looked at the app. `server` is the name of this server. */
export function AboutApp({ app, server }: { app: AppFacts; server: string }) {
  const { website, policy, terms, verifiedAt } = app
  const verified = verifiedAt !== undefined && !app.inDevelopment
  if (website === undefined && policy === undefined && terms === undefined && !verified) return null
  return (
    <div class="part small muted">
      <Published label={`About ${app.name}`} website={website} policy={policy} terms={terms} />
      {verified ? (
        <p id="verified-by">
          Verified by <bdi>{server}</bdi> on <Day at={verifiedAt} />.
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
}) {
  const { website, policy, terms } = props
  const links = [
    { href: website, text: website === undefined ? '' : hostOf(website) },
    { href: policy, text: 'Privacy policy' },
    { href: terms, text: 'Terms' },
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
