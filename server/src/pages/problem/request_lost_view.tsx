/** The page for a request that can go no further in this browser: what happened, and the ways on. */
import type { RefusalCode } from '../../protocol/refusal.ts'
import type { Words } from '../../words/index.ts'
import { LinkButton } from '../kit/form.tsx'
import { OpenIcon, WarningIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { English, Say, useWords, view } from '../kit/words.tsx'
import { Reference } from './oauth_error_view.tsx'

export interface RequestLostProps {
  readonly kind: keyof Words['problems']['lost']
  readonly code: RefusalCode
  readonly text: string
  readonly requestId: string
  /** Where to go on; undefined where the app is not known any more. */
  readonly ways?:
    | {
        readonly againHref: string
        readonly back?: { readonly appName: string; readonly href: string; readonly host: string } | undefined
      }
    | undefined
}

export const requestLost = view((props: RequestLostProps) => {
  const { kit, problems: say } = useWords()
  const { heading, text } = say.lost[props.kind]
  const { ways } = props
  return (
    <NarrowPage title={heading}>
      <section class="card">
        <div class="sign">
          <WarningIcon />
        </div>
        <h1>{heading}</h1>
        <p>{text}</p>
        {ways === undefined ? (
          <div class="row">
            <LinkButton href={paths.start} look="plain">
              {kit.home}
            </LinkButton>
          </div>
        ) : (
          <div class="row">
            <a id="start-again" href={ways.againHref} rel="noreferrer" class="button">
              {say.startAgain}
            </a>
            {ways.back === undefined ? null : (
              <a id="back-to-app" href={ways.back.href} rel="noreferrer" class="button plain">
                <span>
                  <Say it={say.backToAt} app={<bdi>{ways.back.appName}</bdi>} host={<bdi>{ways.back.host}</bdi>} />
                </span>
              </a>
            )}
          </div>
        )}
        <details class="after small">
          <summary>
            <OpenIcon />
            <span>{say.forDeveloper}</span>
          </summary>
          <p id="oauth-error">
            <strong>{say.oauthError(props.code)}</strong>
            <br />
            <English>{props.text}</English>
          </p>
          <Reference requestId={props.requestId} />
        </details>
      </section>
    </NarrowPage>
  )
})
