// The road to a database, where things can go wrong: a relay between a local port
// and the socket of the current cluster.
import net from "node:net";

const lateMs = 5000;

/** One direction of a connection: data comes out in order, each part when it's due. */
class Lane {
  #parts = []; // {data, at}
  #timer;

  constructor(out) {
    this.out = out;
  }

  /** isLast: ends the connection after it. */
  put(data, at, isLast = false) {
    this.#parts.push({ data, at: Math.max(at, this.#parts.at(-1)?.at ?? 0), isLast });
    if (!this.#timer) this.#pass();
  }

  #pass() {
    this.#timer = undefined;
    while (this.#parts[0]?.at <= Date.now()) {
      const { data, isLast } = this.#parts.shift();
      if (this.out.destroyed) return;
      this.out[isLast ? "end" : "write"](data);
    }
    if (this.#parts.length > 0) this.#timer = setTimeout(() => this.#pass(), this.#parts[0].at - Date.now());
  }
}

/**
 * mode: "through"; "late": the database's responses are 5 s late; "swallow": nothing arrives in
 * either direction; "bytes": each byte comes by itself; "cut": the database's next response is cut
 * in half, and the connection with it.
 */
export class Road {
  mode = "through";
  #open = new Set();

  /** delayMs: how long the database's responses take. */
  constructor(cluster, delayMs = 0) {
    this.cluster = cluster;
    this.delayMs = delayMs;
    this.server = net.createServer({ noDelay: true }, (near) => this.#join(near));
  }

  async build() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
  }

  #join(near) {
    const far = net.connect(this.cluster.socket);
    const pair = { near, far, isLost: this.mode === "swallow", toNear: new Lane(near), toFar: new Lane(far) };
    this.#open.add(pair);
    const drop = () => {
      this.#open.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const end of [near, far]) {
      end.on("error", drop);
      end.on("close", drop);
    }
    near.on("data", (data) => this.#pass(pair, pair.toFar, data, 0));
    far.on("data", (data) => this.#pass(pair, pair.toNear, data, this.delayMs));
  }

  #pass(pair, lane, data, delayMs) {
    if (pair.isLost) return;
    const due = Date.now() + delayMs + (this.mode === "late" && lane === pair.toNear ? lateMs : 0);
    if (this.mode === "cut" && lane === pair.toNear) {
      pair.isLost = true;
      lane.put(data.subarray(0, Math.ceil(data.length / 2)), due, true);
    } else if (this.mode === "bytes") {
      for (let at = 0; at < data.length; at++) lane.put(data.subarray(at, at + 1), due);
    } else {
      lane.put(data, due);
    }
  }

  /** From now on nothing passes, not even on open connections. */
  swallow() {
    this.mode = "swallow";
    for (const pair of this.#open) pair.isLost = true;
  }

  close() {
    for (const { near, far } of this.#open) {
      near.destroy();
      far.destroy();
    }
    this.server.close();
  }
}
