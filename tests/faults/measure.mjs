// The program behind tests/faults/measure: a steady stream of requests, and how long each takes.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { post } from "../integration/harness/client.mjs";
import { privateFolder } from "../integration/harness/places.mjs";
import { killAll } from "../integration/harness/process.mjs";
import { killWorkers } from "./faults.mjs";
import { crowdTheSocket } from "./peers_apart.mjs";
import { World } from "./world.mjs";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "5" }, only: { type: "string", default: "" } } });
const lastMs = 1000 * Number(options.seconds);
/** The fixed interval between requests, whether or not the earlier ones are done. */
const everyMs = 5;
const pageEveryMs = 150;

const figure = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];

/** took: milliseconds per request. */
function summary(took) {
  const sorted = [...took].sort((a, b) => a - b);
  const [p50, p99, most] = [0.5, 0.99, 1].map((part) => figure(sorted, part).toFixed(1));
  return `${sorted.length} requests, p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms`;
}

/** Sends a request from any mentorship but the first; returns how long it took and its status. */
async function timed(world, number) {
  const { mentorships } = world.crowd;
  const { id, callId, cookies } = mentorships[1 + (number % (mentorships.length - 1))];
  const began = performance.now();
  const { status } = number % 2 ? await post(world.nginx, "token", cookies.instructor, { mentorshipId: id }) : await post(world.nginx, "heartbeat", cookies.instructor, { callId });
  return { status, ms: performance.now() - began };
}

/** Sends the stream of requests for that long. */
async function stream(world, forMs = lastMs) {
  const began = performance.now();
  const answers = [];
  for (let number = 0; number * everyMs < forMs; number++) {
    await sleep(Math.max(0, began + number * everyMs - performance.now()));
    answers.push(timed(world, number));
  }
  return Promise.all(answers);
}

function report(name, answers) {
  const bad = answers.filter(({ status }) => status !== 200).length;
  console.log(`${name}: ${summary(answers.map(({ ms }) => ms))}${bad ? `; ${bad} of them didn't get 200` : ""}`);
}

async function locked(world) {
  const { callId, cookies } = world.crowd.mentorships[0];
  const holder = await world.cluster.connect("video_call");
  report("before the lock", await stream(world));
  await holder.query("BEGIN");
  await holder.query("SELECT FROM video_calls WHERE id = $1 FOR UPDATE", [callId]);
  const page = setInterval(() => post(world.nginx, "end", cookies.instructor, { callId }).catch(() => {}), pageEveryMs);
  report("while one call's row is locked and its page repeats end", await stream(world));
  clearInterval(page);
  await holder.query("ROLLBACK");
  await holder.end();
}

async function crowded(world) {
  report("without peers", await stream(world));
  const leave = await crowdTheSocket(world.pool.socket);
  report("with 1,000 idle and 100 dripping peers", await stream(world));
  await leave();
  await sleep(2500);
  report("after the peers have gone", await stream(world));
}

/** Waits for a row of wanted statuses; returns after how many ms the row began. */
async function answered(world, isWanted, inARow = 10) {
  const began = performance.now();
  for (let count = 0, first = 0, number = 0; ; number++) {
    const { status } = await timed(world, number);
    if (!isWanted(status)) count = 0;
    else if (count++ === 0) first = performance.now() - began;
    if (count === inARow) return first;
    if (performance.now() - began > 30000) return Infinity;
  }
}

async function away(world, name, leave, comeBack) {
  await leave();
  await answered(world, (status) => status !== 200);
  const refused = [];
  for (let number = 0; refused.length < 200; number++) {
    refused.push(await timed(world, number));
    await sleep(10);
  }
  report(`${name} gone, requests refused with 503`, refused.map(({ status, ms }) => ({ ms, status: status === 503 ? 200 : status })));
  await comeBack();
  console.log(`${name} back: 200 again after ${Math.round(await answered(world, (status) => status === 200))} ms`);
}

const measurements = [
  ["a lock, directly", {}, locked],
  ["a lock, through PgBouncer", { pooled: true }, locked],
  ["peers", {}, crowded],
  ["the database", {}, (world) => away(world, "database", () => world.cluster.stop(), () => world.cluster.start())],
  ["the network", {}, (world) => away(world, "network", () => world.road.swallow(), () => (world.road.mode = "through"))],
  [
    "the name server",
    { wantsName: true },
    (world) =>
      away(
        world,
        "name server",
        () => {
          world.nameServer.isSilent = true;
          killWorkers(world);
          return sleep(500);
        },
        () => (world.nameServer.isSilent = false),
      ),
  ],
];

for (const [name, { pooled = false, wantsName = false }, measure] of measurements) {
  if (!name.includes(options.only)) continue;
  console.log(`── ${name}`);
  const world = await World.create({ folder: privateFolder(), pooled, people: 100, distanceMs: 0 });
  if (wantsName && !world.nameServer) console.log("skipped: needs root");
  else {
    await world.crowd.open();
    await measure(world);
  }
  await world.close();
}
killAll();
process.exit(0);
