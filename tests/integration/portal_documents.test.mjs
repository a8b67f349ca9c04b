// The commands and code in docs/api.md and docs/portal.md do what the documents say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { get } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { build, privateFolder, source } from "./harness/places.mjs";
import { settings } from "./harness/pool.mjs";
import { start } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const jose = await import("jose");
const { encode: encodeV4 } = await import("next-auth/jwt");
const { encode: encodeV5 } = await import("@auth/core/jwt");

const here = stand();
const text = (name) => readFileSync(join(source, "docs", name), "utf8");
const blocks = (document, language) => [...document.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"))].map(([, block]) => block);

/** Runs a script with each command shown; all of them must succeed. */
async function runShell(script, env) {
  const self = start("bash", ["-euxo", "pipefail", "-c", script], { cwd: privateFolder(), env: { PATH: `${join(build, "ctl")}:${process.env.PATH}`, ...env } });
  const { code } = await self.ended;
  assert.equal(code, 0, self.stderr + self.stdout);
  return self;
}

const asksAs = async (cookie, nginx = here.nginx) => {
  const { status, headers } = await get(nginx, "history", undefined, cookie);
  const { caller } = await (nginx.pool ?? here.pool).line(({ request_id }) => request_id === headers["x-request-id"]);
  return { status, caller };
};

test("the commands in api.md work, run one after the other", async () => {
  const commands = blocks(text("api.md"), "sh");
  assert.ok(commands.length >= 10);
  const url = `http://127.0.0.1:${here.nginx.port}`;
  const script = commands.join("\n").replaceAll("https://portal.example", url).replaceAll("http://127.0.0.1:8081", `http://${here.nginx.local.host}:${here.nginx.local.port}`);
  const { stdout } = await runShell(script, settings(here.database));
  for (const part of ['"role":"host"', '"role":"mentee","name":"Ben Mentee"', '"success":true', '"durationSeconds":', '"canJoin":true', '{"status":"alive"}', '{"status":"ready"}', "# TYPE video_call_"])
    assert.ok(stdout.includes(part), `${part} in ${stdout}`);
  const [call] = await here.sql("SELECT status FROM video_calls");
  assert.equal(call.status, "ended");
});

/** The callbacks in portal.md, as the portal would run them. */
function callbacks() {
  const [block] = blocks(text("portal.md"), "ts").filter((one) => one.startsWith("callbacks:"));
  return new Function(`return { ${block} };`)().callbacks;
}

test("the callbacks in portal.md put the claim into sessions of NextAuth v4 and Auth.js v5", async () => {
  const { jwt, session } = callbacks();
  const account = { provider: "discord", providerAccountId: people.ada };
  const token = jwt({ token: { sub: "3f6c7f3e-random" }, account });
  const secret = people.sessionSecret;
  const v4 = await encodeV4({ token, secret });
  assert.deepEqual(await asksAs({ Cookie: `${people.cookieName}=${v4}` }), { status: 200, caller: people.ada });
  const v5 = await encodeV5({ token, secret, salt: "authjs.session-token" });
  assert.deepEqual(await asksAs({ Cookie: `authjs.session-token=${v5}` }), { status: 200, caller: people.ada });
  assert.equal(jwt({ token, account: null }).discordId, people.ada, "the claim stays when the session is renewed");
  assert.equal(jwt({ token: {}, account: { provider: "github", providerAccountId: "1" } }).discordId, undefined);
  assert.equal(session({ session: { user: {} }, token }).user.discordId, people.ada);
});

test("the pool accepts the key pair and the assertion made as portal.md says", async () => {
  const document = text("portal.md");
  const [pair] = blocks(document, "sh").filter((one) => one.startsWith("openssl genpkey"));
  const { stdout } = await runShell(`${pair}\ncat assertion.pem`, {});
  const [publicKey] = stdout.split("\n");
  const pem = stdout.slice(stdout.indexOf("-----BEGIN"));
  const [signing] = blocks(document, "ts").filter((one) => one.includes("importPKCS8"));
  const sign = new Function("importPKCS8", "SignJWT", "pem", "discordId", `return (async () => { ${signing}; return assertion; })();`);
  const assertion = await sign(jose.importPKCS8, jose.SignJWT, pem, people.ben);
  const nginx = await aside(here.database, { VIDEO_CALL_ASSERTION_PUBLIC_KEY: publicKey });
  try {
    assert.deepEqual(await asksAs({ Authorization: `Bearer ${assertion}` }, nginx), { status: 200, caller: people.ben });
  } finally {
    await nginx.close();
  }
});
