/** The page for a request that can go no further in this browser: what happened, and the ways on. */
import type { RefusalCode } from '../../protocol/refusal.ts'
import { LinkButton } from '../kit/form.tsx'
import { OpenIcon, WarningIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { view } from '../kit/words.tsx'
import { Reference } from './oauth_error_view.tsx'

export interface RequestLostProps {
  readonly kind: keyof typeof kinds
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

const kinds = {
  expired: {
    heading: 'This page has expired',
    text: 'It was open for too long, or it was begun in another browser. Nothing has happened to your account.',
  },
  sign_in_over: {
    heading: 'This sign-in has ended',
    text: 'It took too long, was begun in another browser, or has been used already. Nothing has happened to your account.',
  },
  no_cookies: {
    heading: 'Your browser did not send our cookie',
    text: 'Signing in needs cookies. Allow them for this site, or open the app in your usual browser: private windows and browsers inside other apps may block them.',
  },
} as const

export const requestLost = view((props: RequestLostProps) => {
  const { heading, text } = kinds[props.kind]
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
              Go to the home page
            </LinkButton>
          </div>
        ) : (
          <div class="row">
            <a id="start-again" href={ways.againHref} rel="noreferrer" class="button">
              Start again
            </a>
            {ways.back === undefined ? null : (
              <a id="back-to-app" href={ways.back.href} rel="noreferrer" class="button plain">
                <span>
                  Back to <bdi>{ways.back.appName}</bdi> (<bdi>{ways.back.host}</bdi>)
                </span>
              </a>
            )}
          </div>
        )}
        <details class="after small">
          <summary>
            <OpenIcon />
            <span>For the developer</span>
          </summary>
          <p id="oauth-error">
            <strong>OAuth error: {props.code}</strong>
            <br />
            {props.text}
          </p>
          <Reference requestId={props.requestId} />
        </details>
      </section>
    </NarrowPage>
  )
})
