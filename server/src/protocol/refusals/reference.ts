/** The page about refusals, written from their table. */
import { subjects } from './index.ts'
import type { Row } from './row.ts'

const titles: Readonly<Record<keyof typeof subjects, string>> = {
  request: 'Requests',
  client: 'Clients',
  token: 'Token requests',
  scope: 'Scopes and resources',
  authorization: 'Authorization requests',
  device: 'Devices without a browser',
  exchange: 'Token exchange',
  assertion: 'Assertions about people',
  dpop: 'Proof of a key (DPoP)',
  logout: 'Requests to sign a person out',
  registration: 'Registration by apps',
  provider: 'Sign-in through a provider',
  accessToken: 'Access tokens',
}

/** docs/refusals.md, in Markdown. */
export function refusalsReference(): string {
  const parts = (Object.keys(subjects) as (keyof typeof subjects)[]).flatMap((subject) => [
    `\n## ${titles[subject]}\n`,
    '| reason | answer | cause | repair | asked for by |',
    '|---|---|---|---|---|',
    ...Object.entries<Row>(subjects[subject]).map(
      ([reason, { status, error, cause, repair, rfc }]) =>
        `| \`${reason}\` | ${status} \`${error}\` | ${cause} | ${repair} | ${rfc} |`,
    ),
  ])
  return `# Refusals

Why the server refuses a request, what the app is told, and what its developer can do. The request log of an app names the
reason of each refusal; the answer itself says less. A legacy protocol may spell the answer in its own way.
${parts.join('\n')}
`
}
