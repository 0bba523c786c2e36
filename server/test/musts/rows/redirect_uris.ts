import { allowOn, authorizeUrl } from '../../support/browser.ts'
import { addClient, callback } from '../../support/harness.ts'
import { type Musts, must } from '../must.ts'
import { addPublic, ask, notRegistrable, registrable, shownHere } from '../steps.ts'

const at = 'protocol/redirect_uri: '
const native = { application_type: 'native', token_endpoint_auth_method: 'none' }

const spelling = `${at}authority !== url.host && authority !== \`\${url.hostname}:\${scheme === 'https' ? 443 : 80}\``

export const redirectUris: Musts = {
  spec: 'RFC 8252, RFC 9700 and RFC 6749, redirect URIs',
  title: 'Redirect URIs',
  page: 'redirect_uris',
  file: 'redirect_uris.ts',
  rows: [
    must('9700 2.1', 'MUST', 'Redirect URIs are compared as strings, exactly.', `${at}exact_comparison`, (w) =>
      shownHere(ask(w, { redirect_uri: `${callback}?x=1` }), 'invalid_request'),
    ),
    must(
      '8252 7.3',
      'own',
      'Any port is for apps on a person’s own machine, not for a server there.',
      `${at}exact !== undefined || !anyPort`,
      async (w) => {
        const app = await addClient(w.h, { redirect_uris: ['http://127.0.0.1/cb'] })
        await shownHere(ask(w, { redirect_uri: 'http://127.0.0.1:5123/cb' }, app), 'invalid_request')
      },
    ),
    must(
      '8252 7.3',
      'own',
      'At the loopback address the path is still the registered one.',
      `${at}loopback_host_and_path`,
      async (w) => {
        const app = await addPublic(w, { redirect_uris: ['http://127.0.0.1/cb'], application_type: 'native' })
        await shownHere(ask(w, { redirect_uri: 'http://127.0.0.1:5123/other' }, app), 'invalid_request')
      },
    ),
    must('8252 7.3', 'own', 'No other host comes with any port.', `${at}wanted === undefined`, async (w) => {
      const app = await addPublic(w, { redirect_uris: ['http://127.0.0.1/cb', 'https://app.example/cb'] })
      await shownHere(ask(w, { redirect_uri: 'https://app.example:444/cb' }, app), 'invalid_request')
    }),
    must(
      '8252 7.3',
      'own',
      'A port is a port.',
      `${at}parts === null || Number(parts[2] ?? 80) > 65535 || Number(parts[2] ?? 80) === 0`,
      async (w) => {
        const app = await addPublic(w, { redirect_uris: ['http://127.0.0.1/cb'], application_type: 'native' })
        await shownHere(ask(w, { redirect_uri: 'http://127.0.0.1:70000/cb' }, app), 'invalid_request')
      },
    ),
    must(
      '6749 3.1.2',
      'MUST NOT',
      'A redirect URI has no fragment.',
      `${at}uri.includes('#')`,
      notRegistrable('https://app.example/cb#x'),
    ),
    must(
      '6749 3.1.2',
      'MUST',
      'A redirect URI is absolute, its scheme in small letters.',
      `${at}scheme === undefined`,
      notRegistrable('HTTPS://app.example/cb', native),
    ),
    must(
      '6749 3.1.2.1',
      'SHOULD',
      'It is https, but for the loopback address.',
      `${at}scheme === 'http' && !isLoopback(url.hostname)`,
      notRegistrable('http://app.example/cb'),
    ),
    must(
      '8252 7.1',
      'own',
      'A scheme of an app is a domain name the other way round, with a dot.',
      `${at}scheme === 'https' || scheme === 'http'`,
      registrable('https://app.example/cb'),
    ),
    must('8252 8.4', 'own', 'Such schemes are for native apps.', `${at}!native`, notRegistrable('com.example.app:/cb')),
    must(
      '9700 2.1',
      'own',
      'A redirect URI has no scheme that runs code or opens a file.',
      [`${at}isForbiddenScheme(scheme)`, `${at}reversed_domain`],
      notRegistrable('javascript:alert(1)', native),
    ),
    must(
      '9700 4.1',
      'own',
      'No pattern: a star stands for nothing.',
      `${at}uri.includes('*')`,
      notRegistrable('https://app.example/*'),
    ),
    must(
      '9700 4.1',
      'own',
      'No character that browsers repair.',
      `${at}/[\\\\<>"\`{}|^]/.test(uri)`,
      notRegistrable('https://app.example/a\\b'),
    ),
    must(
      '9700 4.1',
      'own',
      'Printable ASCII alone.',
      `${at}!/^[\\x21-\\x7e]+$/.test(uri)`,
      notRegistrable('https://app.example/caf\u00e9'),
    ),
    must(
      '9700 4.1',
      'own',
      'No longer than 2,000 characters.',
      `${at}uri.length > 2000`,
      notRegistrable(`https://app.example/${'x'.repeat(2000)}`),
    ),
    must(
      '9700 4.1',
      'own',
      'No parameter of ours in its query.',
      `${at}hasReservedParameter(url)`,
      notRegistrable('https://app.example/cb?code=x'),
    ),
    must(
      '9700 4.1',
      'own',
      'Two slashes before the host.',
      [`${at}!uri.startsWith(\`\${scheme}://\`)`, spelling],
      notRegistrable('https:app.example/cb'),
    ),
    must(
      '9700 4.1',
      'own',
      'No user name.',
      [`${at}authority.includes('@')`, spelling],
      notRegistrable('https://me@app.example/cb'),
    ),
    must(
      '9700 4.1',
      'own',
      'The host in the one spelling that it has.',
      `${at}authority !== url.host && authority !== \`\${url.hostname}:\${scheme === 'https' ? 443 : 80}\``,
      notRegistrable('https://APP.example/cb'),
    ),
    must(
      '9700 4.1',
      'own',
      'The host is a host.',
      `${at}!/^([a-z0-9_.-]+|\\[[0-9a-f:.]+\\])$/.test(url.hostname)`,
      notRegistrable('https://a,b.example/cb'),
    ),
    must(
      '9700 4.1',
      'own',
      'No dot at its end.',
      `${at}url.hostname.endsWith('.')`,
      notRegistrable('https://app.example./cb'),
    ),
    must(
      '9700 4.1',
      'own',
      'No dot segments.',
      `${at}path.split('/').some((part) => /^(\\.|%2e){1,2}(;.*)?$/i.test(part))`,
      notRegistrable('https://app.example/a/../cb'),
    ),
    must(
      '8252 8.6',
      'MUST',
      'A native app never gets its answer unasked: another program could pose as it.',
      'engine/authorize/next_step: no_silent_consent_for_native_apps',
      async (w) => {
        const app = await addPublic(w, { redirect_uris: ['http://127.0.0.1/cb'], application_type: 'native' })
        const url = authorizeUrl(app.id, { redirect_uri: 'http://127.0.0.1/cb' })
        await allowOn(w.browser, await w.browser.follow(await w.browser.get(url)))
        const again = await w.browser.follow(await w.browser.get(url))
        if (!again.body.includes('id="consent-allow"')) throw new Error('nobody was asked')
      },
    ),
    must(
      '8252 8.6',
      'own',
      'An address of the own machine is native, a web address is not.',
      `${at}scheme !== 'https' && scheme !== 'http'`,
      async (w) => {
        const scheme = 'com.example.app:/cb'
        const app = await addPublic(w, { redirect_uris: [scheme], application_type: 'native' })
        const url = authorizeUrl(app.id, { redirect_uri: scheme })
        await allowOn(w.browser, await w.browser.follow(await w.browser.get(url)))
        const again = await w.browser.follow(await w.browser.get(url))
        if (!again.body.includes('id="consent-allow"')) throw new Error('nobody was asked')
      },
    ),
    must(
      '8252 7.1',
      'MUST',
      'A scheme of an app has a dot.',
      `${at}reversed_domain`,
      notRegistrable('myapp:/cb', native),
    ),
  ],
}
