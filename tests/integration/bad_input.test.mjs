// Bad input gets a clear error and leaves the ledger unchanged.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { get, post, raw, request } from "./harness/client.mjs";
import { requestBytes, send } from "./harness/fastcgi.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const ada = await people.cookie(people.ada);
const json = { "Content-Type": "application/json", Cookie: ada };
let ledger, call;

const here = stand({
  prepare: async ({ nginx, database }) => {
    call = (await post(nginx, "start", ada, { mentorshipId: people.adaAndBen })).json;
    ledger = await database.ledger();
  },
});
afterEach(async () => assert.equal(await here.database.ledger(), ledger, "the ledger has changed"));

async function assertProblem(answer, status, code) {
  const { status: got, json: problem, text } = await answer;
  assert.equal(got, status, text);
  assert.equal(problem.code, code);
  // The sentence is for people.
  assert.match(problem.error, /^[A-Z].*[.]$/);
  assert.doesNotMatch(problem.error, /UUID|[a-z]Id\b|SQL|database|worker/);
}

const routes = [
  ["token", "mentorshipId", "mentorship_id"],
  ["start", "mentorshipId", "mentorship_id"],
  ["end", "callId", "call_id"],
];

for (const [route, member, code] of routes) {
  test(`${route}: a body that isn't JSON is malformed`, async () => {
    for (const body of ["", "x", "{", "{]", "{'a':1}", '{"a":1,}', "{} {}", '{"a":1}x', "\u0000", '{"a":"\u0001"}', '{"a":"\t"}', "NaN", '{"a":NaN}', '{"a":01}', "// c\n{}", "\ufeff{}", '{"a":tru}'])
      await assertProblem(post(here.nginx, route, ada, body), 400, "malformed_json");
  });

  test(`${route}: invalid UTF-8 is malformed`, async () => {
    const body = Buffer.concat([Buffer.from(`{"${member}":"`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    await assertProblem(request(here.nginx, "POST", `/api/video-call/${route}`, { headers: json, body }), 400, "malformed_json");
  });

  test(`${route}: JSON that isn't an object is malformed`, async () => {
    for (const body of ["[]", "[{}]", "null", "1", '"text"', "true", `["${people.adaAndBen}"]`])
      await assertProblem(post(here.nginx, route, ada, body), 400, "malformed_json");
  });

  test(`${route}: deep nesting is refused and does no harm`, async () => {
    await assertProblem(post(here.nginx, route, ada, `{"a":${"[".repeat(3000)}${"]".repeat(3000)}}`), 400, "malformed_json");
  });

  test(`${route}: a missing member is named`, async () => {
    for (const body of ["{}", '{"other":1}', `{"${member}":null}`, `{"${member.toLowerCase()}":"${people.adaAndBen}"}`])
      await assertProblem(post(here.nginx, route, ada, body), 400, `missing_${code}`);
  });

  test(`${route}: a member of the wrong type, or that isn't a UUID, is invalid`, async () => {
    for (const value of [1, true, [], {}, [people.adaAndBen], "", "x", people.adaAndBen.slice(1), `${people.adaAndBen}0`, `{${people.adaAndBen}}`, ` ${people.adaAndBen}`, people.adaAndBen.replaceAll("-", ""), `${people.adaAndBen.slice(0, 35)}\u0000`, "\u0000", "\u0007\u001b[31m"])
      await assertProblem(post(here.nginx, route, ada, { [member]: value }), 400, `invalid_${code}`);
  });

  test(`${route}: SQL in the member isn't a UUID`, async () => {
    for (const value of ["'; DROP TABLE video_calls; --", `${people.adaAndBen}' OR '1'='1`, "1 OR 1=1", "$1", "\\'; --"])
      await assertProblem(post(here.nginx, route, ada, { [member]: value }), 400, `invalid_${code}`);
  });

  test(`${route}: other members are ignored, even with SQL in them`, async () => {
    const body = { [member]: people.ofNothing, "'; DROP TABLE video_calls; --": "'; DROP TABLE video_calls; --" };
    await assertProblem(post(here.nginx, route, ada, body), 404, member === "callId" ? "call_not_found" : "mentorship_not_found");
  });

  test(`${route}: a duplicate member is refused, the same name deeper down isn't`, async () => {
    const id = people.ofNothing;
    await assertProblem(post(here.nginx, route, ada, `{"${member}":"${id}","${member}":"${id}"}`), 400, "duplicate_member");
    await assertProblem(post(here.nginx, route, ada, `{"${member}":"${id}","a":1,"a":2}`), 400, "duplicate_member");
    await assertProblem(post(here.nginx, route, ada, `{"a":{"b":1},"c":{"b":"x:y,{\\""},"${member}":"${id}"}`), 404, member === "callId" ? "call_not_found" : "mentorship_not_found");
  });

  test(`${route}: a body of 8 KiB is accepted, one byte more is too large`, async () => {
    const body = (bytes) => {
      const frame = JSON.stringify({ [member]: people.ofNothing, filler: "" });
      return frame.replace('"filler":""', `"filler":"${"x".repeat(bytes - frame.length)}"`);
    };
    assert.equal(body(8192).length, 8192);
    await assertProblem(post(here.nginx, route, ada, body(8192)), 404, member === "callId" ? "call_not_found" : "mentorship_not_found");
    await assertProblem(post(here.nginx, route, ada, body(8193)), 413, "body_too_large");
    await assertProblem(request(here.nginx, "POST", `/api/video-call/${route}`, { headers: json, body: body(8193), chunked: true }), 413, "body_too_large");
  });

  test(`${route}: a chunked body is accepted`, async () => {
    const answer = request(here.nginx, "POST", `/api/video-call/${route}`, { headers: json, body: JSON.stringify({ [member]: people.ofNothing }), chunked: true });
    await assertProblem(answer, 404, member === "callId" ? "call_not_found" : "mentorship_not_found");
  });

  test(`${route}: a missing body is malformed`, async () => {
    await assertProblem(request(here.nginx, "POST", `/api/video-call/${route}`, { headers: json }), 400, "malformed_json");
  });

  test(`${route}: a wrong or missing content type is refused`, async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "application/json5", "json", ""])
      await assertProblem(post(here.nginx, route, ada, { [member]: people.ofNothing }, { "Content-Type": type }), 415, "unsupported_media_type");
    await assertProblem(request(here.nginx, "POST", `/api/video-call/${route}`, { headers: { Cookie: ada }, body: "{}" }), 415, "unsupported_media_type");
  });

  test(`${route}: application/json is accepted with parameters and in any case`, async () => {
    for (const type of ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"])
      assert.equal((await post(here.nginx, route, ada, { [member]: people.ofNothing }, { "Content-Type": type })).status, 404);
  });

  test(`${route}: a wrong method gets 405 with the right one in Allow`, async () => {
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await request(here.nginx, method, `/api/video-call/${route}`, { headers: { Cookie: ada } });
      await assertProblem(answer, 405, "method_not_allowed");
      assert.equal(answer.headers.allow, "POST");
    }
  });
}

