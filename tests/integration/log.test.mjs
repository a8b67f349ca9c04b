import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get, post } from "./harness/client.mjs";
import { startNginx } from "./harness/nginx.mjs";
import { postgresSocket, privateFolder } from "./harness/places.mjs";
import { agora } from "./harness/pool.mjs";
import { until } from "./harness/process.mjs";
import * as people from "./harness/people.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand({ more: { VIDEO_CALL_LOG_LEVEL: "debug" } });
const lineOf = ({ headers }) =>
  here.pool.line(({ request_id }) => request_id === headers["x-request-id"]);

test("a request is logged as one line with what an administrator looks for", async () => {
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

test("a refusal shows its code, and its cause only in the log", async () => {
  const answer = await get(here.nginx, "history", `${people.cookieName}=nonsense`);
  const line = await lineOf(answer);
  assert.equal(line.code, "unauthenticated");
  assert.equal(line.refusal, "malformed");
  assert.ok(!answer.text.includes("malformed"));
});

test("client input can't break the format of a log line", async () => {
  await get(here.nginx, "healthz");
  await post(here.nginx, "token", await people.cookie(people.ada), '{"mentorshipId":"\\n{\\"level\\":\\"error\\"}"}');
  for (const text of here.pool.logText.split("\n").filter(Boolean)) assert.doesNotThrow(() => JSON.parse(text), text);
});

test("the log never contains a cookie, token, certificate, secret or password", async () => {
  const ada = await people.cookie(people.ada);
  const { json } = await post(here.nginx, "token", ada, { mentorshipId: people.adaAndBen });
  await get(here.nginx, "history", ada.replace(/.$/, ""));
  await get(here.nginx, "history", undefined, { Authorization: "Bearer aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbb.cccccccccccccc" });
  for (const secret of [ada.split("=")[1], ada.split("=")[1].slice(0, 40), json.token, agora.certificate, people.sessionSecret, "aaaaaaaaaaaaaaaa", here.database.url])
    assert.ok(!here.pool.logText.includes(secret), secret);
});

test("one request id links nginx's log, the pool's and PostgreSQL's", async () => {
  const accessLog = join(privateFolder(), "access.log");
  const ada = await people.cookie(people.ada);
  const server = (text) => text.replace("fastcgi_pass video_call;", `fastcgi_pass video_call; access_log ${accessLog} video_call;`);
  const nginx = await startNginx(here.pool.socket, { server });
  const blocker = await here.database.connect();
  try {
    await post(nginx, "start", ada, { mentorshipId: people.adaAndBen });
    await blocker.query("BEGIN; SELECT FROM video_calls FOR UPDATE");
    const answer = post(nginx, "start", ada, { mentorshipId: people.adaAndBen });
    const labels = async () =>
      (await here.sql("SELECT application_name FROM pg_stat_activity WHERE datname = current_database()")).map((row) => row.application_name);
    const seen = await until("PostgreSQL shows the request", async () => (await labels()).find((label) => /^video-call [0-9a-f]{32}$/.test(label)));
    await blocker.query("COMMIT");
    const id = (await answer).headers["x-request-id"];
    assert.equal(seen, `video-call ${id}`);
    await here.pool.line(({ request_id }) => request_id === id);
    await until("nginx's log line", () => readFileSync(accessLog, "utf8").trim().endsWith(` ${id}`));
    assert.ok(!(await labels()).includes(seen), "the database session keeps no trace of it");
  } finally {
    await blocker.end();
    await nginx.stop();
  }
});

test("PostgreSQL's log line of a slow statement contains the request id", async () => {
  const ada = await people.cookie(people.ada);
  await here.sql("ALTER ROLE video_call SET log_min_duration_statement = 0");
  const nginx = await aside(here.database, {});
  try {
    const { headers } = await post(nginx, "token", ada, { mentorshipId: people.adaAndBen });
    const log = join(postgresSocket, "../postgres.log");
    await until("PostgreSQL's log line", () => readFileSync(log, "utf8").includes(`video-call ${headers["x-request-id"]} LOG:  duration:`));
  } finally {
    await here.sql("ALTER ROLE video_call RESET log_min_duration_statement");
    await nginx.close();
  }
});
