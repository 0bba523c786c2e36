/** What the pages for problems say: what has happened, and what to do. */
import { rich } from '../rich.ts'

const ourSide = 'Something went wrong on our side'

export const problems = {
  tryAgain: 'Try again',
  inWhile: (wait: string) => ` Please try again in ${wait}.`,
  onward: 'Continue',
  requestId: 'X-Request-Id',
  kinds: {
    not_found: { heading: 'Page not found', text: 'The address may be wrong, or the page has moved.' },
    not_allowed: {
      heading: 'You cannot see this page',
      text: 'You are signed in, but the page belongs to somebody else or needs another role.',
    },
    form_refused: {
      heading: 'This form was not sent from our own page',
      text: 'Another site may have sent it. Nothing has changed.',
    },
    form_expired: {
      heading: 'This form has expired',
      text: 'Nothing has changed. Go back, reload the page and try again.',
    },
    request_unclear: {
      heading: 'We could not understand that request',
      text: 'Something in the address or the form is not as it should be. Nothing has changed.',
    },
    sign_up_closed: {
      heading: 'New accounts are not open',
      text: 'On this server the operator creates the accounts. Ask whoever runs it for one.',
    },
    registration_closed: {
      heading: 'New apps are not open',
      text: 'On this server the operator registers the apps. Ask whoever runs it for one that names you as its owner.',
    },
    set_up_link_spent: {
      heading: 'This link has been used or has expired',
      text: 'Each setup link works once, within an hour. If there is no administrator yet, the operator can make another by the command setup-link of this server.',
    },
    mailed_link_over: {
      heading: 'This link has been used or has expired',
      text: 'Each link works once and for a limited time, and a newer one replaces it. Ask for another where you asked for this one.',
    },
    too_many: {
      heading: 'Too many requests',
      text: 'Your network has sent more requests than we answer at once.',
    },
    fault: {
      heading: ourSide,
      text: 'You did nothing wrong, and nothing was changed. The error has been recorded.',
    },
    unavailable: {
      heading: 'We are temporarily unavailable',
      text: 'The service is busy or its database is out of reach. Nothing was changed.',
    },
  },

  /** An authorization request that cannot be answered to the app. */
  authorization: {
    fault: { heading: ourSide, text: 'Nothing has happened to your account. Please try again in a moment.' },
    link: {
      heading: 'Something is wrong with this link',
      text: 'The link from the app does not work. Nothing has happened to your account. Go back to the app and try once more.',
    },
  },
  backTo: rich('Back to <app/>'),
  forDeveloper: 'For the developer',
  oauthError: (code: string) => `OAuth error: ${code}`,
  logExplains: 'The request log of the app explains it under this reference.',
  checkClientId:
    'Check the client ID. If it is right, the request log of the app explains the rest under this reference.',
  seeInLog: 'See this request in the log of your app',

  lost: {
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
  },
  startAgain: 'Start again',
  backToAt: rich('Back to <app/> (<host/>)'),
}
