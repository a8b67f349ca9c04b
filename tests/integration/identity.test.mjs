// Who is let in, through nginx, with sessions and assertions created by the portal's own
// libraries: next-auth (v4), @auth/core (v5) and jose.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createHmac, hkdfSync, createCipheriv, randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as people from "./harness/people.mjs";
import { get, post, raw, request } from "./harness/client.mjs";
import { requestBytes, send } from "./harness/fastcgi.mjs";
import { privateFolder } from "./harness/places.mjs";
import { portalUrl } from "./harness/pool.mjs";
import { aside, stand } from "./harness/stand.mjs";

const { encode: encodeV5 } = await import("@auth/core/jwt");
const jose = await import("jose");

const here = stand();
const v5Name = "authjs.session-token";
const v5Token = (discordId, { secret = people.sessionSecret, salt = v5Name, ...more } = {}) =>
  encodeV5({ token: { sub: "portal-user", discordId, ...more }, secret, salt, maxAge: 3600 });

const asks = (headers, nginx = here.nginx) => get(nginx, "history", undefined, headers);
async function assertIs(headers, discordId, nginx = here.nginx) {
  const answer = await asks(headers, nginx);
  assert.equal(answer.status, 200);
  const id = answer.headers["x-request-id"];
  const line = await (nginx.pool ?? here.pool).line(({ request_id }) => request_id === id);
  assert.equal(line.caller, discordId);
}
async function assertRefused(headers, nginx = here.nginx, refusal) {
  const { status, json } = await asks(headers, nginx);
  assert.equal(status, 401);
  assert.equal(json.code, "unauthenticated");
  if (!refusal) return;
  const line = await (nginx.pool ?? here.pool).line(({ request_id }) => request_id === json.requestId);
  assert.match(line.refusal, refusal);
}
const otherScheme = /doesn't match the scheme of NEXTAUTH_URL/;
const asCookie = (token, name = people.cookieName) => ({ Cookie: `${name}=${token}` });
const flipped = (text, at = Math.floor(text.length / 2)) =>
  text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
const chunked = (token, size, name) =>
  token.match(new RegExp(`.{1,${size}}`, "g")).map((chunk, at) => `${name}.${at}=${chunk}`);

// ── sessions ────────────────────────────────────────────────────────────────────────────

test("a NextAuth v4 session is identified by its discordId", async () => {
  await assertIs(asCookie(await people.sessionToken(people.ada)), people.ada);
});

test("an Auth.js v5 session is identified by its discordId", async () => {
  await assertIs(asCookie(await v5Token(people.ben), v5Name), people.ben);
});

test("without a discordId, the sub is used", async () => {
  await assertIs(asCookie(await people.sessionToken(undefined, { sub: people.ada })), people.ada);
});

test("a discordId that isn't a Discord id is refused, whatever the sub", async () => {
  for (const id of ["", "12a", "123456789012345678901", 123, null, ["1"], "1\u0000"])
    await assertRefused(asCookie(await people.sessionToken(id, { sub: people.ada })));
});

test("a sub too short or too long to be a Discord id is refused", async () => {
  for (const sub of ["7", "1234567", "1000000000000000", "123456789012345678901"])
    await assertRefused(asCookie(await people.sessionToken(undefined, { sub })));
});

test("a session that identifies nobody is refused", async () => {
  await assertRefused(asCookie(await people.sessionToken(undefined, { sub: "portal-user" })));
  await assertRefused(asCookie(await people.sessionToken(undefined, { sub: undefined })));
});

test("other cookies next to the session don't matter", async () => {
  const token = await people.sessionToken(people.ada);
  await assertIs({ Cookie: `a=b; ${people.cookieName}x=1; ${people.cookieName}=${token}; next-auth.csrf-token=x%7Cy` }, people.ada);
});

test("a session in chunks is reassembled, in any order", async () => {
  const big = { filler: "x".repeat(9000) };
  const v4 = chunked(await people.sessionToken(people.ada, big), 3933, people.cookieName);
  assert.ok(v4.length >= 3);
  await assertIs({ Cookie: v4.join("; ") }, people.ada, await bigHeaders());
  await assertIs({ Cookie: [...v4].reverse().join("; ") }, people.ada, await bigHeaders());
  const v5 = chunked(await v5Token(people.ben, big), 3936, v5Name);
  assert.ok(v5.length >= 3);
  await assertIs({ Cookie: v5.join("; ") }, people.ben, await bigHeaders());
});

