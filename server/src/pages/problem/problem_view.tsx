/** Pages for what went wrong outside OAuth: what it was, and what to do next. */
import { LinkButton } from '../kit/form.tsx'
import { WarningIcon } from '../kit/icons.tsx'
import { NarrowPage, WidePage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { useWords, view } from '../kit/words.tsx'
import { Reference } from './oauth_error_view.tsx'

export type ProblemKind = keyof typeof kinds

export interface ProblemProps {
  readonly kind: ProblemKind
  readonly requestId?: string | undefined
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number | undefined
  /** Whether somebody is signed in; they keep the ways to the other pages. */
  readonly signedIn?: boolean | undefined
  /** Where the same can be tried once more; an empty address is that of this very page. */
  readonly againHref?: string | undefined
  /** Where to go on; the start page where it is left out. */
  readonly onward?: { readonly href: string; readonly text: string } | undefined
}

const kinds = {
  not_found: {
    status: 404,
    heading: 'Page not found',
    text: 'The address may be wrong, or the page has moved.',
  },
  not_allowed: {
    status: 403,
    heading: 'You cannot see this page',
    text: 'You are signed in, but the page belongs to somebody else or needs another role.',
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
    heading: 'We could not understand that request',
    text: 'Something in the address or the form is not as it should be. Nothing has changed.',
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
    text: 'Each setup link works once. If there is no administrator yet, restart the server to get a new link.',
  },
  too_many: {
    status: 429,
    heading: 'Too many requests',
    text: 'Your network has sent more requests than we answer at once.',
  },
  fault: {
    status: 500,
    heading: 'Something went wrong on our side',
    text: 'You did nothing wrong, and nothing was changed. The error has been recorded.',
  },
  unavailable: {
    status: 503,
    heading: 'We are temporarily unavailable',
    text: 'The service is busy or its database is out of reach. Nothing was changed.',
  },
} as const

/** The HTTP status that goes with a problem. */
export function problemStatus(kind: ProblemKind): number {
  return kinds[kind].status
}

export const problem = view((props: ProblemProps) => {
  const { heading, text } = kinds[props.kind]
  const onward = props.onward ?? { href: paths.start, text: 'Go to the home page' }
  const again = props.kind === 'unavailable' || props.kind === 'fault' ? props.againHref : undefined
  const card = (
    <section class="card">
      <div class="sign">
        <WarningIcon />
      </div>
      <h1>{heading}</h1>
      <p>
        {text}
        {props.retryAfter === undefined ? null : ` Please try again in ${useWords().time.waiting(props.retryAfter)}.`}
      </p>
      <div class="row">
        {again === undefined ? null : <LinkButton href={again}>Try again</LinkButton>}
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
  )
  if (!props.signedIn) return <NarrowPage title={heading}>{card}</NarrowPage>
  return (
    <WidePage title={heading} signedIn reading>
      {card}
    </WidePage>
  )
})
