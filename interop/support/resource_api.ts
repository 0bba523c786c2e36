/** The data API as an app calls it, with nothing but a bearer token. */

export interface Measurement {
  readonly variableName: string
  readonly value: number
  readonly unitAbbreviatedName: string
  readonly sourceName: string
}

export function userStatus(issuer: string, accessToken: string): Promise<number> {
  return fetch(`${issuer}/api/v3/user`, { headers: bearer(accessToken) }).then((response) => response.status)
}

export async function writeMeasurement(issuer: string, accessToken: string, value: number): Promise<number> {
  const response = await fetch(`${issuer}/api/v3/measurements`, {
    method: 'POST',
    headers: { ...bearer(accessToken), 'content-type': 'application/json' },
    body: JSON.stringify([
      {
        measurementItems: [{ timestamp: 1_406_419_860, value, note: 'written through an app' }],
        sourceName: 'interop',
        unitAbbreviatedName: '/5',
        variableName: 'Overall Mood',
        variableCategoryName: 'Emotions',
        combinationOperation: 'MEAN',
      },
    ]),
  })
  return response.status
}

export async function readMeasurements(
  issuer: string,
  accessToken: string,
): Promise<{ readonly status: number; readonly measurements: readonly Measurement[] }> {
  const response = await fetch(`${issuer}/api/v3/measurements?variableName=Overall%20Mood`, {
    headers: bearer(accessToken),
  })
  const body: unknown = await response.json()
  return { status: response.status, measurements: Array.isArray(body) ? body : [] }
}

function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` }
}