test("an Auth.js v5 session takes precedence over leftover v4 cookies", async () => {
  const v5 = `${v5Name}=${await v5Token(people.ben)}`;
  const v4 = `${people.cookieName}=${await people.sessionToken(people.ada)}`;
  await assertIs({ Cookie: `${v4}; ${v5}` }, people.ben);
  await assertIs({ Cookie: `${v5}; ${v4}` }, people.ben);
  await assertIs({ Cookie: `${v5}; ${people.cookieName}=junk` }, people.ben);
  await assertIs({ Cookie: `${v5}; ${people.cookieName}.9=junk; ${people.cookieName}.0=junk` }, people.ben);
  await assertIs({ Cookie: `${v5}; ${v5Name}.9=junk` }, people.ben);
  await assertRefused({ Cookie: `${v4}; ${v5Name}=junk` });
  await assertRefused({ Cookie: `${v4}; ${v5Name}=${await v5Token(people.ben, { secret: "another secret" })}` });
});

let roomy;
// nginx's limit for headers is below three chunks unless it's raised, as with Next.js.
const bigHeaders = async () =>
  (roomy ??= await aside(here.database, {}, { http: "large_client_header_buffers 4 32k;" }));
after(() => roomy?.close());

test("a session with a missing or repeated chunk, or both whole and in chunks, is refused", async () => {
  const token = await people.sessionToken(people.ada, { filler: "x".repeat(2000) });
  const [zero, one] = [token.slice(0, 1000), token.slice(1000)];
  const name = people.cookieName;
  await assertIs({ Cookie: `${name}.0=${zero}; ${name}.1=${one}` }, people.ada);
  await assertRefused({ Cookie: `${name}.0=${zero}; ${name}.2=${one}` });
  await assertRefused({ Cookie: `${name}.1=${one}` });
  await assertRefused({ Cookie: `${name}.0=${zero}; ${name}.1=${one}; ${name}.1=${one}` });
  await assertRefused({ Cookie: `${name}=${token}; ${name}.0=${zero}; ${name}.1=${one}` });
});

/** Sends a request with raw headers, because a client library would join them. */
async function rawStatus(lines) {
  const text = await raw(
    here.nginx,
    `GET /api/video-call/history HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`,
  );
  return Number(text.match(/^HTTP\/1\.1 (\d{3})/)[1]);
}

test("cookies in two Cookie headers are all read", async () => {
  const token = await people.sessionToken(people.ada);
  assert.equal(await rawStatus(["Cookie: a=b", `Cookie: ${people.cookieName}=${token}`]), 200);
  assert.equal(
    await rawStatus([`Cookie: ${people.cookieName}.1=${token.slice(100)}`, `Cookie: ${people.cookieName}.0=${token.slice(0, 100)}`]),
    200,
  );
});

test("a session sent twice, in one header or two, is refused", async () => {
  const token = await people.sessionToken(people.ada);
  const pair = `${people.cookieName}=${token}`;
  await assertRefused({ Cookie: `${pair}; ${pair}` });
  assert.equal(await rawStatus([`Cookie: ${pair}`, `Cookie: ${pair}`]), 401);
});

test("an expired session is refused after 15 seconds of grace", async () => {
  await assertRefused(asCookie(await people.sessionToken(people.ada, { maxAge: -20 })));
  await assertIs(asCookie(await people.sessionToken(people.ada, { maxAge: -10 })), people.ada);
});

test("a session that is not yet valid is refused", async () => {
  const now = Math.floor(Date.now() / 1000);
  await assertRefused(asCookie(await people.sessionToken(people.ada, { nbf: now + 60 })));
  await assertIs(asCookie(await people.sessionToken(people.ada, { nbf: now - 60 })), people.ada);
});

test("a session encrypted with another secret is refused, for v4 and v5", async () => {
  await assertRefused(asCookie(await people.sessionToken(people.ada, { secret: "another secret" })));
  await assertRefused(asCookie(await v5Token(people.ada, { secret: "another secret" }), v5Name));
});

test("a truncated session is refused, wherever it is cut", async () => {
  const token = await people.sessionToken(people.ada);
  for (let length = 0; length < token.length; length += 7) await assertRefused(asCookie(token.slice(0, length)));
});

