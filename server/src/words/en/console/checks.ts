/** What the checks of a server find, for the console and for `doctor`: a title for each, a sentence for each case, a repair. */

/** What a sentence tells. */
export interface CheckFacts {
  readonly count: number
  /** As they are typed, with commas between them. */
  readonly names: string
}

type Say = string | ((facts: CheckFacts) => string)

/** One check: its sentences by case, and what repairs it. A command stands in the console below its sentence. */
const check = <Case extends string>(one: {
  readonly title: string
  readonly cases: Readonly<Record<Case, Say>>
  readonly repair: string
}) => one

const named =
  (text: (names: string) => string) =>
  ({ names }: CheckFacts) =>
    text(names)
const many =
  (text: (count: number) => string) =>
  ({ count }: CheckFacts) =>
    text(count)

const each = {
  restore: check({
    title: 'Restored from a backup',
    cases: {
      paused: 'Jobs, mails and calls to other servers have been paused since a restore.',
      unread: 'What was ended or changed after the backup is as it was before.',
    },
    repair: 'Look at it, then let the server go on.',
  }),
  keys: check({
    title: 'Signing keys',
    cases: { signing: 'Tokens can be signed.', none: 'There is no key that signs.' },
    repair: 'Restart the server, which makes one.',
  }),
  issuer: check({
    title: 'Address and TLS',
    cases: {
      published: named((name) => `${name} is an https address.`),
      local: named((name) => `${name} can be reached from this machine alone.`),
    },
    repair: 'Name the https address under which people reach this server.',
  }),
  mail: check({
    title: 'Mail',
    cases: {
      sent: 'The last mail was taken by the mail server.',
      outbox: 'Mails are kept on a page, for development.',
      untried: 'A mail server is set, and no mail has been sent yet.',
      failing: 'The last mail could not be sent.',
      none: 'No mail is sent, so nobody can prove an address or reset a password.',
    },
    repair: 'Check SMTP_URL and MAIL_FROM, then ask for a mail to yourself.',
  }),
  backup: check({
    title: 'Backup',
    cases: {
      fresh: 'The last backup is less than a day old.',
      old: many((days) => (days === 1 ? 'The last backup is a day old.' : `The last backup is ${days} days old.`)),
      none: 'There is no backup yet.',
    },
    repair: 'Make one every night, and keep it on another machine.',
  }),
  firstAdministrator: check({
    title: 'First administrator',
    cases: { none: 'There is no administrator yet.' },
    repair: 'Open the link that this command prints, and choose a name and a password.',
  }),
  secondFactor: check({
    title: 'Second factor',
    cases: {
      all: 'Everybody who runs this server has a second factor.',
      missing: named((names) => `These run the server and have no second factor: ${names}.`),
    },
    repair: 'They add one on their security page.',
  }),
  addresses: check({
    title: 'Addresses of administrators',
    cases: {
      all: 'Everybody who runs this server has proved their e-mail address.',
      missing: named(
        (names) => `These run the server and have not proved an address, so that no mail reaches them: ${names}.`,
      ),
    },
    repair: 'They prove it on the page of their e-mail address.',
  }),
  administrators: check({
    title: 'Second administrator',
    cases: {
      several: many((count) => `${count} people may change this server.`),
      one: 'If you lose your way to sign in, nobody can change this server.',
    },
    repair: 'Give another account the role admin.',
  }),
  signUp: check({
    title: 'New accounts',
    cases: {
      open: 'Anybody may open an account.',
      invite: 'People whom you invite may open an account.',
      closed: 'Nobody may open an account.',
    },
    repair: 'CONSENTRY_SIGNUP says who may.',
  }),
  registration: check({
    title: 'New apps',
    cases: {
      open: 'Anybody may register an app, which everybody can use at once.',
      approval: 'Anybody may register an app, and you approve it.',
      closed: 'Nobody may register an app.',
    },
    repair: 'CONSENTRY_APP_REGISTRATION says who may.',
  }),
  protocols: check({
    title: 'Legacy protocols',
    cases: {
      closed: 'All of them are closed.',
      used: named((names) => `Apps use ${names}.`),
      unused: named((names) => `Nobody has used these for 30 days: ${names}.`),
    },
    repair: 'Close what nobody needs.',
  }),
  api: check({
    title: 'First API',
    cases: {
      some: many((count) =>
        count === 1 ? 'One API of yours is registered.' : `${count} APIs of yours are registered.`,
      ),
      none: 'No API of yours is registered.',
    },
    repair: 'Register it with its name, its publisher and its scopes in words.',
  }),
  scopes: check({
    title: 'Scopes in words',
    cases: {
      titled: 'Every scope has a title.',
      untitled: named((names) => `People are asked for these by their bare names: ${names}.`),
    },
    repair: 'Give each a title in the scopes of its API.',
  }),
  proxies: check({
    title: 'APIs behind a proxy',
    cases: {
      trusted: 'The proxy in front of your APIs is trusted.',
      untrusted: named((names) => `No proxy is trusted, so every request to these is refused: ${names}.`),
    },
    repair: 'Name the address of the proxy, as the server sees it.',
  }),
  app: check({
    title: 'First app',
    cases: { some: 'There is an app.', none: 'There is no app yet.' },
    repair: 'Register one.',
  }),
  jobs: check({
    title: 'Jobs',
    cases: {
      well: 'No job was given up in the last seven days.',
      givenUp: many((count) =>
        count === 1
          ? 'A job was given up in the last seven days.'
          : `${count} jobs were given up in the last seven days.`,
      ),
    },
    repair: 'The log says why.',
  }),
}

export const checks = {
  heading: 'Checklist',
  done: (done: number, all: number) => `${done} of ${all} done`,
  states: { ok: 'Done', todo: 'To do', problem: 'Broken' },
  allDone: 'Nothing is left to do.',
  show: 'Show what is done',
  each,
}
