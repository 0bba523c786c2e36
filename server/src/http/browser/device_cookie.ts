/** The cookie by which a browser that has signed in to an account before is known. It outlasts sign-out. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { deviceLife, rememberDevice } from '../../engine/account/known_devices.ts'
import { seconds } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account } from '../../storage/contract.ts'
import { cookieName, readCookies, setCookie } from './cookies.ts'

/** What the browser has sent of it, still sealed. */
export function deviceCookie(context: Context, request: FastifyRequest): string | undefined {
  return readCookies(request).get(cookieName(context, 'device'))
}

/** Makes the browser known to an account that it has just signed in to. */
export function setDeviceCookie(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  account: Account,
): void {
  const value = rememberDevice(context, deviceCookie(context, request), account)
  setCookie(context, reply, { name: cookieName(context, 'device'), value, maxAge: seconds(deviceLife) })
}