test("a flipped bit in any of the five parts is refused", async () => {
  for (const [token, name] of [
    [await people.sessionToken(people.ada), people.cookieName],
    [await v5Token(people.ada), v5Name],
  ]) {
    const parts = token.split(".");
    assert.equal(parts.length, 5);
    for (const at of [0, 2, 3, 4])
      await assertRefused(asCookie(parts.map((part, index) => (index === at ? flipped(part) : part)).join("."), name));
    await assertRefused(asCookie([parts[0], "QUFB", ...parts.slice(2)].join("."), name));
  }
});

/** A JWE encrypted with the portal's v4 key, with any header and claims. */
function sealed(header, claims, { secret = people.sessionSecret, salt = "", info = "NextAuth.js Generated Encryption Key" } = {}) {
  const key = Buffer.from(hkdfSync("sha256", secret, salt, info, 32));
  const aad = Buffer.from(JSON.stringify(header)).toString("base64url");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(aad));
  const text = typeof claims === "string" ? claims : JSON.stringify(claims);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return [aad, "", iv.toString("base64url"), body.toString("base64url"), cipher.getAuthTag().toString("base64url")].join(".");
}
const good = { alg: "dir", enc: "A256GCM" };
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

test("a session that the test seals by hand is accepted", async () => {
  await assertIs(asCookie(sealed(good, { sub: people.ada, exp: inAnHour })), people.ada);
});

test("a header with zip, crit or another algorithm is refused, even with the right key", async () => {
  const claims = { sub: people.ada, exp: inAnHour };
  for (const header of [
    { ...good, zip: "DEF" },
    { ...good, crit: ["exp"] },
    { ...good, alg: "none" },
    { ...good, alg: "A256KW" },
    { ...good, enc: "A256CBC-HS512" },
    { ...good, enc: "A128GCM" },
    { enc: "A256GCM" },
    { alg: "dir" },
    [],
    null,
  ])
    await assertRefused(asCookie(sealed(header, claims)));
});

test("a session whose exp is missing or not an integer is refused", async () => {
  for (const exp of [undefined, null, "9999999999", 9999999999.5, true])
    await assertRefused(asCookie(sealed(good, { sub: people.ada, exp })));
});

test("an authentic payload that isn't a JSON object is refused", async () => {
  for (const text of ["", "null", "[]", '"text"', "{", '{"sub":"1"} x', "\u0000"]) await assertRefused(asCookie(sealed(good, text)));
});

test("a state or PKCE token of old or new next-auth isn't accepted as a session", async () => {
  const { encode } = await import("next-auth/jwt");
  const state = { token: { value: "state", sub: people.ada }, secret: people.sessionSecret };
  await assertRefused(asCookie(await encode({ ...state, salt: "next-auth.state" })));
  await assertRefused(asCookie(await encode({ ...state, salt: "next-auth.pkce.code_verifier" })));
  await assertRefused(asCookie(sealed(good, { state: "x", provider: "discord", exp: inAnHour })));
  await assertRefused(asCookie(await v5Token(people.ada, { salt: "authjs.state" }), v5Name));
});

test("a v4 session under the v5 cookie name is refused, and vice versa", async () => {
  await assertRefused(asCookie(await people.sessionToken(people.ada), v5Name));
  await assertRefused(asCookie(await v5Token(people.ada)));
});

test("nginx refuses a 100 kB cookie, and the pool drops one sent straight to its socket", async () => {
  const big = `${people.cookieName}=${"A".repeat(100000)}`;
  const atNginx = await request(here.nginx, "GET", "/api/video-call/history", { headers: { Cookie: big }, check: false });
  assert.equal(atNginx.status, 400);
  const bytes = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/history"], ["HTTP_COOKIE", big]]);
  assert.equal(await send(here.pool.socket, bytes).catch(() => ""), "");
  const large = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/history"], ["HTTP_COOKIE", big.slice(0, 60000)]]);
  assert.match(await send(here.pool.socket, large), /^Status: 401 Unauthorized\r\n/);
});

