/** Values that the pictures share: usual ones, and the longest that a page has to bear. */
export const csrf = 'sample-token'
export const viewer = { username: 'alice' }
export const at = Date.UTC(2026, 2, 3, 14, 2, 11)
export const minute = 60_000
export const longName =
  'The Long and Winding Journal of Everything That Was Ever Measured, Felt or Eaten by Anybody at All, 2026'
export const longEmail = 'a.very.long.local.part.that.nobody.would.like.to.type@a-rather-long-subdomain.of.example.org'
export const longHost = 'a-quite-long-subdomain-of-a-preview-deployment-1234567890.eu-central-1.hosting.example.com'
export const requestId = '01JNE4Q8S5W2M7C0K9T3XH6BZD'
export const brandAccent = { light: '#8b1d5b', dark: '#f2a2cf' }
