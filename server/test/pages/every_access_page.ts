/** The pages about what programs are given to act for an account, for the tests that look at every page. */

import { accountAppPasswords } from '../../src/pages/account/access/app_passwords_view.tsx'
import { accountPersonalTokens } from '../../src/pages/account/access/personal_tokens_view.tsx'
import { scopeMeaning } from '../../src/protocol/scope.ts'
import type { Page } from '../../src/words/index.ts'

export function accountAccessViews(text: (usual: string) => string): Record<string, Page> {
  const at = Date.UTC(2026, 2, 3, 14, 2, 11)
  const appPasswords = {
    csrf: text('token'),
    viewer: { username: text('alice') },
    recent: true,
    limit: 50,
    passwords: [
      { id: text('a'), name: text('Weather station'), createdAt: at, usedAt: at },
      { id: text('b'), name: text('Scale'), createdAt: at, usedAt: null },
    ],
  }
  const scopes = (['basic', 'readmeasurements', 'writemeasurements'] as const).map(scopeMeaning)
  const personalTokens = {
    csrf: text('token'),
    viewer: { username: text('alice') },
    recent: true,
    limit: 50,
    scopes,
    tokens: [
      { id: text('a'), name: text('Backup script'), scope: scopes, createdAt: at, usedAt: at, expiresAt: at },
      { id: text('b'), name: text('Scale'), scope: scopes.slice(0, 1), createdAt: at, usedAt: null, expiresAt: at },
    ],
  }
  const filled = { name: text('x'), scope: ['basic'], expires: 'until', until: text('2027-02-30') }
  return {
    'personal tokens': accountPersonalTokens({ ...personalTokens, notice: text('Ended.') }),
    'personal tokens made': accountPersonalTokens({
      ...personalTokens,
      made: { text: text('pat1'), name: text('Scale') },
    }),
    'personal tokens none': accountPersonalTokens({ ...personalTokens, tokens: [] }),
    'personal tokens unsound': accountPersonalTokens({
      ...personalTokens,
      filled,
      problem: { field: 'until', it: 'day_unsound' },
    }),
    'personal tokens refused': accountPersonalTokens({ ...personalTokens, recent: false, refused: true }),
    'personal tokens full': accountPersonalTokens({ ...personalTokens, limit: 2 }),
    'app passwords': accountAppPasswords({ ...appPasswords, notice: text('Ended.') }),
    'app passwords made': accountAppPasswords({ ...appPasswords, made: { text: text('apw1'), name: text('Scale') } }),
    'app passwords none': accountAppPasswords({ ...appPasswords, passwords: [] }),
    'app passwords unnamed': accountAppPasswords({ ...appPasswords, name: text('x'), problem: 'name_empty' }),
    'app passwords stale': accountAppPasswords({ ...appPasswords, recent: false }),
    'app passwords refused': accountAppPasswords({ ...appPasswords, recent: false, refused: true }),
    'app passwords full': accountAppPasswords({ ...appPasswords, limit: 2 }),
  }
}
