/** The pages for devices that cannot show a browser, for the tests that look at every page. */
import { device, deviceDone, deviceEntry } from '../../src/pages/sign_in/device/device_view.tsx'
import { builtInScopes } from '../../src/protocol/scope.ts'
import type { Page } from '../../src/words/index.ts'

export function deviceViews(text: (usual: string) => string): Record<string, Page> {
  const at = Date.UTC(2026, 2, 3, 14, 2, 11)
  const every = { csrf: text('token'), request: text('sealed') }
  const asked = {
    ...every,
    read: text('digest'),
    server: text('accounts.example'),
    account: text('alice@example.com'),
    accountName: text('Alice'),
    client: { name: text('Meadow on TV'), registeredAt: at },
    scopes: builtInScopes,
    redirect: undefined,
    code: text('WDJB-MJHT'),
    askedAt: at,
    network: undefined,
    before: undefined,
  }
  return {
    'device code': deviceEntry({ csrf: every.csrf }),
    'device code filled in': deviceEntry({ csrf: every.csrf, code: text('WDJB-MJHT') }),
    'device code wrong': deviceEntry({ csrf: every.csrf, code: text('x'), problem: 'device_code_unknown' }),
    'device codes too many': deviceEntry({
      csrf: every.csrf,
      code: text('x'),
      problem: { key: 'device_codes_too_many', wait: text('five minutes') },
    }),
    'device code over': deviceEntry({ csrf: every.csrf, problem: 'device_code_over' }),
    'device asks': device({ ...asked, stay: { unused: 86_400, longest: 864_000 } }),
    'device asks from elsewhere': device({
      ...asked,
      client: { ...asked.client, verifiedAt: at },
      network: text('203.0.113.*'),
      before: { scope: ['basic'] },
      ends: { seconds: 3600, withSession: false },
    }),
    'device asks from nowhere': device({
      ...asked,
      client: { ...asked.client, inDevelopment: true, developer: text('bob') },
      network: '',
    }),
    'device allowed': deviceDone({ done: 'allowed' }),
    'device denied': deviceDone({ done: 'denied' }),
  }
}
