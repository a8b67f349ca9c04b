// Ports for servers that cannot be handed a socket.
import { createServer } from "node:net";

// Below those that the kernel gives to whoever asks for any.
const first = 20000;
const count = 10000;
// Where nobody serves: a socket there keeps the port from other tests, and not from its server.
const holder = "127.99.99.99";

const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(port, host, () => resolve(server));
  });

/** Whether it was to be had; then it is this process's until its end. */
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

/** A port of 127.0.0.1 that nobody listens on, and that no other test is given. */
export async function freePort() {
  for (let tries = 0; tries < 1000; tries++) {
    const port = first + Math.floor(Math.random() * count);
    if (await hold(port).catch(() => false)) return port;
  }
  throw new Error("there is no free port");
}
