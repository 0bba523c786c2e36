/** What starts the viewer on the page of the reference, as the text of a file: a page has no script in itself. */
import { referenceClient } from '../../runtime/kept/builtin_clients.ts'

const config = {
  dom_id: '#reference',
  url: '/docs/api/json',
  docExpansion: 'list',
  deepLinking: true,
  validatorUrl: null,
  layout: 'ReferenceLayout',
}

const signIn = {
  clientId: referenceClient.clientId,
  scopes: 'basic readmeasurements',
  usePkceWithAuthorizationCodeGrant: true,
}

/**
 * The viewer's own layouts bring a second `main` and a choice among one server, and one of them a box that loads any
 * document from anywhere. This one has the description, the way to a token and the operations.
 */
export const referenceScript = `const referenceLayout = ({ React: { createElement } }) => ({
  components: {
    ReferenceLayout({ getComponent, specSelectors }) {
      const part = (name) => createElement(getComponent(name, true), { key: name })
      const status = specSelectors.loadingStatus()
      const heading = createElement('h2', { key: 'heading', className: 'unseen' }, 'Requests')
      const parts =
        status === 'success'
          ? [...['errors', 'InfoContainer', 'AuthorizeBtnContainer'].map(part), heading, part('operations')]
          : status === 'loading'
            ? 'Loading …'
            : 'The OpenAPI document could not be loaded. Please reload this page.'
      return createElement('div', { className: 'swagger-ui' }, parts)
    },
    // The viewer's is a link inside of a button.
    DeepLink: ({ text }) => createElement('span', null, text),
    // The viewer's has no name for those who hear the page.
    CloseIcon: () => createElement('span', { role: 'img', 'aria-label': 'Close' }, '×'),
  },
})

addEventListener('DOMContentLoaded', () => {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const show = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
  dark.addEventListener('change', show)
  show()
  const viewer = SwaggerUIBundle({
    ...${JSON.stringify(config)},
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [referenceLayout],
    oauth2RedirectUrl: new URL('${referenceClient.redirectPath}', location.href).href,
  })
  viewer.initOAuth(${JSON.stringify(signIn)})
})
`
