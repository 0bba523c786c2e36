/** The page for an authorization request whose answer may not be sent anywhere (RFC 6749 §4.1.2.1). */
import type { RefusalCode } from '../../protocol/refusal.ts'
import { LinkButton } from '../kit/form.tsx'
import { OpenIcon, WarningIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'

export interface OAuthErrorProps {
  readonly code: RefusalCode | 'server_error'
  /** The public text of the refusal. It holds nothing that was sent. */
  readonly text: string
  readonly requestId: string
  /** Whether the same address can be asked for once more. */
  readonly repeatable?: boolean | undefined
  /** The app that sent the person, and its own site. */
  readonly app?: { readonly name: string; readonly href: string } | undefined
  /** The entry of the request log, for somebody who works on the app. */
  readonly entryHref?: string | undefined
}

const ours: ReadonlySet<OAuthErrorProps['code']> = new Set(['server_error', 'temporarily_unavailable'])

export const oauthError = view((props: OAuthErrorProps) => {
  const { app, entryHref } = props
  const fault = ours.has(props.code)
  const heading = fault ? 'Something went wrong on our side' : 'Something is wrong with this link'
  return (
    <NarrowPage title={heading}>
      <section class="card">
        <div class="sign">
          <WarningIcon />
        </div>
        <h1>{heading}</h1>
        <p role="alert">
          {fault
            ? 'Nothing has happened to your account. Please try again in a moment.'
            : 'The link from the app does not work. Nothing has happened to your account. Go back to the app and try once more.'}
        </p>
        <div class="row">
          {/* An empty address is that of this very page. */}
          {fault && props.repeatable ? <LinkButton href="">Try again</LinkButton> : null}
          {app === undefined ? null : (
            <a id="back-to-app" href={app.href} rel="noreferrer" class="button plain">
              Back to <bdi>{app.name}</bdi>
            </a>
          )}
          <LinkButton href={paths.start} look="plain">
            Go to the home page
          </LinkButton>
        </div>
        <details class="after small" open={entryHref !== undefined}>
          <summary>
            <OpenIcon />
            <span>For the developer</span>
          </summary>
          <div id="oauth-error">
            <p>
              <strong>OAuth error: {props.code}</strong>
              <br />
              {props.text}
            </p>
            {entryHref === undefined ? (
              <p class="muted">The request log of the app explains it under this reference.</p>
            ) : (
              <p>
                <a id="log-entry" href={entryHref}>
                  See this request in the log of your app
                </a>
              </p>
            )}
            <Reference requestId={props.requestId} />
          </div>
        </details>
      </section>
    </NarrowPage>
  )
})

/** The id under which the request log and the operator's log know this answer. */
export function Reference(props: { requestId: string }) {
  return (
    <p class="small last">
      <span class="muted">X-Request-Id</span> <code id="request-id">{props.requestId}</code>
    </p>
  )
}
