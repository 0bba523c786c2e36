/** Sample props of the pages for subscription keys. */
import { subscriptionKey } from '../server/dist/pages/developer/keys/key_view.js'
import { keyShown, subscriptionKeys } from '../server/dist/pages/developer/keys/keys_view.js'
import { at, csrf, longName, minute, viewer } from './screenshot_values.mjs'

const keys = { csrf, viewer, limit: 20, mayCreate: true }
const subscription = (change) => ({
  handle: 'Ab3dEfGhIjKlMnOp',
  name: 'Meter app',
  start: 'Ab3d',
  createdAt: at,
  lastUsed: at,
  usesToday: 0,
  disabled: undefined,
  previous: undefined,
  openToAll: false,
  ...change,
})

/** What is in each picture, by the name of its file. */
export const keySamples = {
  'keys-list': {
    html: subscriptionKeys({
      ...keys,
      keys: [
        subscription({ usesToday: 1312 }),
        subscription({ name: longName, previous: { start: 'x9Yz', until: at + 7 * 1440 * minute }, openToAll: true }),
        subscription({ name: 'Old gateway', disabled: 'developer' }),
        subscription({ name: '', start: '', createdAt: undefined, lastUsed: undefined, disabled: 'operator' }),
      ],
      shared: [subscription({ name: 'Stall climate', sharedBy: 'bob' })],
    }),
  },
  'keys-empty': { html: subscriptionKeys({ ...keys, keys: [], shared: [] }) },
  'keys-problem': {
    html: subscriptionKeys({
      ...keys,
      keys: [subscription({})],
      shared: [],
      add: { name: '', problem: 'name_empty' },
    }),
  },
  'key-page': {
    html: subscriptionKey({
      ...keys,
      plan: { plan: 'partner', periods: [{ name: 'month', quota: 2_000_000, used: 51_200 }] },
      subscriptionKey: subscription({ usesToday: 1312, previous: { start: 'x9Yz', until: at + 7 * 1440 * minute } }),
      collaborators: [
        { id: 'usr_b', username: 'bob' },
        { id: 'usr_c', username: 'c'.repeat(60) },
      ],
      invited: [],
      full: false,
      notice: 'The key is shared.',
    }),
  },
  'key-page-off': {
    html: subscriptionKey({
      ...keys,
      subscriptionKey: subscription({ name: longName, disabled: 'operator', openToAll: true, lastUsed: undefined }),
      collaborators: [],
      invited: [],
      full: false,
      add: { username: 'bob smith', problem: 'username_characters' },
    }),
  },
  'key-shown': {
    html: keyShown({
      viewer,
      name: 'Meter app',
      subscriptionKey: 'Ab3dEfGhIjKlMnOpQrStUvWxYz012345',
      before: 'The old key works for 7 more days.',
    }),
  },
}
