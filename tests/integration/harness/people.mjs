// The people of sql/dev and their credentials, which are made by the portal's own
// libraries.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const { encode: encodeV4 } = await import("next-auth/jwt");

export const ada = "100000000000000001";
export const grace = "100000000000000002";
export const ben = "200000000000000001";
export const carl = "200000000000000002";
export const nobody = "999999999999999999";

export const adaAndBen = "11111111-1111-4111-8111-111111111111";
export const graceAndBen = "22222222-2222-4222-8222-222222222222";
export const endedOfCarl = "33333333-3333-4333-8333-333333333333";
export const cancelledOfCarl = "44444444-4444-4444-8444-444444444444";
export const adaAndGrace = "66666666-6666-4666-8666-666666666666";
export const ofNothing = "99999999-9999-4999-8999-999999999999";

export const sessionSecret = "a secret of the portal's, long enough to be one";
export const cookieName = "next-auth.session-token";

/** A NextAuth v4 session token, as the portal's Discord sign-in makes it. */
export const sessionToken = (discordId, { secret = sessionSecret, maxAge = 3600, ...claims } = {}) =>
  encodeV4({ token: { name: "Somebody", sub: "portal-user", discordId, ...claims }, secret, maxAge });

/** A signed-in person's Cookie header. */
export const cookie = async (discordId, options) =>
  `${cookieName}=${await sessionToken(discordId, options)}`;