test("an upper-case UUID means the same mentorship and the same call", async () => {
  assert.equal((await post(here.nginx, "token", ada, { mentorshipId: people.adaAndBen.toUpperCase() })).json.channelName, people.adaAndBen);
  const { status, json: body } = await get(here.nginx, `history?mentorshipId=${people.adaAndBen.toUpperCase()}`, ada);
  assert.equal(status, 200);
  assert.equal(body.calls[0].id, call.callId);
});

test("history: a limit that is out of range or not a number is invalid", async () => {
  for (const limit of ["0", "101", "abc", "", "-1", "1.5", "1e1", "0x10", "99999999999999999999", "%20", "5;", "5%00", "1 OR 1=1"])
    await assertProblem(get(here.nginx, `history?limit=${limit.replaceAll(" ", "%20")}`, ada), 400, limit.includes("%00") ? "malformed_query" : "invalid_limit");
});

test("history: a cursor with the wrong form or an impossible time is refused", async () => {
  const id = "0".repeat(32);
  const forged = ["7fffffffffffffff", "ffffffffffffffff", "8000000000000000", "0384440ccc736000"].map((time) => time + id);
  for (const bad of [...forged, `zz${id}`, id, `00066100${"0".repeat(48)}`, "' OR 1=1 --"])
    await assertProblem(get(here.nginx, `history?cursor=${bad.replaceAll(" ", "%20")}`, ada), 400, "invalid_cursor");
});

test("history: a forged cursor doesn't show other people's calls", async () => {
  const { json } = await get(here.nginx, `history?cursor=0384440ccc735fff${"f".repeat(32)}`, await people.cookie(people.nobody));
  assert.deepEqual(json.calls, []);
});

test("history: a repeated parameter is refused, an unknown one is ignored", async () => {
  await assertProblem(get(here.nginx, "history?limit=1&limit=1", ada), 400, "duplicate_parameter");
  await assertProblem(get(here.nginx, "history?cursor=a&cursor=a", ada), 400, "duplicate_parameter");
  await assertProblem(get(here.nginx, `history?mentorshipId=${people.adaAndBen}&mentorshipId=${people.adaAndBen}`, ada), 400, "duplicate_parameter");
  assert.equal((await get(here.nginx, "history?other=1&other=2&limit=1", ada)).status, 200);
});

