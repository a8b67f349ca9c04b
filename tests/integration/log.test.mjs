import assert from "node:assert/strict";
import { test } from "node:test";
import { get, post } from "./harness/client.mjs";
import { agora } from "./harness/pool.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand({ more: { VIDEO_CALL_LOG_LEVEL: "debug" } });
const lineOf = ({ headers }) =>
  here.pool.line(({ request_id }) => request_id === headers["x-request-id"]);

test("a request is one line with what an administrator looks for", async () => {
  const ada = await people.cookie(people.ada);
  const started = await post(here.nginx, "start", ada, { mentorshipId: people.adaAndBen });
  const line = await lineOf(started);
  assert.equal(line.event, "request");
  assert.equal(line.level, "info");
  assert.equal(line.method, "POST");
  assert.equal(line.route, "/api/video-call/start");
  assert.equal(line.status, 200);
  assert.equal(line.caller, people.ada);
  assert.equal(line.mentorship, people.adaAndBen);
  assert.equal(line.call, started.json.callId);
  assert.ok(line.ms >= line.db_ms && line.db_ms > 0);
  assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const ended = await lineOf(await post(here.nginx, "end", ada, { callId: started.json.callId }));
  assert.equal(ended.mentorship, people.adaAndBen);
});

test("a refusal says its code and, to the administrator alone, its cause", async () => {
  const answer = await get(here.nginx, "history", `${people.cookieName}=nonsense`);
  const line = await lineOf(answer);
  assert.equal(line.code, "unauthenticated");
  assert.equal(line.refusal, "malformed");
  assert.ok(!answer.text.includes("malformed"));
});

test("what a client sends cannot break the form of a line", async () => {
  await get(here.nginx, "healthz");
  await post(here.nginx, "token", await people.cookie(people.ada), '{"mentorshipId":"\\n{\\"level\\":\\"error\\"}"}');
  for (const text of here.pool.logText.split("\n").filter(Boolean)) assert.doesNotThrow(() => JSON.parse(text), text);
});

test("no cookie, token, certificate, secret or password is ever in the log", async () => {
  const ada = await people.cookie(people.ada);
  const { json } = await post(here.nginx, "token", ada, { mentorshipId: people.adaAndBen });
  await get(here.nginx, "history", ada.replace(/.$/, ""));
  await get(here.nginx, "history", undefined, { Authorization: "Bearer aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbb.cccccccccccccc" });
  for (const secret of [ada.split("=")[1], ada.split("=")[1].slice(0, 40), json.token, agora.certificate, people.sessionSecret, "aaaaaaaaaaaaaaaa", here.database.url])
    assert.ok(!here.pool.logText.includes(secret), secret);
});
