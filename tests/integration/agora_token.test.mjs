// The token library compared with Agora's own package, on random inputs.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createRequire } from "node:module";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { inflateSync } from "node:zlib";
import { join } from "node:path";
import { build } from "./harness/places.mjs";
import { below, pick, seed } from "./harness/random.mjs";

const require = createRequire(import.meta.url);
const { AccessToken2, ServiceRtc } = require("agora-token/src/AccessToken2");
const { RtcTokenBuilder, Role } = require("agora-token/src/RtcTokenBuilder2");

const program = spawn(join(build, "tests/unit/agora_token_pipe"), { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
after(() => program.stdin.end());
async function ours(question) {
  program.stdin.write(`${JSON.stringify(question)}\n`);
  return JSON.parse((await lines.next()).value);
}

const channelCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&()+-:;<=.>?@[]^_{}|~,";
const randomInput = () => ({
  appId: pick("0123456789abcdefABCDEF", 32),
  certificate: pick("0123456789abcdefABCDEF", 32),
  channel: pick(channelCharacters, 1 + below(63)),
  account: pick("123456789", 1) + pick("0123456789abcxyz-_äß日", below(40)),
  role: below(2) ? "host" : "audience",
  issuedAt: below(2 ** 32),
  lifetime: 1 + below(86400),
  salt: 1 + below(99999999),
});

function theirs({ appId, certificate, channel, account, role, issuedAt, lifetime, salt }) {
  const token = new AccessToken2(appId, certificate, issuedAt || 1, lifetime);
  token.issueTs = issuedAt;
  token.salt = salt;
  const service = new ServiceRtc(channel, account);
  for (let privilege = 1; privilege <= (role === "host" ? 4 : 1); privilege++) service.add_privilege(privilege, lifetime);
  token.add_service(service);
  return token.build();
}
const content = (text) => inflateSync(Buffer.from(text.slice(3), "base64"));

test(`1,000 random tokens equal those from Agora's package before compression (SEED=${seed})`, async () => {
  for (let round = 0; round < 1000; round++) {
    const input = randomInput();
    const { error, token } = await ours({ op: "build", ...input });
    assert.equal(error, 0, JSON.stringify(input));
    assert.ok(content(token).equals(content(theirs(input))), JSON.stringify(input));
  }
});

test(`Agora's package parses every token of ours (SEED=${seed})`, async () => {
  for (let round = 0; round < 300; round++) {
    const input = randomInput();
    const { token } = await ours({ op: "build", ...input });
    const opened = new AccessToken2("", "", 0, 0);
    assert.equal(opened.from_string(token), true);
    const [service] = opened.services;
    assert.equal(opened.appId.toString(), input.appId);
    assert.equal(opened.issueTs, input.issuedAt);
    assert.equal(opened.salt, input.salt);
    assert.equal(opened.expire, input.lifetime);
    assert.equal(service.__channel_name.toString(), input.channel);
    assert.equal(service.__uid.toString(), input.account);
  }
});

test(`we parse every token from Agora's package (SEED=${seed})`, async () => {
  for (let round = 0; round < 300; round++) {
    const input = randomInput();
    const opened = await ours({ op: "open", token: theirs(input), certificate: input.certificate });
    assert.equal(opened.error, 0, JSON.stringify(input));
    for (const name of ["appId", "issuedAt", "lifetime", "salt", "channel", "account"]) assert.equal(opened[name], input[name]);
    assert.equal(Object.keys(opened.privileges).length, input.role === "host" ? 4 : 1);
  }
});

test("both roles get the privileges that RtcTokenBuilder2 gives a user account", async () => {
  for (const [role, theirRole] of [["host", Role.PUBLISHER], ["audience", Role.SUBSCRIBER]]) {
    const input = { ...randomInput(), role };
    const built = RtcTokenBuilder.buildTokenWithUserAccount(input.appId, input.certificate, input.channel, input.account, theirRole, input.lifetime, input.lifetime);
    const opened = await ours({ op: "open", token: built, certificate: input.certificate });
    const mine = await ours({ op: "build", ...input, issuedAt: opened.issuedAt, salt: opened.salt });
    assert.ok(content(mine.token).equals(content(built)));
  }
});
