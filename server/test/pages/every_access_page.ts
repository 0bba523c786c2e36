/** The pages about what programs are given to act for an account, for the tests that look at every page. */
import { accountAppPasswords } from '../../src/pages/account/access/app_passwords_view.tsx'
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
  return {
    'app passwords': accountAppPasswords({ ...appPasswords, notice: text('Ended.') }),
    'app passwords made': accountAppPasswords({ ...appPasswords, made: { text: text('apw1'), name: text('Scale') } }),
    'app passwords none': accountAppPasswords({ ...appPasswords, passwords: [] }),
    'app passwords unnamed': accountAppPasswords({ ...appPasswords, name: text('x'), problem: 'name_empty' }),
    'app passwords stale': accountAppPasswords({ ...appPasswords, recent: false }),
    'app passwords refused': accountAppPasswords({ ...appPasswords, recent: false, refused: true }),
    'app passwords full': accountAppPasswords({ ...appPasswords, limit: 2 }),
  }
}
