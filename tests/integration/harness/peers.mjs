// Peers that connect straight to the pool's socket and misbehave.
import net from "node:net";

/** How long a peer waits before it connects again. */
const awayMs = 20;

/**
 * Connects `count` peers. behave: what each does once connected. comesBack: whether each
 * reconnects whenever it's closed. Resolves when each has been connected or refused once,
 * with a function that disconnects them all.
 */
export async function peers(socketPath, count, { behave = () => {}, comesBack = false } = {}) {
  const open = new Set();
  let isOver = false;
  const come = (settled) => {
    const socket = net.connect(socketPath, () => (behave(socket), settled()));
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      open.delete(socket);
      settled();
      if (comesBack && !isOver) setTimeout(() => isOver || come(() => {}), awayMs);
    });
    socket.resume();
  };
  await Promise.all(Array.from({ length: count }, () => new Promise(come)));
  return () => {
    isOver = true;
    for (const socket of open) socket.destroy();
  };
}

/** A behaviour for peers: sends the bytes one at a time, everyMs apart. */
export const drip = (bytes, everyMs) => (socket) => {
  let at = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(at, ++at), () => {}), everyMs);
  socket.on("close", () => clearInterval(timer));
};
