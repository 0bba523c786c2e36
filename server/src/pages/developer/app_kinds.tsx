/** The kinds of apps to choose from, in the words of the forms. */

const kinds = [
  { kind: 'web', label: 'On a server', detail: 'A web app with a backend. People sign in to it. It keeps a secret.' },
  { kind: 'native', label: 'On a phone or desktop', detail: 'An app that people install. No secret; it uses PKCE.' },
  { kind: 'spa', label: 'In the browser', detail: 'JavaScript without a backend. No secret; it uses PKCE.' },
  {
    kind: 'machine',
    label: 'A machine',
    detail: 'A service or script that acts for itself; nobody signs in. It keeps a secret and needs no redirect URI.',
  },
] as const

export function appKindChoices(chosen: string) {
  return kinds.map(({ kind, label, detail }) => ({
    id: `app-kind-${kind}`,
    value: kind,
    label,
    detail,
    checked: kind === chosen,
  }))
}