test("during a rotation the previous secret is accepted too, and no other", async () => {
  const nginx = await aside(here.database, { NEXTAUTH_SECRET: "the new secret", NEXTAUTH_SECRET_PREVIOUS: people.sessionSecret });
  try {
    await assertIs(asCookie(await people.sessionToken(people.ada)), people.ada, nginx);
    await assertIs(asCookie(await people.sessionToken(people.ada, { secret: "the new secret" })), people.ada, nginx);
    await assertIs(asCookie(await v5Token(people.ada), v5Name), people.ada, nginx);
    await assertIs(asCookie(await encodeV5({ token: { discordId: people.ada }, secret: ["the new secret", people.sessionSecret], salt: v5Name }), v5Name), people.ada, nginx);
    await assertRefused(asCookie(await people.sessionToken(people.ada, { secret: "a third" })), nginx);
  } finally {
    await nginx.close();
  }
});

test("if the portal's URL is https, only the __Secure- cookie names count", async () => {
  const nginx = await aside(here.database, { NEXTAUTH_URL: "https://portal.example" });
  try {
    const token = await people.sessionToken(people.ada);
    await assertIs(asCookie(token, `__Secure-${people.cookieName}`), people.ada, nginx);
    await assertRefused(asCookie(token), nginx, otherScheme);
    const secureV5 = `__Secure-${v5Name}`;
    await assertIs(asCookie(await v5Token(people.ben, { salt: secureV5 }), secureV5), people.ben, nginx);
    await assertRefused(asCookie(await v5Token(people.ben), v5Name), nginx, otherScheme);
  } finally {
    await nginx.close();
  }
});

test("if the portal's URL is http, the __Secure- cookie name doesn't count", async () => {
  await assertRefused(asCookie(await people.sessionToken(people.ada), `__Secure-${people.cookieName}`), here.nginx, otherScheme);
});

test("a failure in OpenSSL gets 500 and its own log line, not 401", { skip: process.env.ASAN_OPTIONS && "the sanitizer must be the first library" }, async () => {
  const library = join(privateFolder(), "fails.so");
  execFileSync("cc", ["-shared", "-fPIC", "-o", library, "-x", "c", "-"], { input: "void *EVP_CIPHER_fetch(void) { return 0; }" });
  const nginx = await aside(here.database, { LD_PRELOAD: library });
  try {
    for (const cookie of [asCookie(await people.sessionToken(people.ada)), asCookie(await v5Token(people.ada), v5Name)]) {
      const { status, json } = await asks(cookie, nginx);
      assert.equal(status, 500);
      assert.equal(json.code, "internal_error");
    }
    const line = await nginx.pool.line(({ event }) => event === "identity");
    assert.equal(line.level, "error");
    await assertRefused(asCookie("junk"), nginx);
  } finally {
    await nginx.close();
  }
});

test("headers that anyone can send don't let anyone in", async () => {
  for (const header of ["X-User-Id", "X-Discord-Id", "X-Forwarded-User", "Remote-User", "X-Middleware-Subrequest", "X-Next-Auth"])
    await assertRefused({ [header]: people.ada });
});

// ── assertions ──────────────────────────────────────────────────────────────────────────

const keys = await jose.generateKeyPair("EdDSA", { extractable: true });
const publicPem = await jose.exportSPKI(keys.publicKey);
const { x: publicRaw } = await jose.exportJWK(keys.publicKey);
const hmacSecret = "an assertion secret of 32 bytes and more";
const hmacKey = new TextEncoder().encode(hmacSecret);
const now = () => Math.floor(Date.now() / 1000);

const assertion = (key, alg, { sub = people.ada, aud = "video-call", iat = now(), exp = iat + 60, header = {}, ...claims } = {}) =>
  new jose.SignJWT(JSON.parse(JSON.stringify({ sub, aud, iat, exp, ...claims }))).setProtectedHeader({ alg, ...header }).sign(key);
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

async function withPool(more, run) {
  const nginx = await aside(here.database, more);
  try {
    await run(nginx);
  } finally {
    await nginx.close();
  }
}
const eddsa = { VIDEO_CALL_ASSERTION_PUBLIC_KEY: publicPem };
const hs256 = { VIDEO_CALL_ASSERTION_SECRET: hmacSecret };

test("an EdDSA assertion is accepted, with the key as PEM, one-line PEM, SPKI or raw", async () => {
  const spki = publicPem.replace(/-----[^-]+-----|\n/g, "");
  for (const form of [publicPem, publicPem.replaceAll("\n", "\\n"), spki, publicRaw])
    await withPool({ VIDEO_CALL_ASSERTION_PUBLIC_KEY: form }, async (nginx) =>
      assertIs(bearer(await assertion(keys.privateKey, "EdDSA")), people.ada, nginx),
    );
});

