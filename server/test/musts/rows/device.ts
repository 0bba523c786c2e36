import { addDevice, allow, ask, asked, decide, poll, signedIn, type } from '../../device/steps.ts'
import { addClient } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import type { World } from '../provoked.ts'
import { change, changeLast, granted, refused, setStatus } from '../steps.ts'

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
      'MUST',
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
      'MUST',
      'The device code was issued to the client that shows it.',
      `${at}credential_of_another_client`,
      async (w) => {
        const { code } = await waiting(w)
        await refused(poll(w.h, await addDevice(w.h), code), 'invalid_grant')
      },
    ),
    must('3.4', 'MUST', 'The code is one of this server.', `${codes}credential_not_ours (2)`, async (w) => {
      const { device, code } = await waiting(w)
      await refused(poll(w.h, device, changeLast(code)), 'invalid_grant')
    }),
    must(
      '3.5',
      'MUST',
      'Before the person has decided: `authorization_pending`.',
      `${at}authorization_pending`,
      async (w) => {
        const { device, code } = await waiting(w)
        await refused(poll(w.h, device, code), 'authorization_pending')
      },
    ),
    must('3.5', 'MUST', 'A device that asks too often is told `slow_down`.', `${at}slow_down`, async (w) => {
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
    must('3.5', 'MUST', 'After a no: `access_denied`.', `${at}device_denied`, async (w) => {
      const { device, code, userCode } = await waiting(w)
      const browser = await signedIn(w.h)
      await decide(browser, await type(browser, userCode), 'deny')
      await refused(poll(w.h, device, code), 'access_denied')
    }),
    must('3.5', 'MUST', 'After its time: `expired_token`.', `${at}device_code_expired`, async (w) => {
      const { device, code } = await waiting(w)
      w.h.clock.move(600_000)
      await refused(poll(w.h, device, code), 'expired_token')
    }),
    must('3.5', 'MUST', 'Also when nothing of it is kept any more.', `${codes}device_code_expired`, async (w) => {
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
      'A device that missed its answer gets it again, as long as nothing of it was used.',
      "protocol/grant: kind === 'device'",
      async (w) => {
        const { device, code, userCode } = await waiting(w)
        await allow(await signedIn(w.h), userCode)
        const { body } = await granted(poll(w.h, device, code))
        const { refresh } = await import('../../support/browser.ts')
        await granted(refresh(w.h.app, device, body.refresh_token ?? ''))
        w.h.clock.move(5000)
        await refused(poll(w.h, device, code), 'invalid_grant')
        const [view] = await w.h.storage.grants.listByUser(w.alice.id, 1)
        if (view?.grant.state === 'ended') throw new Error('the grant has ended')
      },
    ),
    must('3.5', 'own', 'A device that has refreshed is past its code.', `${at}device_code_used`, async (w) => {
      const { device, code, userCode } = await waiting(w)
      await allow(await signedIn(w.h), userCode)
      const { refresh } = await import('../../support/browser.ts')
      let { body } = await granted(poll(w.h, device, code))
      body = (await granted(refresh(w.h.app, device, body.refresh_token ?? ''))).body
      w.h.clock.move(5000)
      await refused(poll(w.h, device, code), 'invalid_grant')
    }),
  ],
}
void addClient
