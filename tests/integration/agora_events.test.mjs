import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { disturb, notification, notificationSecret, notify, signature } from "./harness/agora.mjs";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { until } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand({ more: { AGORA_NOTIFICATION_SECRET: notificationSecret } });
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const start = async (cookie) => (await post(here.nginx, "start", cookie, { mentorshipId: people.adaAndBen })).json.callId;
const call = async () => (await here.sql("SELECT * FROM video_calls"))[0];
const channel = { channelName: people.adaAndBen };
const json = { "Content-Type": "application/json" };
const logged = (noticeId) => here.pool.line(({ event, notice }) => event === "agora_event" && notice === noticeId);

/** A call that began an hour ago, and when it began in epoch seconds, as Agora counts. */
const longAgo = async () => {
  const id = await start(ada);
  await start(ben);
  await here.sql("UPDATE video_calls SET start_time = date_trunc('second', now()) - interval '1 h', last_sign_at = date_trunc('second', now()) - interval '1 h'");
  await here.sql("UPDATE video_call.presence SET joined_at = c.start_time, last_seen_at = c.start_time FROM video_calls c WHERE c.id = call_id");
  const [{ began }] = await here.sql("SELECT extract(epoch FROM start_time)::int AS began FROM video_calls");
  return { id, began };
};

/** A whole call: both join, the mentee's connection breaks once, both leave. */
const wholeCall = (began) => [
  notification(101, { ...channel, atSec: began + 1 }),
  notification(103, { ...channel, atSec: began + 1, account: people.ada, sequence: 1 }),
  notification(105, { ...channel, atSec: began + 10, account: people.ben, sequence: 11 }),
  notification(106, { ...channel, atSec: began + 100, account: people.ben, sequence: 12 }),
  notification(105, { ...channel, atSec: began + 130, account: people.ben, sequence: 13 }),
  notification(112, { ...channel, atSec: began + 140, account: people.ben, sequence: 14 }),
  notification(106, { ...channel, atSec: began + 600, account: people.ben, sequence: 15 }),
  notification(104, { ...channel, atSec: began + 603, account: people.ada, sequence: 2 }),
  notification(102, { ...channel, atSec: began + 603 }),
];

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("our signature matches the one Agora published", () => {
  const body = '{"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
  assert.equal(signature(body, "secret"), "de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24");
});

test("Agora's published notification is accepted with its published signature", async () => {
  const nginx = await aside(here.database, { AGORA_NOTIFICATION_SECRET: "secret" });
  try {
    const body = '{"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
    const headers = { ...json, "Agora-Signature-V2": "de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24" };
    const { status, text } = await notify(nginx, body, { headers });
    assert.equal(status, 200);
    assert.equal(text.trim(), "{}");
    assert.equal((await notify(nginx, body.replace('"b":2', '"b":3'), { headers })).status, 401);
    assert.equal((await notify(nginx, `${body} `, { headers })).status, 401);
  } finally {
    await nginx.close();
  }
});

test("without the secret the route doesn't exist", async () => {
  const nginx = await aside(here.database, {});
  try {
    const { status, json } = await notify(nginx, notification(103, { ...channel, atSec: 1 }));
    assert.equal(status, 404);
    assert.equal(json.code, "route_not_found");
  } finally {
    await nginx.close();
  }
});

test("a notification with a missing, wrong or repeated signature is refused and changes nothing", async () => {
  const { began } = await longAgo();
  const before = await here.database.ledger();
  const body = JSON.stringify(notification(102, { ...channel, atSec: began + 60 }));
  const good = signature(body);
  const sha1Only = { ...json, "Agora-Signature": good };
  for (const headers of [json, sha1Only, { ...json, "Agora-Signature-V2": "" }, { ...json, "Agora-Signature-V2": good.slice(0, 63) }, { ...json, "Agora-Signature-V2": good.toUpperCase() }, { ...json, "Agora-Signature-V2": signature(body, "another") }])
    assert.equal((await notify(here.nginx, body, { headers })).json.code, "invalid_signature");
  const twice = ["Host", "localhost", "Content-Type", "application/json", "Content-Length", String(body.length), "Agora-Signature-V2", good, "Agora-Signature-V2", good];
  assert.equal((await notify(here.nginx, body, { headers: twice })).status, 401);
  assert.equal(await here.database.ledger(), before);
});

