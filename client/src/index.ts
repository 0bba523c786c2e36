/** Client for Consentry. The first release only names its version; the client itself comes in a later one. */
export const version = '0.1.0'
