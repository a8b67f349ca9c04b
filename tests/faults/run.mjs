// The program behind tests/faults/run: hundreds of people have calls and send requests, faults
// happen, and at the end the ledger is compared with what was acknowledged.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { post } from "../integration/harness/client.mjs";
import { privateFolder } from "../integration/harness/places.mjs";
import { killAll } from "../integration/harness/process.mjs";
import { compare, conclude, Record } from "./clients.mjs";
import { faults } from "./faults.mjs";
import { workerCount, World } from "./world.mjs";

const { values: options } = parseArgs({
  options: { short: { type: "boolean", default: false }, rounds: { type: "string", default: "3" }, only: { type: "string", default: "" } },
});
const rounds = options.short ? 1 : Number(options.rounds);
const began = Date.now();
const say = (text) => console.log(`[${String(Math.round((Date.now() - began) / 1000)).padStart(4)}s] ${text}`);
const boundMs = 2000;
/** Far enough away that hundreds of people keep hundreds of requests in flight. */
const distanceMs = 100;

/** How many ms from now until the pool serves several requests in a row. */
async function recovery({ nginx, crowd }) {
  const from = Date.now();
  const { id, cookies } = crowd.mentorships[0];
  for (let inARow = 0, lastBad = from; ; ) {
    const { status } = await post(nginx, "token", cookies.instructor, { mentorshipId: id });
    if (status !== 200) [inARow, lastBad] = [0, Date.now()];
    else if (++inARow === 6) return lastBad - from;
    if (Date.now() - from > 30000) return Infinity;
    await sleep(10);
  }
}

const wrong = [];
const total = new Record();
let faultCount = 0;

async function suffer(world, [name, cause]) {
  faultCount++;
  const { errorCount } = world.record;
  await cause(world);
  const backMs = await recovery(world);
  if (backMs > boundMs) wrong.push(`${name}: no 200 until ${backMs} ms after the cause was gone`);
  await sleep(300);
  say(`${name}: ${world.record.errorCount - errorCount} errors, 200 again after ${backMs} ms`);
}

function add(record) {
  for (const kept of ["starts", "ends"]) for (const [id, value] of record[kept]) total[kept].set(id, value);
  for (const [code, count] of record.errors) total.errors.set(code, (total.errors.get(code) ?? 0) + count);
  for (const sum of ["requests", "answers"]) total[sum] += record[sum];
  for (const most of ["slowestMs", "longestOutageMs"]) total[most] = Math.max(total[most], record[most]);
}

/** Runs the chosen faults in one kind of world. */
async function stage(pooled, chosen) {
  if (chosen.length === 0) return;
  say(pooled ? "through PgBouncer in transaction mode" : `with the database ${distanceMs} ms away`);
  const world = await World.create({ folder: privateFolder(), pooled, isShort: options.short, pairs: 8, people: 400, distanceMs });
  await world.begin();
  const possible = chosen.filter(([name, , { wantsName } = {}]) => !wantsName || world.nameServer || say(`skipped, needs root: ${name}`));
  for (let round = 1; round <= rounds; round++) for (const fault of possible) await suffer(world, fault);
  await world.end();
  wrong.push(...(await compare(world.cluster, world.record)));
  say(`most asks in flight: ${world.mostAsks} of ${workerCount} workers`);
  add(world.record);
  await world.close();
}

const isChosen = ([name, , { isLong = false } = {}]) => name.includes(options.only) && !(options.short && isLong);
for (const pooled of [false, true]) await stage(pooled, faults.filter((fault) => isChosen(fault) && Boolean(fault[2]?.pooled) === pooled));
killAll();
conclude(total, wrong, say, `${faultCount} faults; each of ${total.answers} responses reached the person who asked`);
