/**
 * Guards that no request can show, each with why: what stands before them, or what they are for. A guard that a request does
 * show must not stand here.
 */
export const untried: Readonly<Record<string, string>> = {
  'engine/developer/registration/manage: registration_token_invalid (2)':
    'only where another change of the same moment has already been followed by its new token',
}

/** Rules that refuse nothing where they stand in a list, each with why. */
export const notRefusing: readonly {
  readonly why: string
  readonly these: (one: { readonly list: string; readonly rule: string }) => boolean
}[] = [
  {
    why: 'says how far a request came that runs another list',
    these: ({ list }) => ['authorize:sign_in', 'authorize:consent', 'logout:asked'].includes(list),
  },
  {
    why: 'is read under the list `token`, before its grant type is known',
    these: ({ list, rule }) => list.startsWith('token:') && rule === 'request',
  },
  {
    why: 'is recorded alone where the request could not be read; who can be read runs the list of a grant type',
    these: ({ list, rule }) => list === 'token' && rule !== 'request',
  },
  {
    why: 'the person is asked by a page, and their no is no refusal of the server',
    these: ({ list, rule }) =>
      (list === 'authorize' && rule === 'consent') ||
      list === 'device:decided' ||
      (list === 'logout' && rule === 'sign_out'),
  },
]
