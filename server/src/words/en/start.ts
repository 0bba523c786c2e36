/** What the start page, the checklist of operators and the API reference say. */
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

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

export const checklist = {
  title: 'Set up this server',
  heading: rich('Set up <server/>'),
  lead: 'You can sign in, and the server is running. These are the next steps.',
  states: { done: 'Done', open: 'To do', check: 'Check this', optional: 'Optional', regular: 'Regularly' },
  app: 'Register an app',
  appLead: 'It takes five minutes to the first token.',
  access: 'Decide on requests for access',
  accessWaits: (count: number) =>
    counted(count, {
      one: `${count} developer without an account asks for access with an app.`,
      other: `${count} developers without an account ask for access with an app.`,
    }),
  accessDecide: 'See the requests',
  waiting: 'Decide on apps that wait',
  appsWait: (count: number) =>
    counted(count, {
      one: `${count} app, or a change to it, waits for your approval.`,
      other: `${count} apps, or changes to them, wait for your approval.`,
    }),
  waitingCommand: 'node server/bin/consentry.js client list --waiting',
  waitingDecide: rich(
    'Look at each with <code>client show</code>. Approve it with <code>client approve</code>, or refuse it with <code>client refuse</code>.',
  ),
  address: 'Give the server its public address',
  addressIs: rich('It is <issuer/>.'),
  onlyHere: rich(
    'Only this machine reaches <issuer/>. Set <code>CONSENTRY_ISSUER</code> to an https address before others use the server: apps and tokens name it, and stop working when it changes.',
  ),
  providers: 'Let people sign in through providers',
  noProviders: rich(
    'People sign in with a password. Google, Facebook or any OpenID Connect provider can be added in the section <code>providers</code> of a document; <code>docs/providers.md</code> shows how.',
  ),
  applyCommand: 'node server/bin/consentry.js apply FILE',
  registration: 'Decide who may register apps',
  registrations: {
    open: 'Anybody with an account. Their apps work for everybody at once.',
    approval: 'Anybody with an account. Their apps work for testers until you approve them.',
    closed: 'Owners and admins only.',
  },
  registrationSetting: rich(
    'The setting is <code>CONSENTRY_APP_REGISTRATION</code>: <code>open</code>, <code>approval</code> or <code>closed</code>.',
  ),
  legacy: 'Close the legacy protocols that no app needs',
  legacyOpen: rich(
    'Open: <names/>. Name those that you need in <code>CONSENTRY_DIALECTS</code>, or set it to <code>none</code>.',
  ),
  backup: 'Back up the database and the root secret',
  backupText: rich(
    'Keep the two apart: together they are everything. With SQLite both lie in the data folder, the secret in the file <code>secret</code> unless <code>CONSENTRY_SECRET</code> holds it.',
  ),
  doctor: 'Let doctor look for problems',
  doctorText:
    'It checks settings, Node.js, database and address, changes nothing, and says how to repair what it finds.',
  doctorCommand: 'node server/bin/consentry.js doctor',
  comeBack: rich('You can come back here from your <a>account page</a>.'),
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
