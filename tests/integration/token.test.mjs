import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";
import { post } from "./harness/client.mjs";
import { agora } from "./harness/pool.mjs";
import * as people from "./harness/people.mjs";
import { aside, stand } from "./harness/stand.mjs";

const { AccessToken2 } = createRequire(import.meta.url)("agora-token/src/AccessToken2");

const here = stand();
const cookies = { ada: await people.cookie(people.ada), ben: await people.cookie(people.ben), carl: await people.cookie(people.carl) };
const ask = (cookie, mentorshipId, nginx = here.nginx) => post(nginx, "token", cookie, { mentorshipId });

function opened(text) {
  const token = new AccessToken2("", "", 0, 0);
  assert.equal(token.from_string(text), true);
  const service = token.services[0];
  return { token, privileges: service.__privileges, channel: String(service.__channel_name), account: String(service.__uid) };
}

test("the instructor gets a host token for the mentorship's channel", async () => {
  const { status, json } = await ask(cookies.ada, people.adaAndBen);
  assert.equal(status, 200);
  assert.equal(json.role, "host");
  assert.equal(json.channelName, people.adaAndBen);
  assert.equal(json.userId, people.ada);
  assert.equal(json.appId, agora.appId);
  const { privileges, channel, account, token } = opened(json.token);
  assert.equal(channel, people.adaAndBen);
  assert.equal(account, people.ada);
  assert.deepEqual({ ...privileges }, { 1: 86400, 2: 86400, 3: 86400, 4: 86400 });
  assert.equal(token.expire, 86400);
});

test("the mentee gets an audience token, which only allows joining", async () => {
  const { json } = await ask(cookies.ben, people.adaAndBen);
  assert.equal(json.role, "audience");
  assert.equal(json.userId, people.ben);
  assert.deepEqual({ ...opened(json.token).privileges }, { 1: 86400 });
});

test("Agora's package verifies the token's signature with the certificate", async () => {
  const { json } = await ask(cookies.ada, people.adaAndBen);
  const { token } = opened(json.token);
  assert.equal(token.verify_signature?.(agora.certificate) ?? token.verifySignature?.(agora.certificate) ?? true, true);
  const again = new AccessToken2(agora.appId, agora.certificate, token.issueTs, token.expire);
  again.salt = token.salt;
  token.services.forEach((service) => again.add_service(service));
  assert.deepEqual(content(json.token), content(again.build()));
});

const zlib = createRequire(import.meta.url)("node:zlib");
const content = (text) => zlib.inflateSync(Buffer.from(text.slice(3), "base64"));

test("the token is issued now, and expiresAt is expiresIn from now", async () => {
  const { json } = await ask(cookies.ada, people.adaAndBen);
  assert.equal(json.expiresIn, 86400);
  assert.ok(Math.abs(Date.parse(json.expiresAt) - (Date.now() + 86400e3)) < 10000);
  assert.ok(Math.abs(opened(json.token).token.issueTs - Date.now() / 1000) < 10);
});

test("two tokens differ", async () => {
  const [one, other] = await Promise.all([ask(cookies.ada, people.adaAndBen), ask(cookies.ada, people.adaAndBen)]);
  assert.notEqual(one.json.token, other.json.token);
});

test("someone who is both instructor and mentee of a mentorship counts as its instructor", async () => {
  await here.sql("UPDATE mentees SET discord_id = NULL WHERE discord_id = $1", [people.ada]);
  await here.sql("UPDATE mentees SET discord_id = $1 WHERE id = 'b0000000-0000-4000-8000-000000000003'", [people.ada]);
  const { json } = await ask(cookies.ada, "55555555-5555-4555-8555-555555555555");
  assert.equal(json.role, "host");
});

test("an instructor who is a mentee in another mentorship is audience there", async () => {
  const { json } = await ask(await people.cookie(people.grace), people.adaAndGrace);
  assert.equal(json.role, "audience");
});

test("a stranger is refused", async () => {
  const { status, json } = await ask(cookies.carl, people.adaAndBen);
  assert.equal(status, 403);
  assert.equal(json.code, "not_a_participant");
});

test("an ended or cancelled mentorship gets no token", async () => {
  for (const mentorship of [people.endedOfCarl, people.cancelledOfCarl]) {
    const { status, json } = await ask(cookies.carl, mentorship);
    assert.equal(status, 403);
    assert.equal(json.code, "mentorship_not_active");
  }
});

test("an unknown mentorship gets 404", async () => {
  const { status, json } = await ask(cookies.ada, people.ofNothing);
  assert.equal(status, 404);
  assert.equal(json.code, "mentorship_not_found");
});

test("VIDEO_CALL_STUDENT_PUBLISH lets the mentee's token publish, and the role stays audience", async () => {
  const nginx = await aside(here.database, { VIDEO_CALL_STUDENT_PUBLISH: "on" });
  try {
    const { json } = await ask(cookies.ben, people.adaAndBen, nginx);
    assert.equal(json.role, "audience");
    assert.deepEqual(Object.keys(opened(json.token).privileges), ["1", "2", "3", "4"]);
  } finally {
    await nginx.close();
  }
});

test("VIDEO_CALL_TOKEN_LIFETIME_SEC shortens the token and its privileges", async () => {
  const nginx = await aside(here.database, { VIDEO_CALL_TOKEN_LIFETIME_SEC: "600" });
  try {
    const { json } = await ask(cookies.ben, people.adaAndBen, nginx);
    assert.equal(json.expiresIn, 600);
    const { token, privileges } = opened(json.token);
    assert.equal(token.expire, 600);
    assert.equal(privileges[1], 600);
  } finally {
    await nginx.close();
  }
});

test("without the Agora settings the response is 503, and history still works", async () => {
  const nginx = await aside(here.database, { AGORA_APP_CERTIFICATE: undefined });
  try {
    const { status, json } = await ask(cookies.ada, people.adaAndBen, nginx);
    assert.equal(status, 503);
    assert.equal(json.code, "agora_not_configured");
    const start = await post(nginx, "start", cookies.ada, { mentorshipId: people.adaAndBen });
    assert.equal(start.status, 200);
  } finally {
    await nginx.close();
  }
});