test("the Console's health check, unknown events and other products get 200 and are logged", async () => {
  const before = here.pool.log.filter(({ event }) => event === "agora_event").length;
  const unknown = [
    notification(103, { channelName: "test_webhook", atSec: 1560408533 }),
    notification(999, { ...channel, atSec: 1560408533 }),
    { ...notification(103, { ...channel, atSec: 1560408533 }), productId: 3 },
    { noticeId: "no-payload", productId: 1, eventType: 103 },
    { hello: "world" },
    notification(103, { ...channel, atSec: "soon" }),
    notification(103, { ...channel, atSec: 99999999999999 }),
  ];
  for (const one of unknown) assert.equal((await notify(here.nginx, one)).status, 200, JSON.stringify(one));
  // A response can arrive before its log line.
  const lines = () => here.pool.log.filter(({ event }) => event === "agora_event").length - before;
  await until("each is logged", () => lines() >= unknown.length);
  assert.equal(lines(), unknown.length);
  assert.deepEqual(await here.sql("SELECT FROM video_calls"), []);
});

test("a signed body that isn't a JSON object gets 400", async () => {
  for (const body of ["", "[]", "{", "null"]) assert.equal((await notify(here.nginx, body)).status, 400, body);
});

test("joins and leaves of either channel profile are recorded as Agora saw them", async () => {
  for (const [join, leave] of [[103, 104], [105, 106], [107, 108]]) {
    await here.sql("TRUNCATE video_calls CASCADE");
    const { began } = await longAgo();
    await notify(here.nginx, notification(join, { ...channel, atSec: began + 5, account: people.ben, sequence: 1 }));
    await notify(here.nginx, notification(leave, { ...channel, atSec: began + 65, account: people.ben, sequence: 2 }));
    const { agora_joined_at, agora_left_at } = await here.database.presence("mentee");
    assert.deepEqual([agora_joined_at, agora_left_at].map((at) => at / 1000 - began), [5, 65]);
    const events = await here.sql("SELECT kind, role, extract(epoch FROM at)::int AS at FROM video_call.agora_events ORDER BY sequence");
    assert.deepEqual(events, [{ kind: "join", role: "mentee", at: began + 5 }, { kind: "leave", role: "mentee", at: began + 65 }]);
  }
});

test("a participant whose browser died counts as left when Agora saw them go", async () => {
  const { id } = await longAgo();
  const [{ later }] = await here.sql("SELECT extract(epoch FROM now())::int + 1 AS later");
  await notify(here.nginx, notification(106, { ...channel, atSec: later, account: people.ben, sequence: 2 }));
  const { participants } = (await post(here.nginx, "heartbeat", ada, { callId: id })).json;
  assert.equal(participants[1].leftAt, new Date(later * 1000).toISOString());
});

test("a destroyed channel ends the call at the time Agora reported", async () => {
  const { began } = await longAgo();
  await notify(here.nginx, notification(102, { ...channel, atSec: began + 60 }));
  const row = await call();
  assert.equal(row.status, "ended");
  assert.equal(row.duration_seconds, 60);
  assert.equal(row.end_time.getTime(), (began + 60) * 1000);
});

test("a channel destroyed before the last sign of life doesn't end the call", async () => {
  const { id, began } = await longAgo();
  await post(here.nginx, "heartbeat", ada, { callId: id });
  await notify(here.nginx, notification(102, { ...channel, atSec: began + 60 }));
  assert.equal((await call()).status, "active");
});

test("a call that a participant ended stays as acknowledged, whatever Agora reports later", async () => {
  const { id, began } = await longAgo();
  const { json: ended } = await post(here.nginx, "end", ada, { callId: id });
  for (const one of wholeCall(began)) await notify(here.nginx, one);
  assert.deepEqual((await post(here.nginx, "end", ben, { callId: id })).json, ended);
});

