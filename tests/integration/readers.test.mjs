// Our JSON and base64url readers compared with Node's, on the unit tests' table and random
// input; and the RFCs' JOSE examples, which the unit tests rely on, checked with Node's crypto.
import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { createDecipheriv, createHmac, createPublicKey, constants, timingSafeEqual, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { build } from "./harness/places.mjs";
import { below, oneOf, pick, seed } from "./harness/random.mjs";

const DEPTH_MAX = 16;
const vectors = new URL("../unit/vectors/", import.meta.url);

// What our reader says about each input, in order.
function ours(reader, inputs) {
  const { status, stdout, error } = spawnSync(join(build, "tests/unit/reader_pipe"), {
    input: inputs.map((input) => `${reader} ${input.toString("hex")}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: 60000,
    stdio: ["pipe", "pipe", "inherit"],
  });
  assert.equal(status, 0, error?.message);
  const answers = stdout.split("\n").slice(0, -1);
  assert.equal(answers.length, inputs.length);
  return answers.map((answer, at) => ({
    input: inputs[at],
    verdict: answer.split(" ", 1)[0],
    rest: answer.slice(answer.indexOf(" ") + 1),
  }));
}

const isWhole = (text) => !/\p{Surrogate}/u.test(text);

// Whether a value is within the limits stated in json_reader.h, except for duplicate names,
// which JSON.parse doesn't show.
function isWithinLimits(value, depth = 0) {
  if (typeof value === "string") return isWhole(value);
  if (value === null || typeof value !== "object") return true;
  return depth < DEPTH_MAX
    && Object.entries(value).every(([name, member]) =>
      isWhole(name) && (Array.isArray(value) || !name.includes("\0")) && isWithinLimits(member, depth + 1));
}

// What Node says about the bytes: "ok" with the value, or "malformed".
function theirs(input) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input));
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject && isWithinLimits(value) ? { verdict: "ok", value } : { verdict: "malformed" };
  } catch {
    return { verdict: "malformed" };
  }
}

// JSON.parse keeps 53 bits of an integer, json-c keeps 64 and has no -0.
const comparable = (value) => JSON.stringify(value, (_, inside) =>
  Number.isInteger(inside) && (!Number.isSafeInteger(inside) || inside === 0) ? "an integer" : inside);

function compare({ input, verdict, rest }) {
  const expected = theirs(input);
  const shown = JSON.stringify(input.toString("latin1"));
  if (verdict === "duplicate") return assert.equal(expected.verdict, "ok", shown);
  assert.equal(verdict, expected.verdict, shown);
  if (verdict === "ok") assert.equal(comparable(JSON.parse(rest)), comparable(expected.value), shown);
}

const table = readFileSync(new URL("json.txt", vectors), "utf8").split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.match(/^([ynld]) (\S+) ?(.*)$/).slice(1))
  .map(([verdict, name, text]) => ({
    verdict, name,
    text: Buffer.from(text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1"),
  }));

test("the verdicts in the table of JSON texts match JSON.parse", () => {
  assert.ok(table.length > 200);
  for (const { verdict, name, text } of table) {
    const isJson = theirs(text).verdict === "ok";
    assert.equal(isJson, verdict === "y" || verdict === "d", name);
    if (verdict === "l") assert.doesNotThrow(() => JSON.parse(text.toString("utf8")), name);
  }
});

const words = ["{", "}", "[", "]", ":", ",", '"', "\\", "true", "false", "null", "0", "1", "-", "+", ".", "e", "E", " ", "\t",
  "\n", "\r", "\\u0000", "\\ud83d", "\\ude00", "\\n", "\\x", "a", "\0", "\x1f", "\x7f", "\xc3\xa9", "\xc0\x80", "\xed\xa0\x80",
  "\xf0\x9f\x98\x80", "\xff", "'", "/", "NaN", "Infinity", '"a":1', '{"a":', "[1,2]", "12.5e-3", "00", "-0"];

const good = table.filter(({ verdict }) => verdict === "y");

function mutate(text) {
  let bytes = text;
  for (let times = 1 + below(2); times > 0; times--) {
    const at = below(bytes.length + 1);
    const cut = below(3) === 0 ? below(4) : 0;
    const put = below(4) === 0 ? Buffer.from([below(256)]) : Buffer.from(oneOf(words), "latin1");
    bytes = Buffer.concat([bytes.subarray(0, at), below(5) === 0 ? Buffer.alloc(0) : put, bytes.subarray(at + cut)]);
  }
  return bytes;
}

test(`20,000 random JSON texts are read as JSON.parse reads them (SEED=${seed})`, async () => {
  const inputs = Array.from({ length: 20000 }, (_, round) => round % 4 === 0
    ? Buffer.from(`{"a":${Array.from({ length: below(8) }, () => oneOf(words)).join("")}}`, "latin1")
    : mutate(oneOf(round % 4 === 1 ? table : good).text));
  const answers = ours("json", inputs);
  answers.forEach(compare);
  const accepted = answers.filter(({ verdict }) => verdict === "ok").length;
  assert.ok(accepted > 1000 && accepted < 19000, `${accepted} of ${answers.length} accepted`);
});

test(`20,000 random texts are accepted as base64url only if re-encoding gives them back (SEED=${seed})`, async () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const inputs = Array.from({ length: 20000 }, () => {
    const text = Buffer.from(pick(alphabet, below(12)), "latin1");
    if (text.length > 0 && below(3) === 0) text[below(text.length)] = below(256);
    return below(8) === 0 ? Buffer.concat([text, Buffer.from(pick("= \n", 1))]) : text;
  });
  for (const { input, verdict, rest } of ours("base64url", inputs)) {
    const decoded = Buffer.from(input.toString("latin1"), "base64url");
    const isRight = decoded.toString("base64url") === input.toString("latin1");
    assert.equal(verdict, isRight ? "ok" : "malformed", JSON.stringify(input.toString("latin1")));
    if (isRight) assert.equal(rest, decoded.toString("hex"));
  }
});

// ── The RFCs' examples ──

const bytesOf = (text) => Buffer.from(text, "base64url");
const hashes = { "A128CBC-HS256": ["sha256", "aes-128-cbc", 16], "A256CBC-HS512": ["sha512", "aes-256-cbc", 32] };

// RFC 7518, 5.2 and 5.3.
function decrypt({ enc, key, aad, iv, ciphertext, tag }) {
  if (enc.endsWith("GCM")) {
    const cipher = createDecipheriv(`aes-${enc.slice(1, 4)}-gcm`, key, iv);
    cipher.setAAD(aad);
    cipher.setAuthTag(tag);
    return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
  }
  const [hash, name, half] = hashes[enc];
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(aad.length) * 8n);
  const mac = createHmac(hash, key.subarray(0, half)).update(aad).update(iv).update(ciphertext).update(bits).digest();
  assert.ok(timingSafeEqual(mac.subarray(0, half), tag), "the tag is wrong");
  const cipher = createDecipheriv(name, key.subarray(half), iv);
  return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
}

function isSigned({ alg, key, payload }, compact) {
  const [header, inside, signature] = compact.split(".");
  const b64 = JSON.parse(bytesOf(header)).b64 ?? true;
  const message = Buffer.concat([Buffer.from(`${header}.`), b64 ? Buffer.from(inside || payload) : bytesOf(payload)]);
  if (alg === "HS256") return createHmac("sha256", bytesOf(key.k)).update(message).digest("base64url") === signature;
  const options = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  if (alg === "PS384") Object.assign(options, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  return verify(alg === "EdDSA" ? null : `sha${alg.slice(2)}`, message, options, bytesOf(signature));
}

const examples = JSON.parse(readFileSync(new URL("jose.json", vectors), "utf8"));
const compactOf = (form) => examples.filter((example) => example.form === form && /^[\w.-]+$/.test(example.compact) && example.key);

test("the RFCs' signed examples match signatures from Node's crypto", () => {
  const signed = compactOf("jws");
  assert.equal(signed.length, 12);
  for (const example of signed) {
    assert.ok(isSigned(example, example.compact), example.section);
    const inside = example.compact.split(".")[1];
    if (inside !== "") assert.equal(inside, example.payload, example.section);
  }
});

test("the RFCs' encrypted examples decrypt with Node's crypto", () => {
  const encrypted = [...compactOf("jwe"), ...examples.filter(({ form }) => form === "content")];
  assert.equal(encrypted.length, 12);
  for (const example of encrypted) {
    const [aad, , iv, ciphertext, tag] = example.compact?.split(".") ?? [];
    const parts = example.form === "content" ? example : { iv, ciphertext, tag };
    const content = decrypt({
      enc: example.enc, key: bytesOf(example.key.k),
      aad: example.form === "content" ? bytesOf(example.aad) : Buffer.from(aad),
      iv: bytesOf(parts.iv), ciphertext: bytesOf(parts.ciphertext), tag: bytesOf(parts.tag),
    });
    const isZipped = aad !== undefined && JSON.parse(bytesOf(aad)).zip === "DEF";
    assert.equal((isZipped ? inflateRawSync(content) : content).toString("base64url"), example.payload, example.section);
  }
});