test("an HS256 assertion is accepted, and Bearer in any case", async () => {
  await withPool(hs256, async (nginx) => {
    const token = await assertion(hmacKey, "HS256");
    await assertIs(bearer(token), people.ada, nginx);
    await assertIs({ Authorization: `bearer ${token}` }, people.ada, nginx);
  });
});

test("an assertion is enough if the portal shares no session secret", async () => {
  await withPool({ ...hs256, NEXTAUTH_SECRET: undefined }, async (nginx) => {
    await assertIs(bearer(await assertion(hmacKey, "HS256")), people.ada, nginx);
    await assertRefused(asCookie(await people.sessionToken(people.ada)), nginx);
  });
});

test("the audience can be a list that contains ours", async () => {
  await withPool(hs256, async (nginx) =>
    assertIs(bearer(await assertion(hmacKey, "HS256", { aud: ["other", "video-call"] })), people.ada, nginx),
  );
});

test("an assertion that is expired, not yet valid, too long-lived, for another audience or without a valid sub is refused", async () => {
  await withPool(hs256, async (nginx) => {
    const sign = (claims) => assertion(hmacKey, "HS256", claims);
    await assertIs(bearer(await sign({ exp: now() + 300 })), people.ada, nginx);
    for (const claims of [
      { iat: now() - 100, exp: now() - 20 },
      { iat: now() + 60, exp: now() + 120 },
      { nbf: now() + 60 },
      { iat: now(), exp: now() + 301 },
      { aud: "something-else" },
      { aud: ["something-else"] },
      { aud: null },
      { sub: "" },
      { sub: "not-a-number" },
      { sub: 100000000000000 },
      { iat: null },
      { exp: null },
    ])
      await assertRefused(bearer(await sign(claims)), nginx);
  });
});

test("an assertion that is truncated or has a flipped bit in any part is refused", async () => {
  await withPool(eddsa, async (nginx) => {
    const token = await assertion(keys.privateKey, "EdDSA");
    const parts = token.split(".");
    for (const at of [0, 1, 2])
      await assertRefused(bearer(parts.map((part, index) => (index === at ? flipped(part) : part)).join(".")), nginx);
    for (let length = 0; length < token.length; length += 11) await assertRefused(bearer(token.slice(0, length)), nginx);
  });
});

test("the key determines the algorithm, never the header", async () => {
  await withPool(eddsa, async (nginx) => {
    await assertRefused(bearer(await assertion(hmacKey, "HS256")), nginx);
    for (const key of [publicPem, Buffer.from(publicRaw, "base64url")])
      await assertRefused(bearer(await assertion(new Uint8Array(Buffer.from(key)), "HS256")), nginx);
    const other = await jose.generateKeyPair("EdDSA");
    await assertRefused(bearer(await assertion(other.privateKey, "EdDSA")), nginx);
  });
  await withPool(hs256, async (nginx) => {
    await assertRefused(bearer(await assertion(keys.privateKey, "EdDSA")), nginx);
    await assertRefused(bearer(await assertion(new TextEncoder().encode("another secret of 32 bytes and more"), "HS256")), nginx);
    await assertRefused(bearer(await assertion(new Uint8Array(64).fill(1), "HS512")), nginx);
  });
});

