/** The paths of the QuantiModo door, spelled out: every version and host prefix under which its documents name it. */

const bases = ['', '/api'].flatMap((api) =>
  ['', '/v1', '/v2', '/v3', '/v4', '/v5', '/v6'].flatMap((version) =>
    ['', '/bshaffer'].flatMap((server) => ['/oauth', '/oauth2'].map((oauth) => `${api}${version}${server}${oauth}`)),
  ),
)

/** These two are the standard dialect's. */
const standard = new Set(['/oauth/authorize', '/oauth/token'])

function pathsOf(...names: readonly string[]): readonly string[] {
  return bases.flatMap((base) => names.map((name) => `${base}/${name}`)).filter((path) => !standard.has(path))
}

export const authorizePaths = pathsOf('authorize')
export const tokenPaths = pathsOf('token', 'access_token', 'accesstoken')
