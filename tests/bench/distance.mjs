// A database that is farther away: what goes through this socket arrives some milliseconds
// later, either way. Usage: node distance.mjs FOLDER-OF-THE-SOCKET SOCKET-OF-POSTGRESQL ONE-WAY-MS
import { mkdirSync, chmodSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";

const [folder, target, delayMs] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

// Timers wait for whole milliseconds and more: a queue that is looked at all the time is exact.
const queue = [];
const later = (socket, data) => {
  queue.push({ at: performance.now() + Number(delayMs), socket, data });
  if (queue.length === 1) setImmediate(deliver);
};
function deliver() {
  while (queue.length > 0 && queue[0].at <= performance.now()) {
    const { socket, data } = queue.shift();
    if (!socket.destroyed) socket.write(data);
  }
  if (queue.length > 0) setImmediate(deliver);
}

const server = net.createServer((near) => {
  const far = net.connect(target);
  near.on("data", (data) => later(far, data));
  far.on("data", (data) => later(near, data));
  for (const [one, other] of [[near, far], [far, near]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
});
server.listen(join(folder, ".s.PGSQL.5432"), () => chmodSync(join(folder, ".s.PGSQL.5432"), 0o777));