/** A JWS signed with the right secret, with any header. */
const signedByHand = (header, claims) => {
  const message = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${message}.${createHmac("sha256", hmacSecret).update(message).digest("base64url")}`;
};

test("alg none, crit, b64 and zip are refused, even with the right secret", async () => {
  await withPool(hs256, async (nginx) => {
    const claims = () => ({ sub: people.ada, aud: "video-call", iat: now(), exp: now() + 60 });
    await assertIs(bearer(signedByHand({ alg: "HS256" }, claims())), people.ada, nginx);
    for (const header of [{ alg: "none" }, { alg: "HS256", crit: ["b64"], b64: true }, { alg: "HS256", b64: false }, { alg: "HS256", zip: "DEF" }, {}])
      await assertRefused(bearer(signedByHand(header, claims())), nginx);
    const message = signedByHand({ alg: "none" }, claims()).split(".").slice(0, 2).join(".");
    await assertRefused(bearer(`${message}.`), nginx);
  });
});

test("a bad assertion is refused even with a good cookie", async () => {
  await withPool(hs256, async (nginx) => {
    const cookie = asCookie(await people.sessionToken(people.ada));
    await assertRefused({ ...cookie, ...bearer("nonsense") }, nginx);
    await assertRefused({ ...cookie, ...bearer("x.y.z") }, nginx);
  });
  await assertRefused({ ...asCookie(await people.sessionToken(people.ada)), ...bearer("a.b.c") });
});

test("an Authorization header with another scheme is ignored", async () => {
  await assertIs({ ...asCookie(await people.sessionToken(people.ada)), Authorization: "Basic dXNlcjpwYXNz" }, people.ada);
  await assertRefused({ Authorization: "Basic dXNlcjpwYXNz" });
});

test("two Authorization headers are refused", async () => {
  const token = await people.sessionToken(people.ada);
  const status = await rawStatus([`Cookie: ${people.cookieName}=${token}`, "Authorization: Basic a", "Authorization: Basic a"]);
  assert.ok([400, 401].includes(status), `${status}`);
  const answer = await send(
    here.pool.socket,
    requestBytes([
      ["REQUEST_METHOD", "GET"],
      ["DOCUMENT_URI", "/api/video-call/history"],
      ["HTTP_COOKIE", `${people.cookieName}=${token}`],
      ["HTTP_AUTHORIZATION", "Basic a"],
      ["HTTP_AUTHORIZATION", "Basic a"],
    ]),
  );
  assert.match(answer, /^Status: 401 Unauthorized\r\n/);
});

// ── where a request comes from ──────────────────────────────────────────────────────────

test("a POST with a cookie must come from the portal's pages, as far as the browser says", async () => {
  const cookie = await people.cookie(people.ada);
  const send_ = (headers) => post(here.nginx, "token", cookie, { mentorshipId: people.adaAndBen }, headers);
  for (const headers of [{}, { Origin: portalUrl }, { Origin: portalUrl.toUpperCase() }, { "Sec-Fetch-Site": "same-origin" }, { "Sec-Fetch-Site": "none" }, { Origin: portalUrl, "Sec-Fetch-Site": "same-origin" }])
    assert.equal((await send_(headers)).status, 200, JSON.stringify(headers));
  for (const headers of [
    { Origin: "http://evil.example" },
    { Origin: "null" },
    { Origin: "http://portal.example" },
    { Origin: "https://portal.example:3000" },
    { Origin: `${portalUrl}.evil.example` },
    { Origin: "" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { Origin: portalUrl, "Sec-Fetch-Site": "cross-site" },
  ]) {
    const { status, json } = await send_(headers);
    assert.equal(status, 403, JSON.stringify(headers));
    assert.equal(json.code, "foreign_origin");
  }
});

test("a refused origin is logged, truncated and safely quoted", async () => {
  const cookie = await people.cookie(people.ada);
  const lineOf = async (headers) => {
    const { status, json } = await post(here.nginx, "token", cookie, { mentorshipId: people.adaAndBen }, headers);
    assert.equal(status, 403);
    return here.pool.line(({ request_id }) => request_id === json.requestId);
  };
  const plain = await lineOf({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" });
  assert.equal(plain.origin, "https://evil.example");
  assert.equal(plain.sec_fetch_site, "cross-site");
  const nasty = await lineOf({ Origin: `https://x","event":"pool${"x".repeat(500)}` });
  assert.equal(nasty.event, "request");
  assert.equal(nasty.origin, `https://x","event":"pool${"x".repeat(500)}`.slice(0, 100));
  const missing = await lineOf({ "Sec-Fetch-Site": "same-site" });
  assert.equal(missing.origin, undefined);
});

test("a default port in the portal's URL makes no difference", async () => {
  await withPool({ NEXTAUTH_URL: "http://portal.example:80/base" }, async (nginx) => {
    const { status } = await post(nginx, "token", await people.cookie(people.ada), { mentorshipId: people.adaAndBen }, { Origin: "http://portal.example" });
    assert.equal(status, 200);
  });
});

test("an assertion, which browsers never add by themselves, is accepted from any origin", async () => {
  await withPool(hs256, async (nginx) => {
    const headers = { ...bearer(await assertion(hmacKey, "HS256")), Origin: "http://elsewhere.example" };
    const { status } = await post(nginx, "token", undefined, { mentorshipId: people.adaAndBen }, headers);
    assert.equal(status, 200);
  });
});
