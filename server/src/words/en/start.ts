/** What the start page and the API reference say. */
import { rich } from '../rich.ts'

export const start = {
  lead: 'See which apps use your account, and remove those you no longer want.',
  signedIn: rich('You are signed in as <username/>.'),
  noAdministrator: rich(
    '<strong>This server has no administrator yet.</strong> The server printed a one-time setup link when it started. Open it to create the administrator.',
  ),
  createAccount: 'Create an account',
  account: 'Open your account',
  apps: 'Open your apps',
  finish: 'Finish setting up',
  developers: 'For developers',
  developersLead:
    'Sign people in to your app and use their data with their permission. If a request fails, its log says why.',
  firstToken: 'Get a token in five minutes',
  seeApps: 'See your apps and their requests',
  issuer: 'Issuer',
  discovery: 'Discovery',
  authorize: 'Authorize',
  token: 'Token',
  status: 'Status',
  version: (version: string) => `Consentry ${version}`,
}

export const reference = {
  heading: 'Measurements API',
  lead: rich(
    'Press “Authorize” to sign in here and try each request with your own data. An <a>OpenAPI document</a> describes the same for your tools.',
  ),
  noScript: 'This page needs JavaScript. The OpenAPI document has the same content.',
}

export const outbox = {
  title: 'Outbox',
  lead: 'Mails that this server would have sent. It is in development and has no mail server, so it keeps the last hundred here until it stops.',
  nothing: 'No mail yet',
  all: 'All mails',
  to: 'To',
  asHtml: 'As HTML',
}
