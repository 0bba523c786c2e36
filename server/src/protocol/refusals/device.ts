/** Refusals of devices that cannot show a browser, and wait for a person (RFC 8628). */
import { grant, type Row } from './row.ts'

export const deviceRefusals = {
  device_requests_exceeded: {
    error: 'temporarily_unavailable',
    status: 429,
    text: 'Too many devices have asked. Try again later.',
    cause: 'The app, or one network at an app without a secret, has asked for too many devices within ten minutes.',
    rfc: 'RFC 8628 §5.2',
    repair: 'Ask only when a person wants to sign in on the device, and wait as long as Retry-After says.',
  },
  authorization_pending: {
    error: 'authorization_pending',
    status: 400,
    text: 'The person has not decided yet.',
    cause: 'The person has not decided yet. Later answers of this kind are left out of this list.',
    rfc: 'RFC 8628 §3.5',
    repair: 'Nothing is wrong. Ask again after the interval until there is another answer.',
  },
  slow_down: {
    error: 'slow_down',
    status: 400,
    text: 'The device asks too often. Wait 5 seconds longer between requests from now on.',
    cause: 'The device asked before the interval was over. Later answers of this kind are left out of this list.',
    rfc: 'RFC 8628 §3.5',
    repair: 'Wait for the interval of the answer, and for 5 seconds more after each slow_down.',
  },
  device_denied: {
    error: 'access_denied',
    status: 400,
    text: 'The person did not allow this.',
    cause: 'The person said no to the device.',
    rfc: 'RFC 8628 §3.5',
    repair: 'Stop asking, and let the person start again on the device.',
  },
  device_code_expired: {
    error: 'expired_token',
    status: 400,
    text: 'The device code has expired.',
    cause: 'Nobody had decided within the ten minutes of the device code, or it was not redeemed in them.',
    rfc: 'RFC 8628 §3.5',
    repair: 'Ask for a new device code when the person wants to try again.',
  },
  device_code_used: {
    ...grant,
    text: 'The device code was used before.',
    cause: 'The device has its tokens already, and has used them since.',
    rfc: 'RFC 8628 §3.5',
    repair: 'Stop asking once there are tokens, and keep them.',
  },
} satisfies Record<string, Row>
