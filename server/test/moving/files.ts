/** Exports of other servers as these write them, with passwords that are known. */
import { pbkdf2Sync, randomUUID, scryptSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Algorithm, hash as argon2 } from '@node-rs/argon2'
import { hash as bcrypt } from '@node-rs/bcrypt'

/** The package's enumeration is a type only. */
const argon2Kinds: Readonly<Record<'d' | 'i' | 'id', Algorithm>> = { d: 0, i: 1, id: 2 }

export const password = 'correct horse battery staple'

/** Writes a file into a folder of its own; answers its path. */
export function fileOf(content: unknown, name = 'export.json', folder = newFolder()): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  return path
}

export const newFolder = () => mkdtempSync(join(tmpdir(), 'consentry-moving-'))

const salt = Buffer.from('sixteen bytes of')

/** A password credential of Keycloak by PBKDF2. */
export function keycloakPassword(algorithm = 'pbkdf2-sha512', iterations = 1000, of = password) {
  const digest = algorithm === 'pbkdf2' ? 'sha1' : algorithm.slice('pbkdf2-'.length)
  const value = pbkdf2Sync(of, salt, iterations, 64, digest).toString('base64')
  return {
    id: randomUUID(),
    type: 'password',
    userLabel: 'My password',
    createdDate: 1_690_000_000_000,
    secretData: JSON.stringify({ value, salt: salt.toString('base64'), additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations: iterations, algorithm, additionalParameters: {} }),
  }
}

/** The same as newer releases write it by default. */
export async function keycloakArgon2(of = password) {
  const options = { algorithm: argon2Kinds.id, memoryCost: 64, timeCost: 5, parallelism: 1, salt }
  const value = (await argon2(of, options)).split('$').at(-1) ?? ''
  return {
    id: randomUUID(),
    type: 'password',
    createdDate: 1_720_000_000_000,
    secretData: JSON.stringify({ value: `${value}=`, salt: salt.toString('base64'), additionalParameters: {} }),
    credentialData: JSON.stringify({
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: { hashLength: ['32'], memory: ['64'], type: ['id'], version: ['1.3'], parallelism: ['1'] },
    }),
  }
}

/** An authenticator app: Keycloak keeps the seed as text. */
export function keycloakOtp(seed: string, more: object = {}) {
  return {
    id: randomUUID(),
    type: 'otp',
    userLabel: 'phone',
    createdDate: 1_690_000_000_000,
    secretData: JSON.stringify({ value: seed }),
    credentialData: JSON.stringify({
      subType: 'totp',
      digits: 6,
      counter: 0,
      period: 30,
      algorithm: 'HmacSHA1',
      ...more,
    }),
  }
}

export function keycloakUser(username: string, more: object = {}) {
  return {
    id: randomUUID(),
    createdTimestamp: 1_600_000_000_000,
    username,
    enabled: true,
    totp: false,
    emailVerified: true,
    firstName: 'Anna',
    lastName: 'Meadow',
    email: `${username.split('@')[0]}@example.com`,
    attributes: { locale: ['de'] },
    credentials: [keycloakPassword()],
    disableableCredentialTypes: [],
    requiredActions: [],
    realmRoles: ['default-roles-acme', 'admin'],
    notBefore: 0,
    groups: ['/staff'],
    ...more,
  }
}

export function keycloakClient(clientId: string, more: object = {}) {
  return {
    id: randomUUID(),
    clientId,
    name: `The app ${clientId}`,
    rootUrl: 'https://app.example',
    baseUrl: 'https://app.example/home',
    surrogateAuthRequired: false,
    enabled: true,
    alwaysDisplayInConsole: false,
    clientAuthenticatorType: 'client-secret',
    secret: 'KWYPBgrTEEGZNH6wZsP2zyK14LZHJi77',
    redirectUris: ['https://app.example/cb'],
    webOrigins: ['+'],
    notBefore: 0,
    bearerOnly: false,
    consentRequired: false,
    standardFlowEnabled: true,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: false,
    publicClient: false,
    frontchannelLogout: true,
    protocol: 'openid-connect',
    attributes: { 'post.logout.redirect.uris': 'https://app.example/bye##+' },
    fullScopeAllowed: true,
    defaultClientScopes: ['web-origins', 'acr', 'roles', 'profile', 'basic', 'email'],
    optionalClientScopes: ['address', 'phone', 'offline_access', 'microprofile-jwt'],
    ...more,
  }
}

export function realm(users: readonly unknown[], clients: readonly unknown[] = []) {
  return { id: 'acme', realm: 'acme', enabled: true, sslRequired: 'external', roles: { realm: [] }, users, clients }
}

/** One hash of each kind that can be checked. */
export async function hashesOf(of = password): Promise<Readonly<Record<string, string>>> {
  const plain = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  const pbkdf2 = (digest: string, length: number) => plain(pbkdf2Sync(of, salt, 1000, length, digest))
  const bcrypted = await bcrypt(of, 4)
  const cost = { memoryCost: 64, timeCost: 2, parallelism: 1 }
  return {
    bcrypt: bcrypted,
    'bcrypt 2a': bcrypted.replace('$2b$', '$2a$'),
    'bcrypt 2y': bcrypted.replace('$2b$', '$2y$'),
    scrypt: `$scrypt$ln=10,r=8,p=1$${plain(salt)}$${plain(scryptSync(of, salt, 32, { N: 1024, r: 8, p: 1 }))}`,
    'pbkdf2-sha1': `$pbkdf2$i=1000$${plain(salt)}$${pbkdf2('sha1', 20)}`,
    'pbkdf2-sha256': `$pbkdf2-sha256$i=1000,l=32$${plain(salt)}$${pbkdf2('sha256', 32)}`,
    'pbkdf2-sha512': `$pbkdf2-sha512$i=1000$${plain(salt)}$${pbkdf2('sha512', 64)}`,
    argon2id: await argon2(of, { ...cost, algorithm: argon2Kinds.id }),
    argon2i: await argon2(of, { ...cost, algorithm: argon2Kinds.i }),
    argon2d: await argon2(of, { ...cost, algorithm: argon2Kinds.d }),
  }
}
