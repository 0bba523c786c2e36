/** The person behind the token, under every prefix that clients use. */
import { expect, test } from 'vitest'
import { createHost, start } from './host.ts'

const ada = {
  id: 1,
  loginName: 'ada',
  displayName: 'Ada Lovelace',
  email: 'ada@example.com',
  administrator: true,
  roles: ['admin'],
  avatar: 'https://example.com/ada.png',
  accessToken: 'all',
  accessTokenExpires: '2030-01-31 13:00:00',
  accessTokenExpiresAtMilliseconds: start + 3_600_000,
  clientId: 'app',
  createdAt: '2030-01-31T12:00:00Z',
  updatedAt: '2030-01-31T12:00:00Z',
  userRegistered: '2030-01-31 12:00:00',
}

test.each(['/api', '/api/v1', '/api/v2', '/api/v3'])('%s answers the person as a bare object', async (prefix) => {
  const { call } = await createHost()
  for (const path of ['/user', '/user/me']) {
    const response = await call('GET', `${prefix}${path}?clientId=cid&platform=web&includeAuthorizedClients=0`, 'all')
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual(ada)
    expect(response.headers['cache-control']).toBe('no-store')
  }
})

test.each(['/api/v4', '/api/v5', '/api/v6'])('%s wraps the person in a member', async (prefix) => {
  const { call } = await createHost()
  expect((await call('GET', `${prefix}/user`, 'all')).json()).toEqual({ user: ada })
})

test('includeAuthorizedClients adds the apps that may act for the person', async () => {
  const { call } = await createHost()
  const response = await call('GET', '/api/v3/user?includeAuthorizedClients=true', 'all')
  expect(response.json()).toEqual({ ...ada, authorizedClients: { apps: [], individuals: [], studies: [] } })
})

test('who has no name, picture or role is shown by the username', async () => {
  const { call } = await createHost()
  expect((await call('GET', '/api/v3/user', 'bob')).json()).toMatchObject({
    id: 2,
    displayName: 'bob',
    avatar: null,
    administrator: false,
    roles: [],
  })
})

test('any scope of the API shows the person, but the e-mail address needs basic or email', async () => {
  const { call } = await createHost()
  const members = async (token: string) => Object.keys((await call('GET', '/api/v3/user', token)).json())
  expect(await members('basic')).toContain('email')
  expect(await members('readAndEmail')).toContain('email')
  expect(await members('read')).not.toContain('email')
  expect(await members('write')).not.toContain('email')
  expect((await call('GET', '/api/v3/user', 'openid')).statusCode).toBe(403)
})
