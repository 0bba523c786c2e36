/** A small web application that signs people in with passport-oauth2, as its documentation shows it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import OAuth2Strategy from 'passport-oauth2'

/** What the application knows of a signed-in person. */
export interface PassportUser {
  readonly accessToken: string
  readonly refreshToken: string
  readonly scope: string
}

export interface PassportApp {
  readonly origin: string
  readonly redirectUri: string
  /** Mounts the strategy once the server and the registered app are known. */
  connect(options: { issuer: string; clientId: string; clientSecret: string; scope: string[] }): void
  /** The person who signed in last. */
  readonly user: PassportUser | undefined
  /** Refreshes the way passport's refresh plug-in does: with the strategy's own HTTP client. */
  refresh(refreshToken: string): Promise<PassportUser>
  close(): Promise<void>
}

/** Opens the strategy's HTTP client, which passport-oauth2 keeps for strategies that build on it. */
class RefreshableStrategy extends OAuth2Strategy {
  refresh(refreshToken: string): Promise<PassportUser> {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken(
        refreshToken,
        { grant_type: 'refresh_token' },
        (error, accessToken, nextRefreshToken, results: { scope?: string }) => {
          if (error) reject(new Error(`refresh refused: ${JSON.stringify(error)}`))
          else
            resolve({
              accessToken: accessToken ?? '',
              refreshToken: nextRefreshToken ?? '',
              scope: results.scope ?? '',
            })
        },
      )
    })
  }
}

export async function startPassportApp(): Promise<PassportApp> {
  let user: PassportUser | undefined
  let strategy: RefreshableStrategy | undefined
  const auth = new passport.Passport()
  auth.serializeUser((someone, done) => done(null, someone))
  auth.deserializeUser((someone: Express.User, done) => done(null, someone))

  const application = express()
  application.use(session({ secret: 'of the application alone', resave: false, saveUninitialized: false }))
  application.use(auth.session())
  application.get('/sign-in', auth.authenticate('oauth2'))
  application.get(
    '/callback',
    auth.authenticate('oauth2', { failureRedirect: '/not-signed-in', failureMessage: true }),
    (_request, response) => response.redirect('/'),
  )
  application.get('/not-signed-in', (request, response) => {
    const { messages = [] } = request.session as { messages?: string[] }
    response.send(`<title>App</title><p id="outcome">not signed in: ${messages.join(' ')}</p>`)
  })
  application.get('/', (request, response) => {
    response.send(`<title>App</title><p id="outcome">${request.user === undefined ? 'nobody' : 'signed in'}</p>`)
  })

  const server = createServer(application).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port for the application')
  const origin = `http://127.0.0.1:${address.port}`
  const redirectUri = `${origin}/callback`

  return {
    origin,
    redirectUri,
    connect({ issuer, clientId, clientSecret, scope }) {
      strategy = new RefreshableStrategy(
        {
          authorizationURL: `${issuer}/oauth/authorize`,
          tokenURL: `${issuer}/oauth/token`,
          clientID: clientId,
          clientSecret,
          callbackURL: redirectUri,
          scope,
          state: true,
          pkce: true,
        },
        (
          accessToken: string,
          refreshToken: string,
          results: { scope: string },
          _profile: unknown,
          done: OAuth2Strategy.VerifyCallback,
        ) => {
          user = { accessToken, refreshToken, scope: results.scope }
          done(null, { name: 'somebody' })
        },
      )
      auth.use('oauth2', strategy)
    },
    get user() {
      return user
    },
    refresh(refreshToken) {
      if (strategy === undefined) throw new Error('connect the application first')
      return strategy.refresh(refreshToken)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
