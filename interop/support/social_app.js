/**
 * The script of an app's page: the social flow as the QuantiModo documents number its steps. Served to the page, not run
 * by Node.
 */
const main = document.querySelector('main')
const { issuer, authorize } = main.dataset
const here = `${location.origin}${location.pathname}`

// 3. The popup is back with code or error, which the page that opened it waits for.
if (window.opener !== null) {
  window.opener.postMessage(location.search, location.origin)
  window.close()
}

// 1. Open the popup.
document.querySelector('button').addEventListener('click', () => {
  const query = `provider=google&redirectUrl=${encodeURIComponent(here)}`
  window.open(`${issuer}/api/v2/auth/social/login?${query}`, 'social', 'popup,width=600,height=700')
})

addEventListener('message', async (message) => {
  if (message.origin !== location.origin) return
  const answer = new URLSearchParams(message.data)
  if (answer.has('error')) {
    main.textContent = `Not signed in: ${answer.get('error')}`
    return
  }
  // 4. and 7. The code for the JWT of the user.
  const url = `${issuer}/api/v2/auth/social/authorizeCode?provider=google&code=${answer.get('code')}`
  const { data } = await (await fetch(url)).json()
  location.assign(`${issuer}/api/v2/oauth/authorize?token=${data.token}&${authorize}`)
})
