// Ports for servers that can't be given a socket.
import { createServer } from "node:net";

// Below the kernel's ephemeral ports.
const first = 20000;
const count = 10000;
// Nothing serves on this address: a socket here reserves the port among tests without blocking the server.
const holder = "127.99.99.99";

const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(port, host, () => resolve(server));
  });

/** Reserves the port until this process exits; false if it's taken. */
async function hold(port) {
  const held = await listen(port, holder);
  held.unref();
  try {
    (await listen(port, "127.0.0.1")).close();
    return true;
  } catch {
    held.close();
    return false;
  }
}

/** A port of 127.0.0.1 that nothing listens on and no other test is given. */
export async function freePort() {
  for (let tries = 0; tries < 1000; tries++) {
    const port = first + Math.floor(Math.random() * count);
    if (await hold(port).catch(() => false)) return port;
  }
  throw new Error("there is no free port");
}
