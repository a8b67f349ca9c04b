// Peers on the pool's own socket that do with it what they like.
import net from "node:net";

/** A peer that stays away for so long where nobody accepts it. */
const awayMs = 20;

/**
 * Connects so many. behave: what each does once it is connected. comesBack: whether each
 * connects again whenever it is closed. Resolves when all have been connected or refused once,
 * with what takes them away.
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

/** The behaviour of one that sends these bytes one by one, so far apart. */
export const drip = (bytes, everyMs) => (socket) => {
  let at = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(at, ++at), () => {}), everyMs);
  socket.on("close", () => clearInterval(timer));
};
