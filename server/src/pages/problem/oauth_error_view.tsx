/** The page for an authorization request whose answer may not be sent anywhere (RFC 6749 §4.1.2.1). */
import type { RefusalCode } from '../../protocol/refusal.ts'
import { LinkButton } from '../kit/form.tsx'
import { OpenIcon, WarningIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { English, Say, useWords, view } from '../kit/words.tsx'

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
  const { problems: say, kit } = useWords()
  const { app, entryHref } = props
  const fault = ours.has(props.code)
  const { heading, text } = say.authorization[fault ? 'fault' : 'link']
  return (
    <NarrowPage title={heading}>
      <section class="card">
        <div class="sign">
          <WarningIcon />
        </div>
        <h1>{heading}</h1>
        <p role="alert">{text}</p>
        <div class="row">
          {/* An empty address is that of this very page. */}
          {fault && props.repeatable ? <LinkButton href="">{say.tryAgain}</LinkButton> : null}
          {app === undefined ? null : (
            <a id="back-to-app" href={app.href} rel="noreferrer" class="button plain">
              <Say it={say.backTo} app={<bdi>{app.name}</bdi>} />
            </a>
          )}
          <LinkButton href={paths.start} look="plain">
            {kit.home}
          </LinkButton>
        </div>
        <details class="after small" open={entryHref !== undefined}>
          <summary>
            <OpenIcon />
            <span>{say.forDeveloper}</span>
          </summary>
          <div id="oauth-error">
            <p>
              <strong>{say.oauthError(props.code)}</strong>
              <br />
              <English>{props.text}</English>
            </p>
            {entryHref === undefined ? (
              <p class="muted">{props.code === 'invalid_client' ? say.checkClientId : say.logExplains}</p>
            ) : (
              <p>
                <a id="log-entry" href={entryHref}>
                  {say.seeInLog}
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
  const say = useWords().problems
  return (
    <p class="small last">
      <span class="muted">{say.requestId}</span> <code id="request-id">{props.requestId}</code>
    </p>
  )
}
