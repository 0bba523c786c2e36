import { makeDeviceCode } from '../../../src/engine/grant/credentials.ts'
import { decodeCredential } from '../../../src/protocol/credential.ts'
import { addDevice, allow, ask, asked, decide, poll, signedIn, type } from '../../device/steps.ts'
import { refresh } from '../../support/browser.ts'
import { type Musts, must } from '../must.ts'
import type { World } from '../provoked.ts'
import { call, change, changeLast, granted, logged, refused, setStatus } from '../steps.ts'

const at = 'engine/token/grants/device_code: '
const codes = 'engine/grant/device_codes: '
const decided = 'engine/authorize/device/decide: '

async function waiting(w: World, more: Record<string, unknown> = {}) {
  const device = await addDevice(w.h, more)
  return { device, ...(await asked(w.h, device)) }
}

/** The person presses the button after the app has lost something. */
async function pressedAfter(w: World, lose: (id: string) => Promise<void>): Promise<void> {
  const { device, userCode, code } = await waiting(w)
  const browser = await signedIn(w.h)
  const page = await type(browser, userCode)
  await lose(device.id)
  const done = await decide(browser, page, 'allow')
  if (done.body.includes('id="device-allowed"')) throw new Error('it was allowed')
  void code
}

export const rfc8628: Musts = {
  spec: 'RFC 8628',
  title: 'Device Authorization Grant',
  page: 'rfc8628',
  file: 'device.ts',
  rows: [
    must(
      '3.1',
      'own',
      'Only a client that is registered for it asks.',
      'engine/authorize/checks/client: grant_type_not_registered',
      async (w) =>
        refused(
          ask(
            w.h,
            await addDevice(w.h, { grant_types: ['authorization_code'], redirect_uris: ['https://app.example/cb'] }),
            { scope: 'basic' },
          ),
          'unauthorized_client',
        ),
    ),
    must('3.3', 'own', 'A device whose app was disabled meanwhile gets no yes.', `${decided}client_disabled`, (w) =>
      pressedAfter(w, (id) => setStatus(w, id, 'disabled')),
    ),
    must('3.3', 'own', 'Nor one whose app has lost the grant type.', `${decided}grant_type_not_registered`, (w) =>
      pressedAfter(w, (id) => change(w, id, { grant_types: ['refresh_token'] })),
    ),
    must('3.3', 'own', 'Nor one whose app has left this protocol.', `${decided}dialect_not_allowed`, (w) =>
      pressedAfter(w, (id) => change(w, id, { dialects: ['quantimodo'] })),
    ),
    must(
      '3.4',
      'says',
      'The device code was issued to the client that shows it.',
      `${at}credential_of_another_client`,
      async (w) => {
        const { code } = await waiting(w)
        await refused(poll(w.h, await addDevice(w.h), code), 'invalid_grant')
      },
    ),
    must('3.4', 'says', 'The code is one of this server.', `${codes}credential_not_ours (2)`, async (w) => {
      const { device, code } = await waiting(w)
      await refused(poll(w.h, device, changeLast(code)), 'invalid_grant')
    }),
    must(
      '3.5',
      'says',
      'Before the person has decided: `authorization_pending`.',
      `${at}authorization_pending`,
      async (w) => {
        const { device, code } = await waiting(w)
        await refused(poll(w.h, device, code), 'authorization_pending')
      },
    ),
    must('3.5', 'says', 'A device that asks too often is told `slow_down`.', `${at}slow_down`, async (w) => {
      const { device, code } = await waiting(w)
      await poll(w.h, device, code)
      w.h.clock.move(2000)
      await refused(poll(w.h, device, code), 'slow_down')
    }),
    must('3.5', 'own', 'One that asks again at once is not even looked up.', `${codes}slow_down`, async (w) => {
      const { device, code } = await waiting(w)
      await poll(w.h, device, code)
      await refused(poll(w.h, device, code), 'slow_down')
      const { find } = w.h.storage.deviceRequests
      Object.assign(w.h.storage.deviceRequests, { find: () => Promise.reject(new Error('it was looked up')) })
      try {
        await refused(poll(w.h, device, code), 'slow_down')
      } finally {
        Object.assign(w.h.storage.deviceRequests, { find })
      }
    }),
    must('3.5', 'says', 'After a no: `access_denied`.', `${at}device_denied`, async (w) => {
      const { device, code, userCode } = await waiting(w)
      const browser = await signedIn(w.h)
      await decide(browser, await type(browser, userCode), 'deny')
      await refused(poll(w.h, device, code), 'access_denied')
    }),
    must('3.5', 'says', 'After its time: `expired_token`.', `${at}device_code_expired`, async (w) => {
      const { device, code } = await waiting(w)
      w.h.clock.move(600_000)
      await refused(poll(w.h, device, code), 'expired_token')
    }),
    must('3.5', 'own', 'Also when nothing of it is kept any more.', `${codes}device_code_expired`, async (w) => {
      const { device, code } = await waiting(w)
      w.h.clock.move(20 * 60_000)
      const { find } = w.h.storage.deviceRequests
      Object.assign(w.h.storage.deviceRequests, { find: async () => undefined })
      try {
        await refused(poll(w.h, device, code), 'expired_token')
      } finally {
        Object.assign(w.h.storage.deviceRequests, { find })
      }
    }),
    must(
      '3.5',
      'own',
      'A device that asks on after its answer was used is no thief: nothing ends.',
      "protocol/grant: kind === 'device'",
      async (w) => {
        const { device, code, userCode } = await waiting(w)
        await allow(await signedIn(w.h), userCode)
        const { body } = await granted(poll(w.h, device, code))
        await call(w, `Bearer ${body.access_token}`)
        w.h.clock.move(120_000)
        await refused(poll(w.h, device, code), 'invalid_grant')
        await granted(refresh(w.h.app, device, body.refresh_token ?? ''))
      },
    ),
    must(
      '3.5',
      'own',
      'A device that has refreshed is past its code.',
      [`${at}device_code_used`, 'engine/token/token: device_code_used'],
      async (w) => {
        const { device, code, userCode } = await waiting(w)
        await allow(await signedIn(w.h), userCode)
        const { body } = await granted(poll(w.h, device, code))
        await granted(refresh(w.h.app, device, body.refresh_token ?? ''))
        w.h.clock.move(5000)
        await refused(poll(w.h, device, code), 'invalid_grant')
        await logged(w, device.id, 'device_code_used')
      },
    ),
    must('3.5', 'own', 'So is one whose answer was used.', 'engine/token/token: device_code_used', async (w) => {
      const { device, code, userCode } = await waiting(w)
      await allow(await signedIn(w.h), userCode)
      const { body } = await granted(poll(w.h, device, code))
      await call(w, `Bearer ${body.access_token}`)
      w.h.clock.move(3_600_000)
      await refused(poll(w.h, device, code), 'invalid_grant')
      await logged(w, device.id, 'device_code_used')
    }),
    must('3.4', 'own', 'A device code from the future was not made here.', `${codes}credential_not_ours`, async (w) => {
      const { device, code } = await waiting(w)
      const request = await w.h.storage.deviceRequests.find(decodeCredential(code)?.grantId ?? Buffer.alloc(16))
      if (request === undefined) throw new Error('no request')
      await refused(
        poll(w.h, device, makeDeviceCode(w.h.context, request, w.h.clock.now() + 3_600_000)),
        'invalid_grant',
      )
    }),
  ],
}
