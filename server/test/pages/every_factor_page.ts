/** The pages about second factors, in every state. */
import { accountTotp } from '../../src/pages/account/totp_view.tsx'
import { type FactorProblem, factor } from '../../src/pages/sign_in/factor_view.tsx'
import { keepFactor, lostFactor } from '../../src/pages/sign_in/lost_factor_view.tsx'
import type { Page } from '../../src/words/index.ts'

const at = Date.UTC(2026, 2, 3, 14, 2, 11)
const problems: readonly FactorProblem[] = ['code_wrong', 'code_used', 'stands_still', 'throttled', 'passkey']

export function factorViews(text: (usual: string) => string): Record<string, Page> {
  const every = { csrf: text('token'), request: text('sealed') }
  const waiting = { ...every, step: text('step'), account: text('alice@example.com'), hasApp: true }
  const account = { ...every, viewer: { username: text('alice') }, required: false }
  const lost = { ...waiting, backHref: '/login/factor?step=sealed' }
  const fresh = {
    kind: 'new',
    seed: text('JBSWY3DPEHPK3PXP'),
    uri: 'otpauth://totp/Meadow?secret=JBSWY3DPEHPK3PXP',
    sealed: text('sealed'),
    qr: { size: 2, data: [true, false, false, true] },
    next: text('/developer'),
  } as const
  const codes = { kind: 'codes', codes: [text('k7q2-0vxw-93ht-4m2z')], onwardHref: '/account/security' } as const
  return {
    factor: factor({ ...waiting, clientName: text('Meadow Journal'), lostHref: '/login/factor/lost?step=sealed' }),
    'factor of nobody’s app': factor({ csrf: every.csrf, account: text('alice'), hasApp: false, removalAt: at }),
    ...Object.fromEntries(
      problems.map((problem) => [`factor ${problem}`, factor({ ...waiting, problem, retryAfter: 90 })]),
    ),
    'lost factor': lostFactor(lost),
    'lost factor without mail': lostFactor({ ...lost, bar: 'no_mail' }),
    'lost factor without password': lostFactor({ ...lost, bar: 'no_password' }),
    'lost factor asked': lostFactor({ ...lost, at }),
    'keep factor': keepFactor({ ...every, waits: true }),
    'kept factor': keepFactor({ ...every, waits: false, done: true }),
    'nothing to keep': keepFactor({ ...every, waits: false }),
    'account totp': accountTotp({ ...account, state: fresh }),
    'account totp wrong': accountTotp({ ...account, state: { ...fresh, problem: 'new_code_wrong' } }),
    'account totp throttled': accountTotp({ ...account, state: { ...fresh, retryAfter: 90 } }),
    'account totp required': accountTotp({
      ...account,
      required: true,
      passkeyHref: '/account/security/passkeys',
      state: fresh,
    }),
    'account totp required new key': accountTotp({
      ...account,
      required: true,
      state: { ...fresh, problem: 'new_key' },
    }),
    'account totp codes': accountTotp({ ...account, state: codes }),
    'account totp codes required': accountTotp({ ...account, required: true, state: codes }),
    'account totp on': accountTotp({
      ...account,
      state: { kind: 'on', since: at, usedAt: at, codesLeft: 10, recent: true },
    }),
    'account totp on long ago': accountTotp({
      ...account,
      state: { kind: 'on', since: at, usedAt: null, codesLeft: 1, recent: false },
    }),
    ...Object.fromEntries(
      (['sign_in_again', 'needs_link', 'off'] as const).flatMap((kind) => [
        [`account totp ${kind}`, accountTotp({ ...account, state: { kind } })],
        [`account totp required ${kind}`, accountTotp({ ...account, required: true, state: { kind } })],
      ]),
    ),
  }
}
