/** Pages for what went wrong outside OAuth: what it was, and what to do next. */
import { LinkButton } from '../kit/form.tsx'
import { WarningIcon } from '../kit/icons.tsx'
import { NarrowPage, renderPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { inWords } from '../kit/time.tsx'
import { Reference } from './oauth_error.tsx'

export type ProblemKind = keyof typeof kinds

export interface ProblemProps {
  readonly kind: ProblemKind
  readonly requestId?: string | undefined
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number | undefined
  /** Where to go on; the start page where it is left out. */
  readonly onward?: { readonly href: string; readonly text: string } | undefined
}

const kinds = {
  not_found: {
    status: 404,
    heading: 'There is no such page',
    text: 'The address may be mistyped, or what stood here is gone.',
  },
  not_allowed: {
    status: 403,
    heading: 'This is not yours to see',
    text: 'You are signed in, but this page belongs to somebody else or needs another role.',
  },
  form_refused: {
    status: 403,
    heading: 'This form was not sent from our own page',
    text: 'Another site may have sent it. Nothing has changed.',
  },
  form_expired: {
    status: 403,
    heading: 'This form has expired',
    text: 'Nothing has changed. Go back, reload the page and try again.',
  },
  request_unclear: {
    status: 400,
    heading: 'That request made no sense to us',
    text: 'Something in the address or the form is not as it should be. Nothing has changed.',
  },
  sign_in_lost: {
    status: 400,
    heading: 'Please start again from the app',
    text: 'This sign-in was not started in this browser, or it has expired. Nothing has changed.',
  },
  sign_up_closed: {
    status: 403,
    heading: 'New accounts are not open',
    text: 'On this server the operator creates the accounts. Ask whoever runs it for one.',
  },
  registration_closed: {
    status: 403,
    heading: 'New apps are not open',
    text: 'On this server the operator registers the apps. Ask whoever runs it for one that names you as its owner.',
  },
  set_up_link_spent: {
    status: 410,
    heading: 'This link has been used or has expired',
    text: 'Each link creates one administrator, once. Restart the server to get a new one while there is no administrator yet.',
  },
  too_many: {
    status: 429,
    heading: 'That was a little too fast',
    text: 'Too many requests came from your network.',
  },
  fault: {
    status: 500,
    heading: 'Something broke on our side',
    text: 'It is not your doing, and nothing was changed. It has been noted.',
  },
  unavailable: {
    status: 503,
    heading: 'We cannot answer just now',
    text: 'The service is busy or its database is out of reach. Nothing was changed.',
  },
} as const

/** The HTTP status that goes with a problem. */
export function problemStatus(kind: ProblemKind): number {
  return kinds[kind].status
}

export function problem(props: ProblemProps): string {
  const { heading, text } = kinds[props.kind]
  const onward = props.onward ?? { href: paths.start, text: 'To the start page' }
  return renderPage(
    <NarrowPage title={heading}>
      <section class="card">
        <div class="sign">
          <WarningIcon />
        </div>
        <h1>{heading}</h1>
        <p>
          {text}
          {props.retryAfter === undefined ? null : ` Please try again in ${inWords(props.retryAfter)}.`}
        </p>
        <div class="row">
          <LinkButton href={onward.href} look="plain">
            {onward.text}
          </LinkButton>
        </div>
        {props.requestId === undefined ? null : (
          <div class="after">
            <Reference requestId={props.requestId} />
          </div>
        )}
      </section>
    </NarrowPage>,
  )
}
