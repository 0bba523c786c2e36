/** What the page of usage says. */
export const usagePage = {
  title: 'Usage',
  lead: 'The last 30 days, each from midnight to midnight UTC.',
  byDay: 'By day',
  day: 'Day',
  signIns: 'Sign-ins',
  failed: 'Refused sign-ins',
  tokenRequests: 'Token requests',
  chart: 'Token requests by day; the table below has the numbers.',
  byProtocol: 'Legacy protocols by app',
  protocol: 'Protocol',
  app: 'App',
  uses: 'Uses',
  last: 'Last use',
  none: 'Nothing was used.',
}