test("a numeric uid identifies nobody but counts as a sign of life", async () => {
  const { began } = await longAgo();
  const { participants } = await call();
  await notify(here.nginx, notification(103, { ...channel, atSec: began + 1800 }));
  const row = await call();
  assert.deepEqual(row.participants, participants);
  assert.equal(row.last_sign_at.getTime(), (began + 1800) * 1000);
});

test("someone else's account doesn't become a participant", async () => {
  const { began } = await longAgo();
  const { participants } = await call();
  await notify(here.nginx, notification(103, { ...channel, atSec: began + 5, account: people.carl, sequence: 1 }));
  assert.deepEqual((await call()).participants, participants);
});

test("events for a call that nobody started are logged and create no call", async () => {
  const joins = [people.ada, people.ben].map((account) => notification(103, { ...channel, atSec: Math.floor(Date.now() / 1000), account }));
  for (const one of joins) assert.equal((await notify(here.nginx, one)).status, 200);
  assert.deepEqual(await here.sql("SELECT FROM video_calls"), []);
  for (const { noticeId } of joins) assert.match((await logged(noticeId)).outcome, /no call was active/);
});

test("a late event of an ended call changes neither that call nor the next", async () => {
  const { id, began } = await longAgo();
  await notify(here.nginx, notification(102, { ...channel, atSec: began + 60 }));
  const next = await start(ada);
  assert.notEqual(next, id);
  const before = await here.database.ledger();
  await notify(here.nginx, notification(102, { ...channel, atSec: began + 600 }));
  assert.equal(await here.database.ledger(), before);
});

test("notifications that are reordered and repeated produce the same row", async () => {
  const rows = [];
  for (let seed = 0; seed < 25; seed++) {
    await here.sql("TRUNCATE video_calls CASCADE");
    const { began } = await longAgo();
    const list = wholeCall(began);
    for (const one of seed === 0 ? list : disturb(list, seed)) assert.equal((await notify(here.nginx, one)).status, 200);
    const { participants, status, duration_seconds, end_time } = await call();
    const seen = async (side) => {
      const { agora_joined_at, agora_left_at } = await here.database.presence(side);
      return [agora_joined_at / 1000 - began, agora_left_at / 1000 - began, Date.parse(participants[side].leftAt) / 1000 - began];
    };
    const [{ count }] = await here.sql("SELECT count(*)::int FROM video_call.agora_events");
    rows.push(JSON.stringify({ status, duration_seconds, end: end_time / 1000 - began, count, instructor: await seen("instructor"), mentee: await seen("mentee") }));
  }
  assert.equal(rows[0], JSON.stringify({ status: "ended", duration_seconds: 603, end: 603, count: 9, instructor: [1, 603, 603], mentee: [10, 600, 600] }));
  assert.deepEqual([...new Set(rows)], [rows[0]]);
});

test("when some notifications are lost too, the call still ends the same", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    await here.sql("TRUNCATE video_calls CASCADE");
    const { began } = await longAgo();
    for (const one of disturb(wholeCall(began), seed, { lost: 0.4 })) await notify(here.nginx, one);
    const { status, duration_seconds } = await call();
    assert.deepEqual([status, duration_seconds], ["ended", 603], `seed ${seed}`);
  }
});

test("the history shows what Agora saw, and nobody stays longer than the call", async () => {
  const { began } = await longAgo();
  await here.sql("UPDATE video_calls SET participants = '{}'");
  await here.sql("DELETE FROM video_call.presence");
  for (const one of wholeCall(began)) await notify(here.nginx, one);
  const [{ participants, endTime }] = (await get(here.nginx, "history", ada)).json.calls;
  const at = (second) => new Date((began + second) * 1000).toISOString();
  assert.deepEqual(participants.map(({ role, joinedAt, leftAt }) => [role, joinedAt, leftAt]), [["instructor", at(1), at(603)], ["mentee", at(10), at(600)]]);
  assert.equal(endTime, at(603));
});
