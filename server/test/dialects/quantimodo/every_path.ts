/** Every address of the protocol, one by one. */

const bases = ['', '/api'].flatMap((api) =>
  ['', '/v1', '/v2', '/v3', '/v4', '/v5', '/v6'].flatMap((version) =>
    ['', '/bshaffer'].flatMap((server) => ['/oauth', '/oauth2'].map((oauth) => `${api}${version}${server}${oauth}`)),
  ),
)

function pathsOf(...names: readonly string[]): readonly string[] {
  const standard = ['/oauth/authorize', '/oauth/token']
  return bases.flatMap((base) => names.map((name) => `${base}/${name}`)).filter((path) => !standard.includes(path))
}

export const authorizePaths = pathsOf('authorize')
export const tokenPaths = pathsOf('token', 'access_token', 'accesstoken')
