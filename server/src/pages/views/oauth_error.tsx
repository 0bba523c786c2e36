/** The page for an authorization request whose answer may not be sent anywhere (RFC 6749 §4.1.2.1). */
import type { RefusalCode } from '../../protocol/refusal.ts'
import { StopIcon } from '../kit/icons.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'

export interface OAuthErrorProps {
  readonly code: RefusalCode | 'server_error'
  /** The public text of the refusal. It holds nothing that was sent. */
  readonly text: string
  readonly requestId: string
}

export function oauthError(props: OAuthErrorProps): string {
  return renderPage(
    <NarrowPage title="Something is wrong with this link">
      <section class="card">
        <div class="sign bad">
          <StopIcon />
        </div>
        <h1>Something is wrong with this link</h1>
        <p>The app that sent you here made a mistake. Nothing has happened to your account.</p>
        <div id="oauth-error" role="alert">
          <p>
            <strong>OAuth error: {props.code}</strong>
            <br />
            {props.text}
          </p>
        </div>
        <p class="muted small">
          Go back to the app and try once more. If that does not help, tell its developer this reference; the request
          log of the app explains it.
        </p>
        <Reference requestId={props.requestId} />
      </section>
    </NarrowPage>,
  )
}

/** The id under which the request log and the operator's log know this answer. */
export function Reference(props: { requestId: string }) {
  return (
    <p class="small last">
      <span class="muted">X-Request-Id</span> <code id="request-id">{props.requestId}</code>
    </p>
  )
}