test("history: a query that can't be decoded or is too long is malformed", async () => {
  for (const query of ["limit=%", "limit=%1", "limit=%zz", "limit=%00", `cursor=${"a".repeat(300)}`])
    await assertProblem(get(here.nginx, `history?${query}`, ada), 400, "malformed_query");
});

test("history: a mentorshipId that isn't a UUID is invalid, even with SQL in it", async () => {
  for (const id of ["", "x", "'; DROP TABLE video_calls; --", `${people.adaAndBen}'`])
    await assertProblem(get(here.nginx, `history?mentorshipId=${encodeURIComponent(id)}`, ada), 400, "invalid_mentorship_id");
});

test("history: a wrong method gets 405 with the right one in Allow", async () => {
  const answer = await request(here.nginx, "POST", "/api/video-call/history", { headers: json, body: "{}" });
  await assertProblem(answer, 405, "method_not_allowed");
  assert.equal(answer.headers.allow, "GET, HEAD");
});

test("a status comes with its reason phrase", async () => {
  const ask = async (...parameters) => (await send(here.pool.socket, requestBytes(parameters))).split("\r\n")[0];
  const at = (path) => ["DOCUMENT_URI", `/api/video-call/${path}`];
  assert.equal(await ask(["REQUEST_METHOD", "GET"], at("healthz")), "Status: 200 OK");
  assert.equal(await ask(["REQUEST_METHOD", "GET"], at("nothing")), "Status: 404 Not Found");
  assert.equal(await ask(["REQUEST_METHOD", "GET"], at("token")), "Status: 405 Method Not Allowed");
  assert.equal(await ask(["REQUEST_METHOD", "POST"], at("token")), "Status: 401 Unauthorized");
  assert.match(await raw(here.nginx, "GET /api/video-call/history HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), /^HTTP\/1\.1 401 Unauthorized\r\n/);
});

test("HEAD gets the same response as GET, without the body", async () => {
  const { nginx } = here;
  for (const [server, route, cookie] of [
    [nginx.local, "healthz"],
    [nginx.local, "readyz"],
    [nginx.local, "metrics"],
    [nginx, "history", ada],
    [nginx, "history"],
    [nginx, "history?limit=x", ada],
  ]) {
    const head = await request(server, "HEAD", `/api/video-call/${route}`, { headers: cookie ? { Cookie: cookie } : {} });
    const full = await get(nginx, route, cookie);
    assert.equal(head.status, full.status, route);
    assert.equal(head.text, "");
    assert.equal(head.headers["content-type"], full.headers["content-type"]);
  }
  const parameters = [["REQUEST_METHOD", "HEAD"], ["DOCUMENT_URI", "/api/video-call/healthz"]];
  const answer = await send(here.pool.socket, requestBytes(parameters));
  assert.match(answer, /Content-Length: 19\r\n/);
  assert.match(answer, /\r\n\r\n$/);
});

test("paths that aren't ours go to the portal", async () => {
  for (const path of ["recordings", "", "token/", "tokens", "token/x", "Token", "TOKEN", "end.json", "history/1", "x/token"])
    for (const method of ["GET", "POST"]) {
      const { status, text } = await request(here.nginx, method, `/api/video-call/${path}`, { headers: json, body: method === "POST" ? "{}" : undefined });
      assert.deepEqual([status, text], [404, "portal\n"], path);
    }
  for (const path of ["/api/video-call", "/video-call/token", "/api/video-calls/token"])
    assert.equal((await request(here.nginx, "GET", path)).text, "portal\n");
});

test("without a session the response is 401, whatever else is wrong", async () => {
  await assertProblem(post(here.nginx, "token", undefined, "nonsense"), 401, "unauthenticated");
  await assertProblem(get(here.nginx, "history?limit=abc"), 401, "unauthenticated");
});

test("the worker refuses a body that is too large even if nginx lets it through", async () => {
  const parameters = [["REQUEST_METHOD", "POST"], ["DOCUMENT_URI", "/api/video-call/token"], ["CONTENT_TYPE", "application/json"], ["HTTP_COOKIE", ada]];
  const body = (bytes) => JSON.stringify({ mentorshipId: people.adaAndBen, filler: "x".repeat(bytes) });
  assert.match(await send(here.pool.socket, requestBytes(parameters, body(8000))), /^Status: 200/);
  for (const bytes of [8192, 20000]) assert.match(await send(here.pool.socket, requestBytes(parameters, body(bytes))), /^Status: 413/);
});

test("a body shorter than its Content-Length is never processed", async () => {
  const answer = await raw(
    here.nginx,
    `POST /api/video-call/end HTTP/1.1\r\nHost: x\r\nCookie: ${ada}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"callId":"${call.callId}"}`,
    { timeoutMs: 500 },
  );
  assert.equal(answer, "");
});
