/** The kinds of apps to choose from, in the words of the forms. */

const kinds = [
  { kind: 'web', label: 'On a server', detail: 'A web app with a backend. It can keep a secret, and gets one.' },
  { kind: 'native', label: 'On a phone or desktop', detail: 'Installed by people. No secret; it uses PKCE.' },
  { kind: 'spa', label: 'In the browser', detail: 'JavaScript without a backend. No secret; it uses PKCE.' },
  {
    kind: 'machine',
    label: 'A machine',
    detail: 'A program that acts for itself, without people. It gets a secret and needs no redirect URI.',
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
